package schema

import (
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table of published files in docs/types.md")

// published is a CSV file that a package ships, with the types that
// pandas infers of it; testdata/published.py writes them.
type published struct {
	Package, File string
	Header        []string
	Pandas        []string
	Rows          [][]string
}

func publishedFiles(t *testing.T) []published {
	t.Helper()
	f, err := os.Open("testdata/published.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []published
	if err := json.NewDecoder(z).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// kindOfPandas is the kind that stands for a type of pandas.
func kindOfPandas(dtype string) Kind {
	switch {
	case strings.HasPrefix(dtype, "int"), strings.HasPrefix(dtype, "float"):
		return Continuous
	case dtype == "bool":
		return Binary
	}
	return Categorical
}

// learnPublished reads the rows as a CSV input gives them, each cell a string, and
// returns the schema and the number of rows that are refused.
func learnPublished(t *testing.T, p *published) (s *Schema, refused int, example error) {
	t.Helper()
	documents := make([]map[string]any, len(p.Rows))
	for i, row := range p.Rows {
		documents[i] = map[string]any{}
		for k, cell := range row {
			documents[i][p.Header[k]] = cell
		}
	}
	r := NewReader(nil)
	s = &Schema{}
	for i := range documents { // row by row, as messages come
		for range 2 {
			r.SetSchema(s)
			b := &Block{}
			b.Reset(s)
			if err := r.ReadStructured(documents[i], b); err != nil {
				refused, example = refused+1, err
				break
			}
			grown, added := s.Grow(r.Growth(), Limits{})
			if added == 0 {
				break
			}
			s = grown
		}
	}
	return s, refused, example
}

// differs explains a difference to pandas by what settled the attribute.
func (a *Attribute) differs() string {
	switch a.Settled.Reason {
	case FromLeadingZero, FromLongDigits:
		return a.Why()
	case FromNumberText:
		return a.Why() + "; pandas looks at all rows, a stream settles by the first"
	case FromText:
		return a.Why() + " of JSON; declare it as continuous"
	}
	return a.Why()
}

// TestPublishedFiles: 31 CSV files as people publish them have the types that pandas
// infers, or the difference is in the table of docs/types.md with its reason.
func TestPublishedFiles(t *testing.T) {
	files := publishedFiles(t)
	if len(files) != 31 {
		t.Fatalf("%d files, want 31", len(files))
	}
	columns := 0
	var lines []string
	for i := range files {
		p := &files[i]
		s, refused, example := learnPublished(t, p)
		for k, name := range p.Header {
			at := s.Index(strings.TrimPrefix(name, byteOrderMark))
			columns++
			if at < 0 {
				lines = append(lines, fmt.Sprintf("| %s | `%s` | `%s` | %s | no value in these rows |", p.Package, p.File, shorten(name), p.Pandas[k]))
				continue
			}
			if a := &s.Attributes()[at]; a.Kind != kindOfPandas(p.Pandas[k]) {
				lines = append(lines, fmt.Sprintf("| %s | `%s` | `%s` | %s, here %v | %s |", p.Package, p.File, shorten(a.Name), p.Pandas[k], a.Kind, a.differs()))
			}
		}
		if refused > 0 {
			lines = append(lines, fmt.Sprintf("| %s | `%s` | – | %d of %d rows refused | %v |", p.Package, p.File, refused, len(p.Rows), example))
		}
	}
	if len(lines) == 0 {
		checkTable(t, fmt.Sprintf("%d columns of %d files: all have the type that pandas infers, and no row is refused.\n", columns, len(files)))
		return
	}
	table := fmt.Sprintf("%d columns of %d files; all but these have the type that pandas infers:\n\n| package | file | column | pandas | why |\n|---|---|---|---|---|\n%s\n", columns, len(files), strings.Join(lines, "\n"))
	checkTable(t, table)
}

const beginPublished, endPublished = "<!-- published: begin -->\n", "<!-- published: end -->"

func checkTable(t *testing.T, table string) {
	t.Helper()
	const path = "../docs/types.md"
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(page), beginPublished)
	inside, after, closed := strings.Cut(rest, endPublished)
	if !ok || !closed {
		t.Fatalf("%s has no place for the table", path)
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+beginPublished+table+endPublished+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if inside != table {
		t.Errorf("the table of %s is not as found (-update writes it):\n%s", path, table)
	}
}
