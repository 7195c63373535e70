//go:build linux

package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

// leftOutLine is what a process logs of rows that do not count (docs/operations.md).
var leftOutLine = regexp.MustCompile(`left out (\d+) rows, reason (\w+) \((\d+) since the start\)`)

// told adds up by reason what a log says of rows that were left out. The error says
// that a line does not agree with those before it.
func told(log []byte) (map[string]float64, error) {
	sums := map[string]float64{}
	for _, m := range leftOutLine.FindAllSubmatch(log, -1) {
		rows, err := strconv.ParseFloat(string(m[1]), 64)
		if err != nil {
			return nil, err
		}
		total, err := strconv.ParseFloat(string(m[3]), 64)
		if err != nil {
			return nil, err
		}
		reason := string(m[2])
		if sums[reason] += rows; sums[reason] != total {
			return nil, fmt.Errorf("the log says that %v rows were left out as %s since the start, its lines add up to %v", total, reason, sums[reason])
		}
	}
	return sums, nil
}

// compareLog compares what the process that has just ended in order has logged with
// the account that its metrics gave at last.
func (w *worker) compareLog(pid int) error {
	w.mu.Lock()
	a, known := w.accounts[pid]
	from := w.logFrom
	w.mu.Unlock()
	if !known {
		return nil
	}
	log, err := os.Open(filepath.Join(w.site.dir, w.name+".log"))
	if err != nil {
		return err
	}
	defer log.Close()
	if _, err := log.Seek(from, io.SeekStart); err != nil {
		return err
	}
	text, err := io.ReadAll(log)
	if err != nil {
		return err
	}
	sums, err := told(text)
	if err != nil {
		return fmt.Errorf("the log of %s: %w", w.name, err)
	}
	metrics := maps.Clone(a.leftOut)
	maps.DeleteFunc(metrics, func(_ string, n float64) bool { return n == 0 })
	if !maps.Equal(sums, metrics) {
		return fmt.Errorf("the log of %s says that %v rows were left out, its metrics %v", w.name, sums, metrics)
	}
	return nil
}
