//go:build !unix

package main

import "time"

var begun = time.Now()

// cpu returns the time since the start, where processor time is not known.
func cpu() time.Duration { return time.Since(begun) }
