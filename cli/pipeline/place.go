package pipeline

import "fmt"

// PlaceError is an error at a place of a file.
type PlaceError struct {
	File         string
	Line, Column int
	Path         string // within the file; "" for all of it
	Err          error
}

// Error names the file, the line and the path.
func (e *PlaceError) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("%s(%d,%d) %v", e.File, e.Line, e.Column, e.Err)
	}
	return fmt.Sprintf("%s(%d,%d) %s: %v", e.File, e.Line, e.Column, e.Path, e.Err)
}
