package pipeline

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/urfave/cli/v2"
)

// Sources say what a configuration is read from, as the flags of the host's `run` and
// `streams` do.
type Sources struct {
	// Configs are files, patterns of files and folders. More than one file is what
	// streams are: pipelines of their own that share the resources.
	Configs []string
	// Resources are further files, or patterns of files, with resources only.
	Resources []string
	// Sets are PATH=VALUE, put into every file of Configs.
	Sets []string
	// Templates and EnvFiles are files or patterns of files.
	Templates, EnvFiles []string
}

// Flags are those by which a command takes its sources.
func (s *Sources) Flags() []cli.Flag {
	return []cli.Flag{
		&list{name: "config", alias: "c", usage: "the pipeline's `FILE`; a folder or several files for streams", into: &s.Configs},
		&list{name: "resources", alias: "r", usage: "a `FILE` with further resources, or a pattern in quotes", into: &s.Resources},
		&list{name: "set", alias: "s", usage: "`PATH=VALUE` puts a value into the configuration", into: &s.Sets},
		&list{name: "templates", alias: "t", usage: "a `FILE` with a template, or a pattern in quotes", into: &s.Templates},
		&list{name: "env-file", alias: "e", usage: "a `FILE` with variables, one NAME=VALUE a line", into: &s.EnvFiles},
	}
}

// Inherit takes what was said before the command, as the host does.
func (s *Sources) Inherit(c *cli.Context) {
	lineage := c.Lineage()
	for i := len(lineage) - 1; i >= 0; i-- {
		root := lineage[i]
		if root.Command == nil && root.App == nil {
			continue
		}
		if name := root.String("config"); name != "" && len(s.Configs) == 0 {
			s.Configs = []string{name}
		}
		for name, into := range map[string]*[]string{"resources": &s.Resources, "set": &s.Sets, "templates": &s.Templates} {
			if len(*into) == 0 {
				*into = root.StringSlice(name) // variables of --env-file are set already
			}
		}
	}
}

// loadEnv sets the variables of the files for this process, as the host does.
func (s *Sources) loadEnv() error {
	files, err := globs(s.EnvFiles)
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read variables: %w", err)
		}
		variables, err := service.ParseEnvFile(text)
		if err != nil {
			return fmt.Errorf("read variables of %q: %w", file, err)
		}
		for name, value := range variables {
			if err := os.Setenv(name, value); err != nil {
				return fmt.Errorf("read variables of %q: %q: %w", file, name, err)
			}
		}
	}
	return nil
}

// Files expands what a user names: files, patterns, folders (the YAML files in them,
// those of unit tests left out) and, with an ending "...", all below a folder.
func Files(paths []string) (out []string, err error) {
	for _, path := range paths {
		if rest, ok := strings.CutSuffix(path, "..."); ok {
			path = filepath.Clean(strings.TrimSuffix("./"+rest, "/"))
			if filepath.IsAbs(rest) {
				path = filepath.Clean(rest)
			}
		} else if info, err := os.Stat(path); err != nil || !info.IsDir() {
			found, err := globs([]string{path})
			if err != nil {
				return nil, err
			}
			out = append(out, found...)
			continue
		}
		err = filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
			if ext := filepath.Ext(file); err == nil && !entry.IsDir() && (ext == ".yaml" || ext == ".yml") && !strings.HasSuffix(strings.TrimSuffix(file, ext), "_benthos_test") {
				out = append(out, file)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("look for configurations in %q: %w", path, err)
		}
	}
	return out, nil
}

// globs expands patterns; a name without a pattern stands for itself.
func globs(paths []string) ([]string, error) {
	found, err := service.Globs(service.OSFS(), paths...)
	if err != nil {
		return nil, fmt.Errorf("pattern of files: %w", err)
	}
	return found, nil
}
