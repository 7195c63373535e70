package complete

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
)

// patience bounds how long what is in a project may take to read.
const patience = 1500 * time.Millisecond

// Values returns what an argument of a command may be: path are the names of the
// command, args its arguments so far.
type Values func(ctx context.Context, path, args []string) []string

// Commands returns the command `completion` and the hidden one that its scripts call.
func Commands(values Values) []*cli.Command {
	return []*cli.Command{
		{
			Name: "completion", Usage: "Print a script that completes this command line in a shell", ArgsUsage: "bash|zsh|fish",
			Description: `Completes commands, flags, projects, models, attributes, questions and types of models.

  source <({{.BinaryName}} completion bash)
  source <({{.BinaryName}} completion zsh)
  {{.BinaryName}} completion fish > ~/.config/fish/completions/{{.BinaryName}}.fish`,
			Action: func(c *cli.Context) error {
				script, ok := scripts[c.Args().First()]
				if !ok || c.NArg() != 1 {
					return cli.Exit("completion: want one of bash, zsh, fish", 2)
				}
				fmt.Print(script)
				return nil
			},
		},
		{
			Name: hidden, Hidden: true, SkipFlagParsing: true, HideHelp: true,
			Action: func(c *cli.Context) error {
				args := c.Args().Slice()
				if len(args) > 0 && args[0] == "--" {
					args = args[1:]
				}
				ctx, cancel := context.WithTimeout(c.Context, patience)
				defer cancel()
				for _, word := range words(ctx, c.App, args, values) {
					fmt.Println(word)
				}
				return nil
			},
		},
	}
}

// words returns what the last of the words of a command line may become, sorted.
func words(ctx context.Context, app *cli.App, args []string, values Values) (out []string) {
	if len(args) == 0 {
		args = []string{""}
	}
	last := args[len(args)-1]
	path, rest, flags, commands := descend(app, args[:len(args)-1])
	if n := len(rest); n > 0 && takesValue(flags, rest[n-1]) {
		commands = nil // the word is the value of a flag
	}
	var all []string
	switch {
	case len(path) > 0 && path[0] == "completion":
		all = []string{"bash", "zsh", "fish"}
	case strings.HasPrefix(last, "-"):
		for _, f := range flags {
			for _, name := range f.Names() {
				if len(name) > 1 {
					all = append(all, "--"+name)
				}
			}
		}
		all = append(all, "--help")
	case len(commands) > 0:
		for _, c := range commands {
			if !c.Hidden {
				all = append(all, c.Name)
			}
		}
	case len(path) > 0:
		all = values(ctx, path, append(rest, last))
	}
	for _, word := range all {
		if strings.HasPrefix(word, last) && !strings.ContainsAny(word, "\n\r") {
			out = append(out, word)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// descend follows the words to the command that they name, and returns its names, the
// words that are left, and its flags and commands.
func descend(app *cli.App, args []string) (path, rest []string, flags []cli.Flag, commands []*cli.Command) {
	flags, commands = app.Flags, app.Commands
	for i := 0; i < len(args); i++ {
		word := args[i]
		if strings.HasPrefix(word, "-") {
			rest = append(rest, word)
			if takesValue(flags, word) && i+1 < len(args) {
				i++
				rest = append(rest, args[i])
			}
			continue
		}
		at := slices.IndexFunc(commands, func(c *cli.Command) bool { return c.HasName(word) })
		if at < 0 {
			return path, append(rest, args[i:]...), flags, nil
		}
		path, rest, flags, commands = append(path, commands[at].Name), nil, commands[at].Flags, commands[at].Subcommands
	}
	return path, rest, flags, commands
}

// takesValue reports whether the next word is the value of a flag.
func takesValue(flags []cli.Flag, word string) bool {
	name := strings.TrimLeft(word, "-")
	if strings.Contains(name, "=") {
		return false
	}
	for _, f := range flags {
		if slices.Contains(f.Names(), name) {
			d, ok := f.(cli.DocGenerationFlag)
			return ok && d.TakesValue()
		}
	}
	return false
}
