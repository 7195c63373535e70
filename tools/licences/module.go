package licences

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Module is a module of which a build links something.
type Module struct {
	Path, Version string
	// Texts are its licences, and notices where it has any, by their paths in the
	// module; those of the folders of linked packages and of the folders above.
	Texts []Text
}

// Text is a licence or a notice.
type Text struct {
	Path    string
	Content string
	// Kind is "" for a notice, and for a licence that is not known.
	Kind string
}

// Kinds are the licences of a module: the one of its root first.
func (m Module) Kinds() []string {
	var out []string
	for _, t := range m.Texts {
		if t.Kind != "" && !slices.Contains(out, t.Kind) {
			out = append(out, t.Kind)
		}
	}
	return out
}

// licenceFile are the names of files with licences, and notice those of files
// that have to be passed on with them.
var (
	licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense|bsl|copyright)([-._].*)?$`)
	noticeFile  = regexp.MustCompile(`(?i)^(notice|patents)([-._].*)?$`)
	sourceFile  = regexp.MustCompile(`\.(go|s|c|h|py|sh|yaml|yml|json)$`)
)

// Modules returns the modules of which a build links something, this one left
// out, by their paths.
func (l Linked) Modules() ([]Module, error) {
	found := map[string]*Module{}
	looked := map[string]bool{}
	for _, p := range l {
		if p.Module == nil || p.Module.Main {
			continue
		}
		m := found[p.Module.Path]
		if m == nil {
			m = &Module{Path: p.Module.Path, Version: p.Module.Version}
			found[p.Module.Path] = m
		}
		root := p.Module.folder()
		for dir := p.Dir; strings.HasPrefix(dir, root); dir = filepath.Dir(dir) {
			if looked[dir] {
				continue
			}
			looked[dir] = true
			texts, err := textsIn(dir, root)
			if err != nil {
				return nil, fmt.Errorf("module %s: %w", m.Path, err)
			}
			m.Texts = append(m.Texts, texts...)
		}
		// Redpanda Connect has none in its root; which of these a file is under
		// says its header.
		if m.Path == Connect && !looked[filepath.Join(root, "licenses")] {
			looked[filepath.Join(root, "licenses")] = true
			if err := m.addConnect(l, root); err != nil {
				return nil, err
			}
		}
	}
	var out []Module
	for _, m := range found {
		slices.SortFunc(m.Texts, func(a, b Text) int {
			return cmp.Or(strings.Count(a.Path, "/")-strings.Count(b.Path, "/"), strings.Compare(a.Path, b.Path))
		})
		out = append(out, *m)
	}
	slices.SortFunc(out, func(a, b Module) int { return strings.Compare(a.Path, b.Path) })
	return out, nil
}

// Connect is the module of Redpanda Connect, whose files have two licences.
const Connect = "github.com/redpanda-data/connect/v4"

// addConnect adds the licences that the headers of the linked files name.
func (m *Module) addConnect(l Linked, root string) error {
	used := map[string]bool{}
	for _, file := range l.Files(Connect) {
		kind, err := OfHeader(filepath.Join(root, file))
		if err != nil {
			return err
		}
		used[kind] = true
	}
	for _, t := range []struct{ kind, file string }{{Apache, "Apache-2.0.txt"}, {RCL, "rcl.md"}} {
		if !used[t.kind] {
			continue
		}
		content, err := os.ReadFile(filepath.Join(root, "licenses", t.file))
		if err != nil {
			return fmt.Errorf("module %s: %w", m.Path, err)
		}
		m.Texts = append(m.Texts, Text{Path: "licenses/" + t.file, Content: string(content), Kind: t.kind})
	}
	return nil
}

// textsIn returns the licences and notices of one folder.
func textsIn(dir, root string) ([]Text, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []Text
	for _, e := range entries {
		name := e.Name()
		isLicence, isNotice := licenceFile.MatchString(name), noticeFile.MatchString(name)
		if e.IsDir() || sourceFile.MatchString(name) || !isLicence && !isNotice {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		path, err := filepath.Rel(root, filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		t := Text{Path: filepath.ToSlash(path), Content: string(content)}
		if isLicence {
			t.Kind = kindOf(t.Content)
		}
		out = append(out, t)
	}
	return out, nil
}
