package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRuns: runs that were stored are read alike, one of the same stream, rows and column takes the place of
// the one before, and a table takes those of its rows only.
func TestRuns(t *testing.T) {
	name := filepath.Join(t.TempDir(), "beside.csv")
	var all runs
	all.add(run{stream: "sine", program: "River 0.26.1", model: "ARF", rows: 5000, score: .9, microseconds: 10})
	all.add(run{stream: "led", program: "MOA 24.07", model: "SRP", rows: 5000, score: .5, microseconds: 7})
	all.add(run{stream: "sine", program: "River 0.26.1", model: "ARF", rows: 10000, score: .8, microseconds: 11})
	all.add(run{stream: "sine", program: "River 0.27.0", model: "ARF", rows: 5000, score: .7, microseconds: 12})
	if err := all.store(name); err != nil {
		t.Fatal(err)
	}
	back, err := readRuns(name)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(back, all) || len(back) != 3 {
		t.Errorf("runs are %v, want %v", back, all)
	}
	if got := back.of("sine", 5000); len(got) != 1 || got["River ARF"] != .7 {
		t.Errorf("runs of 5000 rows are %v", got)
	}
	if got := back.programs(); !slices.Equal(got, []string{"MOA 24.07", "River 0.26.1", "River 0.27.0"}) {
		t.Errorf("programs are %v", got)
	}
	if none, err := readRuns(filepath.Join(t.TempDir(), "none.csv")); err != nil || none != nil {
		t.Errorf("a file that is not there has %v, %v", none, err)
	}
}

// TestReadMOA: what MOA 24.07 has printed for a task, in part.
func TestReadMOA(t *testing.T) {
	const printed = "learning evaluation instances,evaluation time (cpu seconds),classified instances,classifications correct (percent),[avg] tree size (nodes)\n" +
		"2000.0,1.5,2000.0,96.35,?\n"
	got, err := readMOA(printed, "{M}assive {O}nline {A}nalysis\nVersion:  24.07 July 2024\nCopyright: (C)", "classifications correct (percent)")
	if want := (run{program: "MOA 24.07", rows: 2000, score: 96.35, microseconds: 750}); err != nil || got != want {
		t.Errorf("run is %+v, %v; want %+v", got, err, want)
	}
	for _, c := range []struct{ name, printed string }{
		{name: "nothing", printed: ""},
		{name: "no figures", printed: "classified instances\n"},
		{name: "another figure", printed: "classified instances,mean absolute error\n2000,1\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := readMOA(c.printed, "", "classifications correct (percent)"); err == nil {
				t.Errorf("run is %+v", got)
			}
		})
	}
}

// TestUpdate: the table of a page is written between its marks, and a page without marks is refused.
func TestUpdate(t *testing.T) {
	name := filepath.Join(t.TempDir(), "page.md")
	begin, end := marks(70)
	if err := os.WriteFile(name, []byte("before\n"+begin+"old\n"+end+"after\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	table := &table{}
	table.kept.WriteString("new\n")
	if err := table.update(name, 70); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(name); err != nil || string(text) != "before\n"+begin+"new\n"+end+"after\n" {
		t.Errorf("page is %q, %v", text, err)
	}
	if err := os.WriteFile(name, []byte("no marks\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := table.update(name, 70); err == nil || !strings.Contains(err.Error(), "streams of at most 70 rows: begin") {
		t.Errorf("error is %v", err)
	}
}

// TestWrite: a stream is written as CSV and as ARFF.
func TestWrite(t *testing.T) {
	folder := t.TempDir()
	s := newStream("s", 1)
	s.add([]float64{1.5}, 2)
	s.add([]float64{-1}, 0)
	if err := s.write(folder); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"s.csv":  "x1,y\n1.5,2\n-1,0\n",
		"s.arff": "@relation s\n@attribute x1 numeric\n@attribute y {2,0}\n@data\n1.5,2\n-1,0\n",
	} {
		if text, err := os.ReadFile(filepath.Join(folder, name)); err != nil || string(text) != want {
			t.Errorf("%s is %q, %v; want %q", name, text, err, want)
		}
	}
}
