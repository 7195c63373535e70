package complete

import (
	"context"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

func app() *cli.App {
	return &cli.App{
		Name:  "x",
		Flags: []cli.Flag{&cli.StringFlag{Name: "config", Aliases: []string{"c"}}, &cli.BoolFlag{Name: "watch"}},
		Commands: append(Commands(nil),
			&cli.Command{Name: "run", Flags: []cli.Flag{&cli.BoolFlag{Name: "chilled"}}},
			&cli.Command{Name: "sml", Subcommands: []*cli.Command{
				{Name: "info", Flags: []cli.Flag{&cli.StringFlag{Name: "cache"}, &cli.BoolFlag{Name: "json"}}}, {Name: "import"},
			}},
		),
	}
}

// TestWords completes commands, flags and what the function for values gives.
func TestWords(t *testing.T) {
	var asked [][]string
	values := func(_ context.Context, path, args []string) []string {
		asked = append(asked, append(slices.Clone(path), args...))
		return []string{"tips", "two\nlines", "towns", "other"}
	}
	for name, c := range map[string]struct {
		args, want []string
		asks       string
	}{
		"nothing":             {args: nil, want: []string{"completion", "run", "sml"}},
		"a command":           {args: []string{"s"}, want: []string{"sml"}},
		"after a root flag":   {args: []string{"-c", "p.yaml", "r"}, want: []string{"run"}},
		"after a root switch": {args: []string{"--watch", "r"}, want: []string{"run"}},
		"a subcommand":        {args: []string{"sml", "i"}, want: []string{"import", "info"}},
		"flags":               {args: []string{"sml", "info", "--"}, want: []string{"--cache", "--help", "--json"}},
		"flags of the root":   {args: []string{"--w"}, want: []string{"--watch"}},
		"shells":              {args: []string{"completion", ""}, want: []string{"bash", "fish", "zsh"}},
		"a project":           {args: []string{"sml", "info", "--cache", "a", "t"}, want: []string{"tips", "towns"}, asks: "sml info --cache a t"},
		"value of a flag":     {args: []string{"sml", "info", "--cache", ""}, want: []string{"other", "tips", "towns"}, asks: "sml info --cache "},
	} {
		asked = nil
		if got := words(context.Background(), app(), c.args, values); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if c.asks != "" && (len(asked) != 1 || strings.Join(asked[0], " ") != c.asks) {
			t.Errorf("%s: asks %q, want %q", name, asked, c.asks)
		}
	}
}

// TestBashScript runs the script with a command that echoes what it is called with.
func TestBashScript(t *testing.T) {
	script := scripts["bash"] + `
fake() { printf '%s\n' "${@:3}" 'a name'; }
COMP_WORDS=(fake sml info "") COMP_CWORD=3
_rpconnect_sml fake
printf '[%s]' "${COMPREPLY[@]}"
`
	out, err := exec.Command("bash", "-c", script).CombinedOutput()
	if want := `[sml][info][''][a\ name]`; err != nil || string(out) != want {
		t.Errorf("%s (%v), want %s", out, err, want)
	}
	for shell, text := range scripts {
		if !strings.Contains(text, hidden+" -- ") {
			t.Errorf("%s does not call %s", shell, hidden)
		}
	}
}
