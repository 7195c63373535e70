package nab

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// series is one file of the corpus.
type series struct {
	// Name is the file's name within the corpus, as in the labels.
	Name string
	// Times are nanoseconds since 1970, taking the file's times as UTC; Values
	// belong to them.
	Times  []int64
	Values []float64
	// Windows are the labelled anomalies, in order.
	Windows []window
}

// window is one labelled anomaly: the rows First to Last, both included.
type window struct{ First, Last int }

// dataSet is all series in order of name.
type dataSet struct{ Series []series }

// windows returns the number of labelled anomalies.
func (c *dataSet) windows() int {
	n := 0
	for _, s := range c.Series {
		n += len(s.Windows)
	}
	return n
}

// probation returns the number of first rows that do not count: 15 % of the
// rows, at most 750.
func (s *series) probation() int { return min(len(s.Values)*15/100, 750) }

// read reads the corpus from a directory with the folders of NAB, the series
// compressed with gzip, and labels/combined_windows.json.
func read(dir string) (*dataSet, error) {
	text, err := os.ReadFile(filepath.Join(dir, "labels", "combined_windows.json"))
	if err != nil {
		return nil, err
	}
	var labels map[string][][2]string
	if err := json.Unmarshal(text, &labels); err != nil {
		return nil, fmt.Errorf("labels: %w", err)
	}
	c := &dataSet{}
	for name, windows := range labels {
		s, err := readSeries(filepath.Join(dir, filepath.FromSlash(name)+".gz"))
		if err != nil {
			return nil, fmt.Errorf("series %q: %w", name, err)
		}
		s.Name = name
		for _, w := range windows {
			first, last, err := s.find(w)
			if err != nil {
				return nil, fmt.Errorf("series %q: %w", name, err)
			}
			s.Windows = append(s.Windows, window{first, last})
		}
		c.Series = append(c.Series, *s)
	}
	slices.SortFunc(c.Series, func(a, b series) int { return strings.Compare(a.Name, b.Name) })
	return c, nil
}

func readSeries(path string) (*series, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		return nil, err
	}
	s := &series{}
	for i, row := range rows[min(1, len(rows)):] {
		at, err := time.Parse(time.DateTime, row[0])
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
		value, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
		s.Times, s.Values = append(s.Times, at.UnixNano()), append(s.Values, value)
	}
	return s, nil
}

// find returns the first and the last row of a window given by times.
func (s *series) find(window [2]string) (first, last int, err error) {
	var at [2]int64
	for i, text := range window {
		t, err := time.Parse("2006-01-02 15:04:05.000000", text)
		if err != nil {
			return 0, 0, fmt.Errorf("window: %w", err)
		}
		at[i] = t.UnixNano()
	}
	first, last = -1, -1
	for i, t := range s.Times {
		if t >= at[0] && t <= at[1] {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		return 0, 0, fmt.Errorf("window %q holds no row", window)
	}
	return first, last, nil
}
