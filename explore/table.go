package explore

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// table is the contingency table of two attributes that are categories or
// binaries, over the rows that have both. Values without rows are left out.
type table struct {
	rows, columns []string // values
	cells         [][]float64
	rowSums, sums []float64
	total         float64
}

// tableOf reads the table off whichever statistic has it: the contingency
// counts of two categories, the moments of a binary attribute given a category,
// or the co-moments of two binaries.
func tableOf(s *stats.Summary, a, b column) *table {
	switch {
	case a.numeric >= 0 && b.numeric >= 0:
		n := binaryTable(s, a.numeric, b.numeric)
		binary := []string{"0", "1"}
		return newTable(binary, binary, func(i, j int) float64 { return n[i][j] })
	case a.numeric >= 0:
		return tableOf(s, b, a).transposed()
	case b.numeric >= 0:
		c := s.GivenCategory(a.categorical)
		return newTable(labels(s, a.categorical), []string{"0", "1"}, func(i, j int) float64 {
			cell := c.Cell(int32(i), b.numeric)
			ones := rounded(cell.MeanDD().Mul(cell.WeightDD()).Float(), cell.Weight)
			if j == 1 {
				return ones
			}
			return max(cell.Weight-ones, 0)
		})
	case a.categorical == b.categorical:
		counts := s.Categories(a.categorical)
		return newTable(labels(s, a.categorical), labels(s, a.categorical), func(i, j int) float64 {
			if i != j {
				return 0
			}
			return counts.Count(int32(i))
		})
	}
	counts, swap := s.Contingency(a.categorical, b.categorical), a.categorical > b.categorical
	return newTable(labels(s, a.categorical), labels(s, b.categorical), func(i, j int) float64 {
		if swap {
			i, j = j, i
		}
		return counts.Count(int32(i), int32(j))
	})
}

// labels returns the values of a categorical column by their code.
func labels(s *stats.Summary, column int) []string {
	names := &s.Layout().Categorical[column]
	out := make([]string, len(names.Values)+1)
	for code := range out {
		out[code] = label(names, int32(code))
	}
	return out
}

// newTable leaves out rows and columns that have no weight.
func newTable(rows, columns []string, count func(i, j int) float64) *table {
	t := &table{}
	sums := make([]float64, len(columns))
	var cells [][]float64
	for i, value := range rows {
		row, sum := make([]float64, len(columns)), 0.0
		for j := range columns {
			row[j] = count(i, j)
			sum += row[j]
			sums[j] += row[j]
		}
		if sum > 0 {
			t.rows, t.rowSums, cells = append(t.rows, value), append(t.rowSums, sum), append(cells, row)
			t.total += sum
		}
	}
	t.cells = make([][]float64, len(cells))
	for j, value := range columns {
		if sums[j] > 0 {
			t.columns, t.sums = append(t.columns, value), append(t.sums, sums[j])
			for i := range cells {
				t.cells[i] = append(t.cells[i], cells[i][j])
			}
		}
	}
	return t
}

func (t *table) transposed() *table {
	return newTable(t.columns, t.rows, func(i, j int) float64 { return t.cells[j][i] })
}

// observed returns the counts above zero by value of the first attribute, then
// of the second.
func (t *table) observed() map[string]map[string]Number {
	return t.named(func(i, j int) float64 { return t.cells[i][j] })
}

// expected is the count of a cell if the attributes were independent.
func (t *table) expected(i, j int) float64 { return t.rowSums[i] * (t.sums[j] / t.total) }

func (t *table) named(cell func(i, j int) float64) map[string]map[string]Number {
	out := make(map[string]map[string]Number, len(t.rows))
	for i, a := range t.rows {
		for j, b := range t.columns {
			n := cell(i, j)
			if n == 0 {
				continue
			}
			if out[a] == nil {
				out[a] = map[string]Number{}
			}
			out[a][b] = Number(n)
		}
	}
	return out
}

// entropy is that of weights that add up to total, in bits.
func entropy(weights []float64, total float64) float64 {
	h := 0.0
	for _, w := range weights {
		if w > 0 {
			h -= w / total * math.Log2(w/total)
		}
	}
	return h
}
