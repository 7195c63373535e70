package explore_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
)

// group is a sample of the rows.
type group struct{ n, mean, m2 float64 }

func groupOf(x, w []float64) group {
	n, mean, m2 := sums(x, w)
	return group{n, mean, m2}
}

// variance divides by n - 1, NaN when n is not above 1.
func (g group) variance() float64 {
	if !(g.n > 1) {
		return math.NaN()
	}
	return g.m2 / (g.n - 1)
}

// pValue is that of an alternative.
func pValue(tails special.Tails, alternative string) float64 {
	switch alternative {
	case "less":
		return tails.Lower
	case "greater":
		return tails.Upper
	}
	if math.IsNaN(tails.Lower) {
		return math.NaN()
	}
	return min(1, 2*min(tails.Lower, tails.Upper))
}

// comparison is two samples and the arguments that ask for them.
type comparison struct {
	args args
	a, b group
}

// comparisons are two attributes, two values of a category or binary, and the
// ones of two binaries.
func (d *drawn) comparisons() []comparison {
	given := func(name, by, value string) group {
		return groupOf(where(d.numeric[name], d.texts[by], value), d.weights)
	}
	return []comparison{
		{args: args{"attribute": "x", "versus": "y"}, a: groupOf(d.numeric["x"], d.weights), b: groupOf(d.numeric["y"], d.weights)},
		{args: args{"attribute": "y", "given": "k", "values": []string{"c", "a"}}, a: given("y", "k", "c"), b: given("y", "k", "a")},
		{args: args{"attribute": "z", "given": "flag", "values": "0,1"}, a: given("z", "flag", "0"), b: given("z", "flag", "1")},
		{args: args{"attribute": "flag2", "given": "k2", "values": []string{"<b>", "d"}}, a: given("flag2", "k2", "<b>"), b: given("flag2", "k2", "d")},
		{args: args{"attribute": "x", "given": "flag", "and_given": "flag2"}, a: given("x", "flag", "1"), b: given("x", "flag2", "1")},
		{args: args{"attribute": "flag", "given": "flag2", "values": "1,0"}, a: given("flag", "flag2", "1"), b: given("flag", "flag2", "0")},
		{args: args{"attribute": "constant", "versus": "x"}, a: groupOf(d.numeric["constant"], d.weights), b: groupOf(d.numeric["x"], d.weights)},
	}
}

func (c comparison) with(more args) args {
	out := args{}
	for _, from := range []args{c.args, more} {
		for name, value := range from {
			out[name] = value
		}
	}
	return out
}

func alternatives() []string { return []string{"two-sided", "less", "greater"} }

// requireT compares a t statistic with difference over stderr.
func requireT(t *testing.T, answer any, prefix string, difference, square, df float64, alternative string) {
	t.Helper()
	stderr := math.Sqrt(square)
	if !(square > 1e-20) || math.IsInf(square, 1) || !(df > 0) { // no variance but rounding, or an empty sample
		difference, stderr, df = math.NaN(), math.NaN(), math.NaN()
	}
	statistic := difference / stderr
	half := stderr * special.StudentQuantile(0.025, df)
	for path, want := range map[string]float64{
		"t": statistic, "df": df, "stderr": stderr, "p": pValue(special.Student(statistic, df), alternative), "ci95_low": difference - half, "ci95_high": difference + half,
	} {
		near(t, prefix+path, numberAt(t, answer, prefix+path), want, 1)
	}
}

// TestDrawnTTests compares Welch's, Student's, the paired and the one-sample
// test with the rows.
func TestDrawnTTests(t *testing.T) {
	draws(t, 21, smallSizes(), func(t *testing.T, d *drawn, r *rand.Rand) {
		for _, c := range d.comparisons() {
			for _, alternative := range alternatives() {
				answer := ask(t, d.s, "ttest", c.with(args{"alternative": alternative}))
				va, vb := c.a.variance()/c.a.n, c.b.variance()/c.b.n
				df := (va + vb) * (va + vb) / (va*va/(c.a.n-1) + vb*vb/(c.b.n-1))
				difference := c.a.mean - c.b.mean
				requireT(t, answer, "", difference, va+vb, df, alternative)
				together := c.a.n + c.b.n - 2
				requireT(t, answer, "pooled.", difference, (c.a.m2+c.b.m2)/together*(1/c.a.n+1/c.b.n), together, alternative)
				near(t, "difference", numberAt(t, answer, "difference"), difference, 1)
				near(t, "samples.1.variance", numberAt(t, answer, "samples.1.variance"), c.b.variance(), 1)
			}
		}
		mu := r.NormFloat64()
		x := groupOf(d.numeric["x"], d.weights)
		requireT(t, ask(t, d.s, "ttest", args{"attribute": "x", "mu": mu, "alternative": "less"}), "", x.mean-mu, x.variance()/x.n, x.n-1, "less")
		differences := make([]float64, len(d.weights))
		for i := range differences {
			differences[i] = d.numeric["x"][i] - d.numeric["y"][i]
		}
		p := groupOf(differences, d.weights)
		requireT(t, ask(t, d.s, "ttest", args{"attribute": "x", "versus": "y", "paired": true}), "", p.mean, p.variance()/p.n, p.n-1, "two-sided")
	})
}

// requireZ compares a z statistic with difference over stderr.
func requireZ(t *testing.T, answer any, difference, square float64, alternative string) {
	t.Helper()
	z, p := math.NaN(), math.NaN()
	if square > 1e-20 {
		z = difference / math.Sqrt(square)
		p = pValue(special.Normal(z), alternative)
	}
	near(t, "z", numberAt(t, answer, "z"), z, 1)
	near(t, "p", numberAt(t, answer, "p"), p, 1)
	near(t, "difference", numberAt(t, answer, "difference"), difference, 1)
}

// TestDrawnZTests compares the tests of means and proportions with the rows.
func TestDrawnZTests(t *testing.T) {
	draws(t, 22, smallSizes(), func(t *testing.T, d *drawn, r *rand.Rand) {
		for _, c := range d.comparisons() {
			for _, alternative := range alternatives() {
				requireZ(t, ask(t, d.s, "ztest", c.with(args{"alternative": alternative})), c.a.mean-c.b.mean, c.a.variance()/c.a.n+c.b.variance()/c.b.n, alternative)
				if name := c.args["attribute"].(string); name != "flag" && name != "flag2" {
					continue
				}
				p := (c.a.mean*c.a.n + c.b.mean*c.b.n) / (c.a.n + c.b.n)
				requireZ(t, ask(t, d.s, "ztest", c.with(args{"alternative": alternative, "proportions": true})), c.a.mean-c.b.mean, p*(1-p)*(1/c.a.n+1/c.b.n), alternative)
			}
		}
		mu, sigma := 0.1+0.8*r.Float64(), 0.5+r.Float64()
		flag := groupOf(d.numeric["flag"], d.weights)
		requireZ(t, ask(t, d.s, "ztest", args{"attribute": "flag", "mu": mu, "sigma": sigma}), flag.mean-mu, sigma*sigma/flag.n, "two-sided")
		requireZ(t, ask(t, d.s, "ztest", args{"attribute": "flag", "mu": mu}), flag.mean-mu, flag.variance()/flag.n, "two-sided")
		requireZ(t, ask(t, d.s, "ztest", args{"attribute": "flag", "mu": mu, "proportions": true, "alternative": "greater"}), flag.mean-mu, mu*(1-mu)/flag.n, "greater")
	})
}

// TestDrawnFTests compares the tests of variances with the rows.
func TestDrawnFTests(t *testing.T) {
	draws(t, 23, smallSizes(), func(t *testing.T, d *drawn, r *rand.Rand) {
		for _, c := range d.comparisons() {
			for _, alternative := range alternatives() {
				answer := ask(t, d.s, "ftest", c.with(args{"alternative": alternative}))
				f := over(c.a.variance(), c.b.variance())
				if math.IsNaN(c.a.variance()) || !(c.b.variance() > 1e-20) {
					f = math.NaN()
				}
				near(t, "f", numberAt(t, answer, "f"), f, 1)
				near(t, "p", numberAt(t, answer, "p"), pValue(special.Fisher(f, c.a.n-1, c.b.n-1), alternative), 1)
				near(t, "df1", numberAt(t, answer, "df1"), over(c.a.n-1, over(1, c.a.n-1)*(c.a.n-1)), 0)
			}
		}
		sigma, y := 0.5+r.Float64(), groupOf(d.numeric["y"], d.weights)
		answer := ask(t, d.s, "ftest", args{"attribute": "y", "sigma": sigma})
		chi := y.m2 / sigma / sigma
		if !(y.n > 1) {
			chi = math.NaN()
		}
		near(t, "chi_square", numberAt(t, answer, "chi_square"), chi, 1e-9)
		near(t, "f against sigma", numberAt(t, answer, "f"), chi/(y.n-1), 1e-9)
		near(t, "p against sigma", numberAt(t, answer, "p"), pValue(special.ChiSquare(chi, y.n-1), "two-sided"), 1e-9)
		if df2 := at(answer, "df2"); df2 != nil {
			t.Errorf("df2 against a known deviation is %v, want null", df2)
		}
	})
}

// TestDrawnANOVA compares the table with the rows.
func TestDrawnANOVA(t *testing.T) {
	draws(t, 24, smallSizes(), func(t *testing.T, d *drawn, _ *rand.Rand) {
		by := func(name, by string, values ...string) []group {
			var out []group
			for _, value := range values {
				out = append(out, groupOf(where(d.numeric[name], d.texts[by], value), d.weights))
			}
			return out
		}
		requireANOVA(t, ask(t, d.s, "anova", args{"attribute": "y", "by": "k"}), by("y", "k", "a", "b", "c"))
		requireANOVA(t, ask(t, d.s, "anova", args{"attribute": "z", "by": "flag2"}), by("z", "flag2", "0", "1"))
		requireANOVA(t, ask(t, d.s, "anova", args{"attribute": "flag", "by": "flag2"}), by("flag", "flag2", "0", "1"))
		requireANOVA(t, ask(t, d.s, "anova", args{"attribute": "x", "targets": "flag,flag2"}), append(by("x", "flag", "1"), by("x", "flag2", "1")...))
		var columns []group
		for _, name := range []string{"x", "y", "constant"} {
			columns = append(columns, groupOf(d.numeric[name], d.weights))
		}
		requireANOVA(t, ask(t, d.s, "anova", args{"attributes": []string{"x", "y", "constant"}}), columns)
	})
}

func requireANOVA(t *testing.T, answer any, groups []group) {
	t.Helper()
	n, sum, within, between, count := 0.0, 0.0, 0.0, 0.0, 0.0
	for _, g := range groups {
		if g.n > 0 {
			n, sum, within, count = n+g.n, sum+g.n*g.mean, within+g.m2, count+1
		}
	}
	for _, g := range groups {
		if g.n > 0 {
			between += g.n * (g.mean - sum/n) * (g.mean - sum/n)
		}
	}
	df1, df2 := max(count-1, 0), max(n-count, 0)
	msb, msw := over(between, df1), over(within, df2)
	f := over(msb, msw)
	if !(within > 1e-12) {
		f = math.NaN()
	}
	omega := (between - df1*msw) / (between + within + msw)
	if math.IsNaN(f) {
		omega = math.NaN()
	}
	for path, want := range map[string]float64{
		"ss_between": between, "ss_within": within, "ss_total": between + within, "df_between": df1, "df_within": df2, "df_total": df1 + df2,
		"ms_between": msb, "ms_within": msw, "f": f, "p": special.Fisher(f, df1, df2).Upper, "eta_squared": over(between, between+within), "omega_squared": omega,
	} {
		scale := 1.0
		if path == "eta_squared" && !(between+within > 1e-12) { // rounding over rounding
			continue
		}
		near(t, path, numberAt(t, answer, path), want, scale)
	}
	if named, _ := at(answer, "groups").([]any); float64(len(named)) != count {
		t.Errorf("%d groups are told, want %v", len(named), count)
	}
}

// TestDrawnChiSquare compares Pearson's test, with and without Yates's
// correction, with the table of the rows.
func TestDrawnChiSquare(t *testing.T) {
	draws(t, 25, smallSizes(), func(t *testing.T, d *drawn, _ *rand.Rand) {
		for _, a := range []string{"k", "k2", "flag"} {
			for _, b := range []string{"k2", "flag2"} {
				for _, yates := range []bool{false, true} {
					requireChiSquare(t, ask(t, d.s, "chi2", args{"a": a, "b": b, "yates": yates}), d.crosstab(a, b), yates)
				}
			}
		}
	})
}

func requireChiSquare(t *testing.T, answer any, table map[string]map[string]float64, yates bool) {
	t.Helper()
	rows, columns, n := map[string]float64{}, map[string]float64{}, 0.0
	for i, row := range table {
		for j, w := range row {
			rows[i], columns[j], n = rows[i]+w, columns[j]+w, n+w
		}
	}
	df := float64((len(rows) - 1) * (len(columns) - 1))
	chi, plain, least := 0.0, 0.0, math.Inf(1)
	for i, row := range rows {
		for j, column := range columns {
			expected := row * column / n
			off := math.Abs(table[i][j] - expected)
			plain += off * off / expected
			if yates && df == 1 {
				off = max(off-0.5, 0)
			}
			chi, least = chi+off*off/expected, min(least, expected)
			near(t, "expected "+i+" "+j, numberAt(t, answer, "expected."+i+"."+j), expected, 0)
		}
	}
	size := float64(min(len(rows), len(columns)) - 1)
	v := math.Sqrt(plain / n / size)
	contingency := math.Sqrt(plain / (n + plain))
	if size < 1 {
		chi, least, v, contingency = math.NaN(), math.NaN(), math.NaN(), math.NaN()
		df = 0
	}
	for path, want := range map[string]float64{
		"count": n, "chi_square": chi, "df": df, "p": special.ChiSquare(chi, df).Upper, "min_expected": least, "cramers_v": v, "contingency_coefficient": contingency,
	} {
		near(t, path, numberAt(t, answer, path), want, 1e-6)
	}
}
