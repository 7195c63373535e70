package simulate

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func text(s string) Source {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s)), nil }
}

func TestScanSettlesColumns(t *testing.T) {
	cases := map[string]struct {
		table string
		limit int
		want  []column
		err   string
	}{
		"numbers and text":          {table: "a,b\n1,x\n-2.5e3,y\n", want: []column{{"a", true}, {"b", false}}},
		"one odd cell decides":      {table: "a\n1\n2\nx\n", want: []column{{"a", false}}},
		"a limit hides later rows":  {table: "a\n1\n2\nx\n", limit: 2, want: []column{{"a", true}}},
		"empty cells do not decide": {table: "a,b\n1,\n,\n", want: []column{{"a", true}, {"b", false}}},
		"header only":               {table: "a\n", want: []column{{"a", false}}},
		"no header":                 {table: "", err: "empty"},
		"unnamed column":            {table: "a,\n1,2\n", err: "column 2 has no name"},
		"name twice":                {table: "a,b,a\n", err: `columns 1 and 3 are both named "a"`},
		"ragged row":                {table: "a,b\n1\n", err: "wrong number of fields"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := scan(text(c.table), c.limit)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("got error %v, want one with %q", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestIsNumberKnowsJSONNumbersOnly(t *testing.T) {
	cases := map[string]bool{
		"0": true, "-0": true, "12": true, "1.5": true, "-1.5e-3": true, "1E5": true, "0.1": true, "1e+9": true,
		"-": false, "+1": false, "01": false, "1.": false, ".5": false, "1.e5": false, "NaN": false, "Inf": false,
		"0x10": false, "1_000": false, "1e999": false, "1-2": false, "1,5": false, "12:30": false, "e5": false,
	}
	for cell, want := range cases {
		t.Run(cell, func(t *testing.T) {
			if got := isNumber(cell); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestFileReadsPlainAndCompressed(t *testing.T) {
	const table = "a\n1\n"
	dir := t.TempDir()
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := w.Write([]byte(table)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"plain": []byte(table), "compressed": zipped.Bytes()} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			file, err := file(path)()
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			got, err := io.ReadAll(file)
			if err != nil || string(got) != table {
				t.Errorf("got %q and error %v, want %q", got, err, table)
			}
		})
	}
}
