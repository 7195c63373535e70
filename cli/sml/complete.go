package sml

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// Complete returns what the last argument of a command of `sml` may be: path are the
// names of the command, such as sml and build. What cannot be read, or not before ctx
// ends, is left out.
func Complete(ctx context.Context, path, args []string) []string {
	if len(path) != 2 || path[0] != "sml" || len(args) == 0 {
		return nil
	}
	at := slices.IndexFunc(commands(), func(c command) bool { return c.name == path[1] })
	if at < 0 {
		return nil
	}
	c := commands()[at]
	before := args[:len(args)-1]
	o := &options{}
	kind := ""
	if n := len(before); n > 0 && strings.HasPrefix(before[n-1], "-") {
		kind = valueKinds[strings.TrimLeft(before[n-1], "-")]
		if kind != "" {
			before = before[:n-1]
		}
	}
	if err := o.parse(c.allFlags(o), before); err != nil {
		return nil // a flag whose value is being written, such as a file
	}
	found := make(chan []string, 1)
	go func() { found <- o.complete(ctx, &c, kind) }()
	select {
	case out := <-found:
		return out
	case <-ctx.Done():
		return nil
	}
}

// valueKinds are the kinds of the values of flags.
var valueKinds = map[string]string{"type": "TYPE", "target": "ATTRIBUTE", "inputs": "ATTRIBUTE", "cache": "CACHE", "from": "PROJECT", "shard": "SHARD"}

// complete returns the values of a kind, or of the next argument where it is "".
func (o *options) complete(ctx context.Context, c *command, kind string) []string {
	if kind != "" {
		return o.values(ctx, kind, first(o.args))
	}
	words := strings.Fields(strings.Split(c.arguments, "|")[0])
	projectGiven := len(words) > 0 && words[0] != "[PROJECT]" || len(o.args) > 0 && slices.Contains(o.values(ctx, "PROJECT", ""), o.args[0])
	name := ""
	if projectGiven && len(words) > 0 && strings.Contains(words[0], "PROJECT") {
		name = first(o.args)
	}
	at := len(o.args)
	if !projectGiven && at > 0 {
		at++ // PROJECT is left out
	}
	out := o.values(ctx, kindAt(words, at), name)
	if !projectGiven && at == 0 {
		out = append(out, o.values(ctx, kindAt(words, 1), "")...)
	}
	return out
}

// kindAt is the kind of an argument by what the usage says of it.
func kindAt(words []string, at int) string {
	if len(words) == 0 {
		return ""
	}
	word := words[min(at, len(words)-1)]
	if at >= len(words) && !strings.Contains(word, "...") {
		return ""
	}
	if strings.Contains(word, "NAME=VALUE") { // of a question: its attributes go on
		return "ATTRIBUTE"
	}
	return strings.Trim(word, "[].")
}

// values are those that there are of a kind, of a project where they are in one.
func (o *options) values(ctx context.Context, kind, name string) (out []string) {
	switch kind {
	case "TYPE":
		return modelTypes()
	case "QUESTION":
		for _, q := range explore.Questions() {
			out = append(out, q.Name)
		}
		return out
	case "CACHE", "PROJECT", "OLD":
		c, err := readConfig(&o.sources)
		if err != nil {
			return nil
		}
		if kind == "CACHE" {
			for _, k := range c.caches {
				out = append(out, k.label)
			}
			return out
		}
		return append(c.projects(o.cache), o.stored(ctx)...)
	case "MODEL", "ATTRIBUTE", "SHARD":
		return o.inside(ctx, kind, name)
	}
	return nil
}

// stored are the projects that the cache lists.
func (o *options) stored(ctx context.Context) []string {
	p, err := open(ctx, o, "", false)
	if err != nil {
		return nil
	}
	defer p.close()
	names, err := project.NewIndex(p.store, p.prefix).List(ctx)
	if err != nil {
		return nil
	}
	return names
}

// inside are the models, attributes or shards of a project.
func (o *options) inside(ctx context.Context, kind, name string) (out []string) {
	p, err := open(ctx, o, name, true)
	if err != nil {
		return nil
	}
	defer p.close()
	known, err := project.Open(ctx, p.store, p.prefix, p.project)
	if err != nil {
		return nil
	}
	switch kind {
	case "MODEL":
		return slices.DeleteFunc(slices.Collect(maps.Keys(known.Definitions)), project.IsReserved)
	case "ATTRIBUTE":
		for _, a := range known.Schema.Attributes() {
			if a.Computed {
				continue
			}
			out = append(out, a.Name)
		}
	case "SHARD":
		shards, err := known.Shards(ctx)
		if err != nil {
			return nil
		}
		for _, s := range shards {
			out = append(out, fmt.Sprint(s.ID))
		}
	}
	return out
}
