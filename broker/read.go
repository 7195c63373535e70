package broker

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/redpanda-data/benthos/v4/public/service"
)

// ReadDurations reads fields that hold a time of more than 0 into what they are
// mapped to. An error names the field and its value.
func ReadDurations(conf *service.ParsedConfig, fields map[string]*time.Duration) error {
	for field, into := range fields {
		v, err := conf.FieldDuration(field)
		if err != nil {
			return err
		}
		if v <= 0 {
			return fmt.Errorf("%s is %v, want more than 0", field, v)
		}
		*into = v
	}
	return nil
}

// ReadBytes reads a field that holds a size such as 1MB and returns it in bytes,
// from 1 byte to 2 GiB. An error names the field and its value.
func ReadBytes(conf *service.ParsedConfig, field string) (int64, error) {
	text, err := conf.FieldString(field)
	if err != nil {
		return 0, err
	}
	v, err := humanize.ParseBytes(text)
	if err != nil || v < 1 || v > math.MaxInt32 {
		return 0, fmt.Errorf("%s is %q, want a size from 1B to 2GB, such as 1MB", field, text)
	}
	return int64(v), nil
}

// Split takes texts with commas apart and leaves out what is empty.
func Split(texts []string) []string {
	var out []string
	for _, text := range texts {
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}
