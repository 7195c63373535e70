package first

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"github.com/rpconnect-sml/rpconnect-sml/cli/sml"
)

// publishedFile is a CSV file that a package ships, with the types that pandas infers
// of it; schema/testdata/published.py writes them.
type publishedFile struct {
	Package, File string
	Delimiter     string
	Header        []string
	Pandas        []string
	Rows          [][]string
}

func publishedFiles(t *testing.T) (out []publishedFile) {
	t.Helper()
	f, err := os.Open("../../schema/testdata/published.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewDecoder(z).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// separated writes a table as it was published.
func separated(t *testing.T, delimiter string, rows [][]string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "published.csv")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	w := csv.NewWriter(f)
	w.Comma = rune(delimiter[0])
	if err := errors.Join(w.WriteAll(rows), f.Close()); err != nil {
		t.Fatal(err)
	}
	return file
}

// infoOf is what the command `sml info` says of the project of a pipeline.
type infoOf struct {
	Rows   float64
	Schema []struct{ Name, Type string }
}

// info runs the command on a pipeline and returns what it prints.
func info(t *testing.T, pipeline string) (out infoOf) {
	t.Helper()
	printed, err := os.Create(filepath.Join(t.TempDir(), "info.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer printed.Close()
	stdout := os.Stdout
	os.Stdout = printed
	app := &cli.App{Commands: []*cli.Command{sml.Command()}}
	err = app.Run([]string{"rpconnect-sml", "sml", "info", "-c", pipeline, "--json"})
	os.Stdout = stdout
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(printed.Name())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return out
}

// ofPandas are the types that stand for a type of pandas.
func ofPandas(dtype string) string {
	switch {
	case strings.HasPrefix(dtype, "int"), strings.HasPrefix(dtype, "float"):
		return "continuous"
	case dtype == "bool":
		return "binary"
	}
	return "categorical"
}

// leftOutOfPublished are the columns that say which row it is: names, dates, running numbers.
var leftOutOfPublished = map[string][]string{
	"datasets/committee/committee.csv":      {"COMMITTEE"},
	"datasets/copper/copper.csv":            {"YEAR", "TIME"},
	"datasets/danish_data/data.csv":         {"period"},
	"datasets/elec_equip/elec_equip.csv":    {"DATE"},
	"datasets/elnino/elnino.csv":            {"YEAR"},
	"_data/airports.csv":                    {"iata", "name"},
	"_data/la-riots.csv":                    {"first_name"},
	"_data/seattle-temps.csv":               {"date"},
	"_data/seattle-weather.csv":             {"date"},
	"_data/sf-temps.csv":                    {"date"},
	"package_data/datasets/election.csv.gz": {"district", "district_id"},
	"package_data/datasets/stocks.csv.gz":   {"date"},
}

// TestPublishedFilesThroughInit: all rows of 31 CSV files as people publish them go
// through the pipeline that init writes, unchanged. Every row is scored, learned and
// written, and `sml info` has the types that pandas infers; texts that are there once
// each are left out as identifiers, and so are dates and running numbers.
func TestPublishedFilesThroughInit(t *testing.T) {
	files := publishedFiles(t)
	if len(files) != 31 {
		t.Fatalf("%d files, want 31", len(files))
	}
	for i := range files {
		f := &files[i]
		t.Run(strings.ReplaceAll(f.File, "/", "_"), func(t *testing.T) {
			folder := t.TempDir()
			table := append([][]string{f.Header}, f.Rows...)
			p, err := newPlan(context.Background(), options{
				input: separated(t, f.Delimiter, table), output: filepath.Join(folder, "p.yaml"), project: "published", cache: cacheFile, page: none,
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := p.write(testFile(p.output)); err != nil {
				t.Fatal(err)
			}
			if scored := runs(t, p); len(scored) != len(f.Rows) {
				t.Errorf("%d of %d rows are written", len(scored), len(f.Rows))
			}
			said := info(t, p.output)
			if said.Rows != float64(len(f.Rows)) {
				t.Errorf("%v of %d rows are learned", said.Rows, len(f.Rows))
			}
			types := map[string]string{}
			for _, a := range said.Schema {
				types[a.Name] = a.Type
			}
			var left []string
			for k, name := range f.Header {
				name = strings.TrimPrefix(name, "\ufeff")
				want := ofPandas(f.Pandas[k])
				identifier := slices.ContainsFunc(p.Declared, func(d declared) bool { return d.Name == name && d.Type == "ignore" })
				if identifier {
					left = append(left, name)
					continue
				}
				if got := types[name]; got != want {
					t.Errorf("column %q is %q, pandas says %s", name, got, f.Pandas[k])
				}
			}
			if want := leftOutOfPublished[f.File]; !slices.Equal(left, want) {
				t.Errorf("%s: %q are left out, want %q", f.File, left, want)
			}
		})
	}
}
