package licences

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// Kinds of licences.
const (
	Apache   = "Apache-2.0"
	RCL      = "Redpanda Community License"
	MIT      = "MIT"
	BSD2     = "BSD-2-Clause"
	BSD3     = "BSD-3-Clause"
	ISC      = "ISC"
	MPL      = "MPL-2.0"
	epl      = "EPL-2.0"
	Zero     = "public domain"
	zlib     = "Zlib"
	copyleft = "GPL"
)

// spaces are what lines and indents put between words.
var spaces = regexp.MustCompile(`[\s/*#]+`)

// plain is a text without line breaks, comment marks and capital letters.
func plain(text string) string {
	return strings.ToLower(spaces.ReplaceAllString(text, " "))
}

// phrases are what a licence says and no other does. All of a row must be
// there; rows that come first win.
var phrases = []struct {
	kind string
	all  []string
}{
	{RCL, []string{"redpanda community license"}},
	{copyleft, []string{"gnu affero general public license", "version 3", "everyone is permitted to copy"}},
	{copyleft, []string{"gnu lesser general public license", "everyone is permitted to copy"}},
	{copyleft, []string{"gnu general public license", "preamble", "everyone is permitted to copy"}},
	{epl, []string{"eclipse public license"}},
	{MPL, []string{"mozilla public license", "2.0"}},
	{Apache, []string{"apache license", "version 2.0"}},
	{BSD3, []string{"redistribution and use in source and binary forms", "names of its contributors", "this software is provided by"}},
	{BSD3, []string{"redistribution and use in source and binary forms", "endorse or promote products", "this software is provided"}},
	{BSD2, []string{"redistribution and use in source and binary forms", "redistributions in binary form must reproduce", "this software is provided"}},
	{MIT, []string{"permission is hereby granted, free of charge, to any person obtaining a copy", "without warranty of any kind"}},
	{ISC, []string{"permission to use, copy, modify, and", "distribute this software for any purpose with or without fee is hereby granted"}},
	{zlib, []string{"altered source versions must be plainly marked as such"}},
	{Zero, []string{"released into the public domain"}},
	{Zero, []string{"cc0 1.0 universal"}},
	{Zero, []string{"no copyright is claimed"}},
}

// kindOf names the licence of a text by its phrases, "" when it has those of none.
func kindOf(text string) string {
	text = plain(text)
next:
	for _, p := range phrases {
		for _, phrase := range p.all {
			if !strings.Contains(text, phrase) {
				continue next
			}
		}
		return p.kind
	}
	return ""
}

// OfHeader names the licence that the comment at the head of a Go file names,
// "" when there is none.
func OfHeader(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read a header: %w", err)
	}
	defer file.Close()
	var head strings.Builder
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		if strings.HasPrefix(line, "package ") {
			break
		}
		head.WriteString(line)
		head.WriteByte('\n')
	}
	return kindOf(head.String()), nil
}
