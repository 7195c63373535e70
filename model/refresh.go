package model

import (
	"fmt"
	"time"
)

// Refresh bounds how often a model is rebuilt. Without one it is rebuilt
// whenever the project's statistics have moved on.
type Refresh struct {
	// Rows is by how many rows the project must have grown.
	Rows float64 `json:"rows,omitempty"`
	// Every is how long the last build must be ago, as a Go duration.
	Every string `json:"every,omitempty"`
	// Manual says that the model is built once, and then on demand only.
	Manual bool `json:"manual,omitempty"`
}

func (r *Refresh) validate() error {
	if r == nil {
		return nil
	}
	if !(r.Rows >= 0) {
		return fmt.Errorf("refresh.rows: %v, want 0 or more", r.Rows)
	}
	if r.Every != "" {
		if d, err := time.ParseDuration(r.Every); err != nil || d < 0 {
			return fmt.Errorf("refresh.every: %q is no duration of 0 or more, such as 10m", r.Every)
		}
	}
	return nil
}

// Due reports whether a model that was built from rows rows, age ago, is to be
// rebuilt now that there are now rows.
func (r *Refresh) Due(rows, now float64, age time.Duration) bool {
	switch {
	case r == nil:
		return true
	case r.Manual:
		return false
	case r.Every != "":
		if every, err := time.ParseDuration(r.Every); err != nil || age < every {
			return false
		}
	}
	return now-rows >= r.Rows || rows-now >= r.Rows && r.Rows > 0
}
