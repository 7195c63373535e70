package licences

import (
	"os"
	"path/filepath"
	"testing"
)

func TestHeaders(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"Apache":               {"// Copyright\n//\n// Licensed under the Apache License, Version 2.0 (the\n// \"License\")\n\npackage x\n", Apache},
		"over two lines":       {"/*\n * Licensed under the Apache\n * License, Version 2.0\n */\npackage x\n", Apache},
		"Community":            {"// Licensed as a Redpanda Enterprise file under the Redpanda Community\n// License (the \"License\")\npackage x\n", RCL},
		"both":                 {"// Not Apache License, Version 2.0 but the Redpanda\n// Community License\npackage x\n", RCL},
		"none":                 {"package x\n", ""},
		"named after the head": {"package x\n\n// Apache License, Version 2.0\n", ""},
		"no package line":      {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.go")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if got, err := OfHeader(path); err != nil || got != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
	if _, err := OfHeader(filepath.Join(t.TempDir(), "absent.go")); err == nil {
		t.Error("a file that is not there has a header")
	}
}

func TestKindsOfTexts(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"MIT":       {"Permission is hereby granted, free of charge, to any person obtaining\na copy ... WITHOUT WARRANTY OF ANY KIND", MIT},
		"ISC":       {"Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted", ISC},
		"ISC plain": {"Permission to use, copy, modify, and distribute this software for any\npurpose with or without fee is hereby granted", ISC},
		"BSD 2":     {"Redistribution and use in source and binary forms ... Redistributions in binary form must reproduce ... THIS SOFTWARE IS PROVIDED BY", BSD2},
		"GPL":       {"GNU GENERAL PUBLIC LICENSE Version 3 Everyone is permitted to copy ... Preamble", copyleft},
		"no text":   {"All rights reserved.", ""},
	} {
		if got := kindOf(c.text); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
