package first

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
)

// tellingColumn draws a column that says which row it is.
func tellingColumn(r *rand.Rand) (name string, cell func(i int) string, why string) {
	start := time.Date(1990+r.IntN(40), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
	step, first := 1+r.IntN(3), r.IntN(5000)
	layout := []string{"2006-01-02", "2006/01/02", "02.01.2006", "1/2/2006", "2006-01-02 15:04:05", "2006-01-02T15:04:05Z"}[r.IntN(6)]
	order := r.Perm(100_000)
	switch r.IntN(4) {
	case 0:
		return "when", func(i int) string { return start.AddDate(0, 0, i*step).Format(layout) }, "nearly every row has its own"
	case 1:
		return "at", func(i int) string { return fmt.Sprint(first + i*step) }, "a running number"
	case 2:
		name = []string{"id", "order_id", "OrderID", "Unnamed: 0", "customer key", "invoice-nr"}[r.IntN(6)]
		return name, func(i int) string { return fmt.Sprint(10_000 + order[i]) }, "an identifier"
	}
	return "who", func(i int) string { return fmt.Sprintf("person %d", order[i]) }, "an identifier"
}

// TestWhatSaysWhichRowIsLeftOut: dates, running numbers and identifiers of drawn tables are
// left out, with the reason in the pipeline; measurements, counts, days that come again and
// the target stay, and so does the last input.
func TestWhatSaysWhichRowIsLeftOut(t *testing.T) {
	for seed := range drawn.Seeds(24) {
		r := rand.New(rand.NewPCG(seed, 41))
		name, cell, why := tellingColumn(r)
		other := seed%4 != 0 // else the telling column is the only input
		rows := [][]string{{name, "y"}}
		if other {
			rows[0] = append(rows[0], "amount", "visits", "day")
		}
		for i := range 30 + r.IntN(150) {
			row := []string{cell(i), fmt.Sprintf("%.2f", r.NormFloat64())}
			if other {
				row = append(row, fmt.Sprint(20_000+r.IntN(80_000)), fmt.Sprint(r.IntN(9)), fmt.Sprintf("2024-05-%02d", 1+r.IntN(6)))
			}
			rows = append(rows, row)
		}
		target := []string{"y", name}[min(int(seed%6), 1)]
		if !other {
			target = "y"
		}
		p, err := newPlan(context.Background(), options{input: separated(t, ",", rows), target: target, output: filepath.Join(t.TempDir(), "p.yaml"), cache: cacheMemory, page: none})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		at := slices.IndexFunc(p.Declared, func(d declared) bool { return d.Type == ignored })
		switch leaves := other && target == "y"; {
		case !leaves && at >= 0:
			t.Errorf("seed %d: %+v is left out, and the target is %q of %q", seed, p.Declared[at], target, rows[0])
		case leaves && (at < 0 || p.Declared[at].Name != name || !strings.Contains(p.Declared[at].Why, why)):
			t.Errorf("seed %d: column %q (%s) is not left out for that: %+v", seed, name, rows[1][0], p.Declared)
		case leaves && len(slices.DeleteFunc(slices.Clone(p.Declared), func(d declared) bool { return d.Type != ignored })) > 1:
			t.Errorf("seed %d: more than %q is left out: %+v", seed, name, p.Declared)
		}
		text, err := p.text()
		if err != nil || at >= 0 && !strings.Contains(text, "ignore # "+p.Declared[at].Why) {
			t.Errorf("seed %d: %v, or the pipeline does not say why:\n%s", seed, err, text)
		}
	}
}
