package main

import (
	"os"
	"regexp"
	"runtime/debug"
	"testing"
)

func TestVersionOfABuild(t *testing.T) {
	const revision = "5c4625308ab0a5d46a9d83b83f1a5c5f02639f80"
	vcs := []debug.BuildSetting{{Key: "vcs.revision", Value: revision}, {Key: "vcs.time", Value: "2026-11-29T19:05:45Z"}}
	modified := append(vcs[:2:2], debug.BuildSetting{Key: "vcs.modified", Value: "true"})
	for name, c := range map[string]struct {
		main     string
		settings []debug.BuildSetting
		number   string
		when     string
	}{
		"a release, installed by path":   {main: "v0.2.0", number: "0.2.0", when: "unknown"},
		"a release, in a clone":          {main: "v0.2.0", settings: vcs, number: "0.2.0", when: "2026-11-29T19:05:45Z"},
		"a release, with changed files":  {main: "v0.2.0+dirty", settings: modified, number: release + "+5c4625308ab0.modified", when: "2026-11-29T19:05:45Z"},
		"a commit, installed by path":    {main: "v0.0.0-20261129190545-5c4625308ab0", number: release + "+5c4625308ab0", when: "2026-11-29T19:05:45Z"},
		"a commit after a release":       {main: "v0.1.1-0.20261129190545-5c4625308ab0", number: release + "+5c4625308ab0", when: "2026-11-29T19:05:45Z"},
		"a commit after a prerelease":    {main: "v0.2.0-rc.1.0.20261129190545-5c4625308ab0", number: release + "+5c4625308ab0", when: "2026-11-29T19:05:45Z"},
		"a commit, with changed files":   {main: "v0.0.0-20261129190545-5c4625308ab0+dirty", settings: modified, number: release + "+5c4625308ab0.modified", when: "2026-11-29T19:05:45Z"},
		"an old Go, in a clone":          {main: "(devel)", settings: vcs, number: release + "+5c4625308ab0", when: "2026-11-29T19:05:45Z"},
		"without version control":        {main: "(devel)", number: release + "+unknown", when: "unknown"},
		"no information":                 {number: release + "+unknown", when: "unknown"},
		"a prerelease is its own number": {main: "v0.2.0-rc.1", number: "0.2.0-rc.1", when: "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			number, when := fromBuild(&debug.BuildInfo{Main: debug.Module{Version: c.main}, Settings: c.settings})
			if number != c.number || when != c.when {
				t.Errorf("got %s of %s, want %s of %s", number, when, c.number, c.when)
			}
		})
	}
}

// The constant is the newest release of the list of changes.
func TestReleaseIsThatOfTheChangelog(t *testing.T) {
	text, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^## (\d+\.\d+\.\d+)\b`).FindSubmatch(text)
	if found == nil || string(found[1]) != release {
		t.Errorf("the newest release of CHANGELOG.md is %q, and the constant %s", found, release)
	}
}
