package main

import (
	"regexp"
	"runtime/debug"
	"strings"
)

// release is the last release, the first entry of CHANGELOG.md with a number.
const release = "0.1.0"

// Set by -ldflags "-X main.version=... -X main.built=...". Without them, both are
// read from what Go has put into the binary.
var version, built string

// stamp returns the version of the binary and the time of its sources. Of a
// commit that is no release it is the last release with the commit behind it:
// 0.1.0+5c4625308ab0, with .modified where files had been changed.
func stamp() (number, when string) {
	number, when = version, built
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	foundNumber, foundTime := fromBuild(info)
	if number == "" {
		number = foundNumber
	}
	if when == "" {
		when = foundTime
	}
	return number, when
}

// pseudo is a version that Go makes of a commit without a tag, such as
// v0.0.0-20261129190545-5c4625308ab0+dirty.
var pseudo = regexp.MustCompile(`^v\d+\.\d+\.\d+-(?:.*\.)?(\d{14})-([0-9a-f]{12})(\+dirty)?$`)

// fromBuild reads version and time from the build information.
func fromBuild(info *debug.BuildInfo) (number, when string) {
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	revision, when, modified := set["vcs.revision"], set["vcs.time"], set["vcs.modified"] == "true"
	switch parts := pseudo.FindStringSubmatch(info.Main.Version); {
	case parts != nil:
		revision, modified = parts[2], modified || parts[3] != ""
		if when == "" {
			t := parts[1]
			when = t[:4] + "-" + t[4:6] + "-" + t[6:8] + "T" + t[8:10] + ":" + t[10:12] + ":" + t[12:] + "Z"
		}
	case strings.HasPrefix(info.Main.Version, "v"):
		tag, _, dirty := strings.Cut(strings.TrimPrefix(info.Main.Version, "v"), "+dirty")
		if !dirty {
			return tag, orUnknown(when)
		}
		modified = true
	}
	if len(revision) > 12 {
		revision = revision[:12]
	}
	number = release + "+" + orUnknown(revision)
	if modified {
		number += ".modified"
	}
	return number, orUnknown(when)
}

func orUnknown(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}
