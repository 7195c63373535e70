package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// columns are the programs beside, as the table names them.
var columns = []string{"River ARF", "River AMF", "River HAT", "River logistic", "MOA ARF", "MOA SRP"}

// rivals are the columns that the asked margin is against.
var rivals = columns[:4]

// run is what a program did on a stream: the accuracy, or of a number the mean absolute error.
type run struct {
	stream, program, model string
	rows                   int
	score, microseconds    float64
}

// column returns the column of the table: the program without its version, and the model.
func (r *run) column() string {
	program, _, _ := strings.Cut(r.program, " ")
	return program + " " + r.model
}

// record is the line of the run in the file of runs.
func (r *run) record() []string {
	return []string{r.stream, r.program, r.model, strconv.Itoa(r.rows), strconv.FormatFloat(r.score, 'f', 4, 64), strconv.FormatFloat(r.microseconds, 'f', 0, 64)}
}

// parseRun reads what record wrote.
func parseRun(r []string) (run, error) {
	if len(r) != 6 {
		return run{}, fmt.Errorf("line of %d values, want 6: %q", len(r), r)
	}
	rows, err := strconv.Atoi(r[3])
	score, err2 := strconv.ParseFloat(r[4], 64)
	microseconds, err3 := strconv.ParseFloat(r[5], 64)
	return run{r[0], r[1], r[2], rows, score, microseconds}, errors.Join(err, err2, err3)
}

// runs are those of all programs beside, in the order of the file.
type runs []run

// readRuns reads a file of runs; one that is not there has none.
func readRuns(name string) (runs, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var out runs
	for i, r := range records[min(1, len(records)):] {
		one, err := parseRun(r)
		if err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", name, i+2, err)
		}
		out = append(out, one)
	}
	return out, nil
}

// add puts a run in the place of the one of its stream, rows and column, or at the end.
func (r *runs) add(one run) {
	for i := range *r {
		if (*r)[i].stream == one.stream && (*r)[i].rows == one.rows && (*r)[i].column() == one.column() {
			(*r)[i] = one
			return
		}
	}
	*r = append(*r, one)
}

// store writes the file of runs, by stream.
func (r runs) store(name string) error {
	slices.SortStableFunc(r, func(a, b run) int { return strings.Compare(a.stream, b.stream) })
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	records := [][]string{{"stream", "program", "model", "rows", "score", "microseconds"}}
	for i := range r {
		records = append(records, r[i].record())
	}
	return errors.Join(w.WriteAll(records), f.Close())
}

// of returns the scores of a stream by column, as far as they are of so many rows.
func (r runs) of(stream string, rows int) map[string]float64 {
	out := map[string]float64{}
	for i := range r {
		if r[i].stream == stream && r[i].rows == rows {
			out[r[i].column()] = r[i].score
		}
	}
	return out
}

// programs returns the programs with their versions.
func (r runs) programs() []string {
	var out []string
	for i := range r {
		out = append(out, r[i].program)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// refresh runs the programs that the flags name on a stream, and stores what they say.
func (o *options) refresh(ctx context.Context, all *runs, s *stream) error {
	if o.python == "" && o.moa == "" {
		return nil
	}
	folder, err := os.MkdirTemp("", "streams")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if err := s.write(folder); err != nil {
		return err
	}
	var found []run
	if o.python != "" {
		of, err := river(ctx, o.python, filepath.Join(folder, s.name+".csv"))
		if err != nil {
			return fmt.Errorf("river on %s: %w", s.name, err)
		}
		found = append(found, of...)
	}
	if o.moa != "" {
		of, err := moa(ctx, o.moa, filepath.Join(folder, s.name+".arff"), s)
		if err != nil {
			return fmt.Errorf("moa on %s: %w", s.name, err)
		}
		found = append(found, of...)
	}
	for _, one := range found {
		all.add(one)
	}
	return all.store(o.beside)
}
