package licences

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// Linked is what a build links: packages in the order of `go list -deps`.
type Linked []Package

// Package is a package that a build links.
type Package struct {
	ImportPath string
	Dir        string
	Standard   bool
	Module     *Source
	// Files of all languages that are compiled, assembled, included or embedded,
	// without their folder.
	GoFiles, CgoFiles, CFiles, CXXFiles, HFiles, SFiles, EmbedFiles []string
}

// Source is the module that a package is of.
type Source struct {
	Path, Version, Dir string
	Main               bool
	Replace            *Source
}

// Link lists what the command rpconnect-sml links in a build for an operating
// system (a GOOS) on amd64, without cgo. The folder is that of the repository.
func Link(ctx context.Context, dir string, b Build, system string) (Linked, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-tags", b.Tags, "-json=ImportPath,Dir,Standard,Module,GoFiles,CgoFiles,CFiles,CXXFiles,HFiles,SFiles,EmbedFiles", "./cmd/rpconnect-sml")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOARCH=amd64", "GOOS="+system)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("list what the build %s links: %w: %s", b.Name, err, said.Bytes())
	}
	var all Linked
	for d := json.NewDecoder(&out); ; {
		var p Package
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read what `go list` says: %w", err)
		}
		all = append(all, p)
	}
}

// Files returns the Go files that a build links of one module, as paths within
// the module with slashes, sorted.
func (l Linked) Files(module string) []string {
	var out []string
	for _, p := range l {
		if p.Module == nil || p.Module.Path != module {
			continue
		}
		for _, name := range slices.Concat(p.GoFiles, p.CgoFiles) {
			path, err := filepath.Rel(p.Module.folder(), filepath.Join(p.Dir, name))
			if err != nil {
				path = filepath.Join(p.Dir, name) // not of the module's folder: name it in full
			}
			out = append(out, filepath.ToSlash(path))
		}
	}
	slices.Sort(out)
	return out
}

// Folder returns where the sources of a linked module are, "" where the build
// has nothing of it.
func (l Linked) Folder(module string) string {
	for _, p := range l {
		if p.Module != nil && p.Module.Path == module {
			return p.Module.folder()
		}
	}
	return ""
}

// folder is that of the replacement, where the module is replaced.
func (s *Source) folder() string {
	if s.Replace != nil {
		return s.Replace.Dir
	}
	return s.Dir
}
