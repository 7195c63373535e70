package lint

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
	"github.com/rpconnect-sml/rpconnect-sml/internal/yamlwords"
)

// hostLint is one line of the host's lint.
type hostLint struct {
	file string
	line int
	text string // as it is printed
}

// colours are what a terminal is told.
var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

var hostLine = regexp.MustCompile(`^(.*?)\((\d+),(\d+)\) (.*)$`)

// captured runs the host with the standard error of the process kept back, and returns
// what it would have written there. No other goroutine may write there meanwhile.
func captured(run func() int) (text string, code int, err error) {
	read, write, err := os.Pipe()
	if err != nil {
		return "", 0, fmt.Errorf("keep back what the host prints: %w", err)
	}
	stderr := os.Stderr
	os.Stderr = write
	type output struct {
		text []byte
		err  error
	}
	printed := make(chan output)
	go func() {
		var b bytes.Buffer
		_, err := io.Copy(&b, read)
		printed <- output{b.Bytes(), err}
	}()
	code = run()
	os.Stderr = stderr
	closed := write.Close()
	out := <-printed
	return string(out.text), code, errors.Join(closed, out.err)
}

// hostLints reads what the host has printed. A line that is none goes with the one
// before it.
func hostLints(text string) (out []hostLint) {
	for line := range strings.Lines(colours.ReplaceAllString(text, "")) {
		line = strings.TrimRight(line, "\n")
		m := hostLine.FindStringSubmatch(line)
		switch {
		case m != nil:
			number, err := strconv.Atoi(m[2])
			if err != nil {
				number = 1 // more digits than a line can have
			}
			out = append(out, hostLint{file: m[1], line: number, text: line})
		case len(out) > 0:
			out[len(out)-1].text += "\n" + line
		case line != "":
			out = append(out, hostLint{text: line})
		}
	}
	for i := range out {
		out[i].text = withBuild(yamlwords.Text(out[i].text))
	}
	return out
}

// readError is how the host says that a file cannot be read as a configuration: at its
// first line, wherever the field is.
var readError = regexp.MustCompile(`^\(1,1\) (field '.*)$`)

// relocated takes what the host says of a whole file to the line of the field that it
// names.
func relocated(l hostLint, root *pipeline.Node) hostLint {
	m := readError.FindStringSubmatch(strings.TrimPrefix(l.text, l.file))
	if m == nil || root == nil {
		return l
	}
	at, left := locate(root, m[1])
	if at == root {
		return l
	}
	e := &pipeline.PlaceError{File: l.file, Line: at.Line, Column: at.Column, Path: at.Path, Err: errors.New(left)}
	return hostLint{file: l.file, line: at.Line, text: e.Error()}
}

// nameless is how the host says that a value should be an object or a list: by its line, and
// without its field.
var nameless = regexp.MustCompile(`^\(\d+,1\) (the text|the number), want (an object|a list)$`)

// withField adds the field to what the host says of a value, where the line has one such value only.
func withField(l hostLint, root *pipeline.Node) hostLint {
	if root == nil {
		return l
	}
	said := nameless.FindStringSubmatch(strings.TrimPrefix(l.text, l.file))
	var found []*pipeline.Node
	var walk func(n *pipeline.Node)
	walk = func(n *pipeline.Node) {
		_, err := strconv.ParseFloat(n.Text(), 64)
		if n.Line == l.line && n.Text() != "" && (err == nil) == (said[1] == "the number") {
			found = append(found, n)
		}
		for _, child := range n.Children() {
			walk(child)
		}
	}
	walk(root)
	if len(found) != 1 {
		return l
	}
	at := found[0]
	e := &pipeline.PlaceError{File: l.file, Line: at.Line, Column: at.Column, Path: at.Path, Err: fmt.Errorf("%s %s, want %s", said[1], at.Text(), said[2])}
	return hostLint{file: l.file, line: at.Line, text: e.Error()}
}

// root reads a file for its places; nil where it cannot be read.
func root(file string) *pipeline.Node {
	c, err := pipeline.Read(&pipeline.Sources{Configs: []string{file}})
	if err != nil || len(c.Documents) != 1 {
		return nil
	}
	return c.Documents[0].Root
}

// says reports whether the host has already told of what is wrong at a place: a lint
// of that line that names the field.
func says(lints []hostLint, e *pipeline.PlaceError) bool {
	for _, l := range lints {
		if l.file == e.File && l.line == e.Line && strings.Contains(l.text, name(e)) {
			return true
		}
	}
	return false
}

// name is the field of a place, or of its list where it is an item.
func name(e *pipeline.PlaceError) string {
	parts := strings.Split(e.Path, ".")
	for i := len(parts) - 1; i >= 0; i-- {
		if _, err := strconv.Atoi(parts[i]); err != nil {
			return parts[i]
		}
	}
	return e.Path
}
