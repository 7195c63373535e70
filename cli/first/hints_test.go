package first

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// grouped writes a whole number with a mark after every third digit from the right.
func grouped(n int, mark string) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + mark + text[i:]
	}
	return text
}

// TestInitOfMarks: numbers with marks are told of and learned as numbers, with those
// marks, and identifiers with leading zeros are kept apart, in tables that are drawn.
func TestInitOfMarks(t *testing.T) {
	for seed := range uint64(24) {
		r := rand.New(rand.NewPCG(seed, 31))
		want := []marks{{Decimal: ","}, {Decimal: ",", Thousands: "."}, {Decimal: ",", Thousands: " "}, {Thousands: ","}, {}}[r.IntN(5)]
		point := r.IntN(4) == 0 // another column has numbers with a point
		names := []string{"value", "zip", "other", "word"}
		rows, sum := [][]string{names}, 0.0
		for range 40 {
			whole, cents := 1000+r.IntN(2_000_000), 1+r.IntN(99)
			mark := "."
			if want.Decimal != "" {
				mark = want.Decimal
			}
			text := strconv.Itoa(whole)
			if want.Thousands != "" {
				text = grouped(whole, want.Thousands)
			}
			sum += float64(whole) + float64(cents)/100
			other := strconv.Itoa(r.IntN(50))
			if point {
				other += ".5"
			}
			rows = append(rows, []string{text + mark + fmt.Sprintf("%02d", cents), fmt.Sprintf("%05d", r.IntN(99999)), other, []string{"a", "b"}[r.IntN(2)]})
		}
		rows[1][1], rows[2][1] = fmt.Sprintf("%05d", 10000+r.IntN(80000)), "0"+strconv.Itoa(1000+r.IntN(9000)) // a number comes first
		p, err := newPlan(context.Background(), options{input: written(t, "tsv", rows), output: filepath.Join(t.TempDir(), "p.yaml"), cache: cacheMemory, page: none})
		if err != nil {
			t.Fatal(err)
		}
		told := fmt.Sprintf("seed %d, marks %+v, point %v: %+v", seed, want, point, p.rows.Attributes)
		refusedMarks := point && (want.Decimal == "," || want.Thousands == ".")
		value, zip := p.rows.find("value"), p.rows.find("zip")
		switch {
		case zip.Type != "categorical" || !strings.Contains(zip.Hint, "leading zero"):
			t.Error("zip: ", told)
		case refusedMarks && (p.Marks != marks{} || !strings.Contains(value.Hint, want.String())):
			t.Error("marks that another column contradicts: ", told)
		case !refusedMarks && (p.Marks != want || value.Type != "continuous" || *value.Mean < sum/40-0.01 || *value.Mean > sum/40+0.01):
			t.Errorf("mean %v, marks %v: %s", sum/40, p.Marks, told)
		}
		looksRight(t, p)
	}
}

// TestMarksThatAreNotCertain: texts that are numbers in two ways, or in none.
func TestMarksThatAreNotCertain(t *testing.T) {
	for name, c := range map[string]struct {
		texts []string
		both  bool
	}{
		"two ways":         {[]string{"1,234", "2,500", "7"}, true},
		"dates":            {[]string{"1.2.2024", "3.4.2024"}, false},
		"both ways at odd": {[]string{"1,5", "1,234.5"}, false},
		"words":            {[]string{"1,5", "about 3"}, false},
		"whole numbers":    {[]string{"1", "2"}, false},
		"nothing":          {nil, false},
	} {
		if m, _, both := marksOf(c.texts); m != (marks{}) || both != c.both {
			t.Errorf("%s: %v, %v", name, m, both)
		}
	}
}
