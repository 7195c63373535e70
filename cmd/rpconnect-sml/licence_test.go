package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/tools/docgen"
	"github.com/rpconnect-sml/rpconnect-sml/tools/licences"
)

var update = flag.Bool("update", false, "write the generated part of docs/licence.md")

const root = "../.."

// notApache are the files of Redpanda Connect that a build links and that are not
// under the Apache License, with what makes that bearable. An entry that is not
// needed any more is an error.
var notApache = map[string]map[string]string{
	"default": {
		"internal/serviceaccount/oauth2.go": "linked by the authentication of the host's Kafka components, for service accounts of Redpanda's cloud; nobody passes this build on, see the build apache",
	},
}

// allowed are the kinds of licences under which a module of an Apache project may
// be linked and passed on.
var allowed = []string{licences.Apache, licences.MIT, licences.BSD2, licences.BSD3, licences.ISC, licences.MPL, licences.Zero}

// others are modules with a text of another kind, and why that is no harm.
var others = map[string]string{
	"github.com/eclipse/paho.mqtt.golang EPL-2.0":                        "at choice under the Eclipse Distribution License 1.0, which is BSD-3-Clause: its NOTICE.md says so",
	"modernc.org/memory LICENSE-LOGO":                                    "about a picture that is not linked",
	"github.com/redpanda-data/connect/v4 " + licences.RCL + " (default)": "the file of the list above",
}

// Every file of Redpanda Connect that a build links names the licence that this
// project may pass on, on each system.
func TestEachFileOfConnect(t *testing.T) {
	for _, b := range licences.Builds() {
		for _, system := range []string{"linux", "darwin", "windows"} {
			t.Run(b.Name+" "+system, func(t *testing.T) {
				linked := link(t, b, system)
				files, found := linked.Files(licences.Connect), map[string]bool{}
				if len(files) < 20 {
					t.Fatalf("only %d files of %s are found", len(files), licences.Connect)
				}
				for _, file := range files {
					kind, err := licences.OfHeader(filepath.Join(linked.Folder(licences.Connect), file))
					if err != nil {
						t.Fatal(err)
					}
					if kind == licences.Apache {
						continue
					}
					found[file] = true
					if notApache[b.Name][file] == "" {
						t.Errorf("%s is under %q: the build %s links it", file, kind, b.Name)
					}
				}
				for file := range notApache[b.Name] {
					if !found[file] {
						t.Errorf("%s is on the list and not linked any more", file)
					}
				}
			})
		}
	}
}

// Every other module has a licence that is known, and may be passed on.
func TestEachModule(t *testing.T) {
	for _, b := range licences.Builds() {
		t.Run(b.Name, func(t *testing.T) {
			for _, m := range modules(t, b) {
				if len(m.Kinds()) == 0 {
					t.Errorf("%s has no licence that is known", m.Path)
				}
				for _, text := range m.Texts {
					name := filepath.Base(text.Path)
					switch {
					case slices.Contains(allowed, text.Kind), isNotice(name):
					case others[m.Path+" "+text.Kind] != "", others[m.Path+" "+text.Path] != "":
					case others[m.Path+" "+text.Kind+" ("+b.Name+")"] != "":
					default:
						t.Errorf("%s: %s is of kind %q", m.Path, text.Path, text.Kind)
					}
				}
			}
		})
	}
}

func isNotice(name string) bool {
	return strings.HasPrefix(name, "NOTICE") || strings.HasPrefix(name, "PATENTS")
}

// Each build tag of the command is in a build that is looked at.
func TestEachTagIsInABuild(t *testing.T) {
	sources, err := filepath.Glob(filepath.Join(root, "cmd/rpconnect-sml/*.go"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, b := range licences.Builds() {
		for tag := range strings.SplitSeq(b.Tags, ",") {
			known[tag] = true
		}
	}
	for _, source := range sources {
		text, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range regexp.MustCompile(`(?m)^//go:build .*$`).FindAllString(string(text), -1) {
			for _, tag := range regexp.MustCompile(`\w+`).FindAllString(strings.TrimPrefix(line, "//go:build "), -1) {
				if !known[tag] {
					t.Errorf("%s: the tag %s is in no build of tools/licences", source, tag)
				}
			}
		}
	}
}

// What is to go with a binary has each licence in full, and each once.
func TestNotices(t *testing.T) {
	all := modules(t, licences.Builds()[1])
	text := licences.Notices(all)
	for _, m := range all {
		for _, l := range m.Texts {
			if !strings.Contains(text, strings.TrimSpace(l.Content)) {
				t.Errorf("%s: %s is not in the notices", m.Path, l.Path)
			}
			if !strings.Contains(text, m.Path+" "+m.Version+" ("+l.Path+")") {
				t.Errorf("%s: %s is not named", m.Path, l.Path)
			}
		}
	}
}

// TestLicenceDocsAreGenerated holds that docs/licence.md says what is linked.
func TestLicenceDocsAreGenerated(t *testing.T) {
	path := filepath.Join(root, "docs/licence.md")
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := string(page)
	for name, text := range map[string]string{"builds": buildTable(t), "modules": moduleTable(t)} {
		if want, err = docgen.Section(want, name, text); err != nil {
			t.Fatal(err)
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(page) != want {
		t.Errorf("%s is not what the builds link: run go test ./cmd/rpconnect-sml -run Docs -update", path)
	}
}

func buildTable(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| build | for | files of Redpanda Connect, by licence | other modules |\n|---|---|---|---|\n")
	for _, build := range licences.Builds() {
		linked := link(t, build, "linux")
		count := map[string]int{}
		for _, file := range linked.Files(licences.Connect) {
			kind, err := licences.OfHeader(filepath.Join(linked.Folder(licences.Connect), file))
			if err != nil {
				t.Fatal(err)
			}
			count[kind]++
		}
		var kinds []string
		for _, kind := range slices.Sorted(maps.Keys(count)) {
			kinds = append(kinds, fmt.Sprintf("%d %s", count[kind], kind))
		}
		name := "`" + build.Name + "`"
		if build.Tags != "" {
			name = "`-tags " + build.Tags + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %d |\n", name, build.For, strings.Join(kinds, ", "), len(modules(t, build))-1)
	}
	return b.String()
}

func moduleTable(t *testing.T) string {
	kinds, in := map[string]string{}, map[string]map[string]bool{}
	for _, build := range licences.Builds() {
		for _, m := range modules(t, build) {
			if in[m.Path] == nil {
				in[m.Path] = map[string]bool{}
				kinds[m.Path] = strings.Join(m.Kinds(), ", ")
			}
			in[m.Path][build.Name] = true
		}
	}
	var b strings.Builder
	b.WriteString("| module | licence |")
	for _, build := range licences.Builds() {
		b.WriteString(" " + build.Name + " |")
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(licences.Builds())) + "\n")
	for _, path := range slices.Sorted(maps.Keys(in)) {
		fmt.Fprintf(&b, "| `%s` | %s |", path, kinds[path])
		for _, build := range licences.Builds() {
			mark := " |"
			if in[path][build.Name] {
				mark = " ✓ |"
			}
			b.WriteString(mark)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// asked are the builds that have been listed: each takes seconds.
var asked = map[string]licences.Linked{}

func link(t *testing.T, b licences.Build, system string) licences.Linked {
	t.Helper()
	key := b.Name + " " + system
	if asked[key] == nil {
		linked, err := licences.Link(t.Context(), root, b, system)
		if err != nil {
			t.Fatal(err)
		}
		asked[key] = linked
	}
	return asked[key]
}

func modules(t *testing.T, b licences.Build) []licences.Module {
	t.Helper()
	all, err := link(t, b, "linux").Modules()
	if err != nil {
		t.Fatal(err)
	}
	return all
}
