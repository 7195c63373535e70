package explore

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// chiSquareResult is Pearson's test of the independence of two attributes
// (NIST/SEMATECH e-Handbook, section 7.4.5; H. Cramer, Mathematical Methods of
// Statistics, 1946, chapter 30). Values without rows do not count.
type chiSquareResult struct {
	Count     Number `json:"count"`
	ChiSquare Number `json:"chi_square"`
	DF        Number `json:"df"`
	P         Number `json:"p"`
	// CramersV is sqrt(chi^2 / (n min(rows-1, columns-1))), Contingency
	// Pearson's coefficient sqrt(chi^2 / (n + chi^2)); both without Yates's
	// correction.
	CramersV    Number `json:"cramers_v"`
	Contingency Number `json:"contingency_coefficient"`
	// MinExpected is the least expected count: the distribution is a good
	// approximation when it is 5 or more (Cochran 1954).
	MinExpected Number `json:"min_expected"`
	// Observed and Expected are by value of the first attribute, then of the
	// second.
	Observed map[string]map[string]Number `json:"observed"`
	Expected map[string]map[string]Number `json:"expected"`
}

// chiSquare tests whether two attributes, categorical or binary, are
// independent. With yates each difference is made smaller by 0.5, but not
// below 0, when the table is 2 x 2, as R and SciPy do by default (F. Yates,
// Contingency tables involving small numbers and the chi-square test, Supplement
// to the Journal of the Royal Statistical Society 1, 1934).
func chiSquare(s *stats.Summary, a, b string, yates bool) (*chiSquareResult, error) {
	ca, err := givenOnce(s, a)
	if err != nil {
		return nil, err
	}
	cb, err := givenOnce(s, b)
	if err != nil {
		return nil, err
	}
	t := tableOf(s, ca, cb)
	undefined := Number(math.NaN())
	out := &chiSquareResult{
		Count: Number(t.total), ChiSquare: undefined, P: undefined, CramersV: undefined, Contingency: undefined, MinExpected: undefined,
		Observed: t.observed(), Expected: t.named(t.expected),
	}
	// A table of one row or one column is independent of anything.
	least := min(len(t.rows), len(t.columns)) - 1
	if least < 1 {
		return out, nil
	}
	out.DF = Number((len(t.rows) - 1) * (len(t.columns) - 1))
	plain, corrected, smallest := t.chiSquare(yates && out.DF == 1)
	out.ChiSquare, out.MinExpected = Number(corrected), Number(smallest)
	out.P = Number(special.ChiSquare(corrected, float64(out.DF)).Upper)
	out.CramersV = Number(math.Sqrt(plain / (t.total * float64(least))))
	out.Contingency = Number(math.Sqrt(plain / (t.total + plain)))
	return out, nil
}

// chiSquare returns the statistic without and with Yates's correction, and the
// least expected count.
func (t *table) chiSquare(yates bool) (plain, corrected, smallest float64) {
	smallest = math.Inf(1)
	for i := range t.rows {
		for j := range t.columns {
			e := t.expected(i, j)
			d := math.Abs(t.cells[i][j] - e)
			plain += d * d / e
			if yates {
				d = max(d-0.5, 0)
			}
			corrected += d * d / e
			smallest = min(smallest, e)
		}
	}
	return plain, corrected, smallest
}
