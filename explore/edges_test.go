package explore_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// sound are arguments with which each question has an answer.
func sound() map[string]args {
	return map[string]args{
		"univariate": {"attribute": "x"}, "bivariate": {"a": "x", "b": "k"}, "quantile": {"attribute": "x", "q": 0.5}, "cdf": {"attribute": "x", "x": 1},
		"heavy_hitters": {"attribute": "k"}, "ttest": {"attribute": "x", "versus": "y"}, "ztest": {"attribute": "x", "given": "k", "values": "a,b"},
		"drift": {"attributes": []string{"x", "k"}}, "data_drift": {"attributes": []string{"x", "y"}}, "ftest": {"attribute": "x", "given": "flag", "and_given": "flag2"}, "anova": {"attribute": "x", "by": "k"}, "chi2": {"a": "k", "b": "flag"},
		"correlation": {"a": "x", "b": "y"}, "correlation_matrix": {"attributes": []string{"x", "y"}}, "covariance_matrix": {"attributes": []string{"x", "y"}},
		"partial_correlation": {"a": "x", "b": "y", "given": []string{"z"}}, "partial_correlation_matrix": {"attributes": []string{"x", "y", "z"}},
		"gain": {"attribute": "k", "target": "flag"}, "gains": {"target": "k", "attributes": []string{"flag", "k2"}}, "vif": {"attributes": []string{"x", "y"}},
		"pca": {"attributes": []string{"x", "y"}}, "svd": {"attributes": []string{"x", "y"}}, "svd_selection": {"attributes": []string{"x", "y"}},
		"density": {"attribute": "x"}, "conditional_density": {"attribute": "x", "given": "k"},
		"joint_density": {"a": "x", "b": "y", "by": "k"},
	}
}

// TestEveryNameIsChecked puts an unknown name in the place of each attribute of
// each question.
func TestEveryNameIsChecked(t *testing.T) {
	d := draw(t, 40, "plain", rand.New(rand.NewPCG(61, 1)))
	for _, q := range explore.Questions() {
		valid, ok := sound()[q.Name]
		if !ok {
			t.Errorf("%s has no arguments here: add them to sound", q.Name)
			continue
		}
		ask(t, d.s, q.Name, valid)
		for name, value := range valid {
			changed := comparison{args: valid}
			var more args
			switch v := value.(type) {
			case string:
				if name == "values" {
					continue
				}
				more = args{name: "nope"}
			case []string:
				more = args{name: append(slices.Clone(v[1:]), "nope")}
			default:
				continue
			}
			if _, err := tryAsk(t, d.s, q.Name, changed.with(more)); !errors.Is(err, explore.ErrUnknownAttribute) || !strings.Contains(err.Error(), `"nope"`) {
				t.Errorf("%s with an unknown %s says %v", q.Name, name, err)
			}
		}
	}
}

// TestWrongKinds: an attribute of a kind that a question cannot take is an error
// that names it.
func TestWrongKinds(t *testing.T) {
	d := draw(t, 40, "plain", rand.New(rand.NewPCG(61, 2)))
	list := oddSummary(t, 40, stats.SummaryOptions{}, rand.New(rand.NewPCG(61, 3)))
	for _, c := range []struct {
		name, question string
		args           args
		s              *stats.Summary
		want           string
	}{
		{name: "quantile of a category", question: "cdf", args: args{"attribute": "k", "x": 1}, want: `"k" is categorical`},
		{name: "heavy hitters of a number", question: "heavy_hitters", args: args{"attribute": "x"}, want: `"x" is a number`},
		{name: "mean of a category", question: "ttest", args: args{"attribute": "k", "versus": "x"}, want: `"k" is categorical`},
		{name: "second mean of a category", question: "ttest", args: args{"attribute": "x", "versus": "k"}, want: `"k" is categorical`},
		{name: "pair with a category", question: "ttest", args: args{"attribute": "x", "versus": "k", "paired": true}, want: `"k" is categorical`},
		{name: "mean of a category against a number", question: "ttest", args: args{"attribute": "k", "mu": 1}, want: `"k" is categorical`},
		{name: "groups by a number", question: "ftest", args: args{"attribute": "x", "given": "y"}, want: `"y" is continuous`},
		{name: "three groups and no choice", question: "ztest", args: args{"attribute": "x", "given": "k"}, want: `"k" has 3 values with rows`},
		{name: "one value of two", question: "ztest", args: args{"attribute": "x", "given": "k", "values": "a"}, want: "values has 1 entries"},
		{name: "both ways of a second sample", question: "ttest", args: args{"attribute": "x", "versus": "y", "given": "k"}, want: "want one of them"},
		{name: "both ways with two binaries", question: "ztest", args: args{"attribute": "x", "versus": "y", "and_given": "flag"}, want: "want one of them"},
		{name: "pairs by a group", question: "ttest", args: args{"attribute": "x", "versus": "y", "given": "k", "paired": true}, want: "want no given"},
		{name: "pairs against a number", question: "ttest", args: args{"attribute": "x", "mu": 1, "paired": true}, want: "want no paired"},
		{name: "groups and attributes", question: "anova", args: args{"attributes": "x,y", "by": "k"}, want: "want no attribute"},
		{name: "groups and targets", question: "anova", args: args{"attribute": "x", "targets": "flag,flag2", "by": "k"}, want: "want no by"},
		{name: "ones of a category", question: "ttest", args: args{"attribute": "x", "given": "flag", "and_given": "k"}, want: `"k" is not binary`},
		{name: "proportion of a number", question: "ztest", args: args{"attribute": "x", "mu": 0.5, "proportions": true}, want: `"x" is continuous`},
		{name: "proportion of 1", question: "ztest", args: args{"attribute": "flag", "mu": 1, "proportions": true}, want: "mu is 1"},
		{name: "variance against 0", question: "ftest", args: args{"attribute": "x", "sigma": 0}, want: "sigma is 0"},
		{name: "mean beyond numbers", question: "ttest", args: args{"attribute": "x", "mu": 1e200}, want: "mu is 1e+200"},
		{name: "analysis of a category", question: "anova", args: args{"attribute": "k", "by": "k2"}, want: `"k" is categorical`},
		{name: "analysis by a number", question: "anova", args: args{"attribute": "x", "by": "y"}, want: `"y" is continuous`},
		{name: "one target", question: "anova", args: args{"attribute": "x", "targets": "flag"}, want: "targets has 1"},
		{name: "target that is a number", question: "anova", args: args{"attribute": "x", "targets": "flag,y"}, want: `"y" is continuous`},
		{name: "one attribute", question: "anova", args: args{"attributes": "x"}, want: "attributes has 1"},
		{name: "attribute that is a category", question: "anova", args: args{"attributes": "x,k"}, want: `"k" is categorical`},
		{name: "table of a number", question: "chi2", args: args{"a": "k", "b": "x"}, want: `"x" is continuous`},
		{name: "correlation with a category", question: "correlation", args: args{"a": "x", "b": "k"}, want: `"k" is categorical`},
		{name: "matrix with a category", question: "covariance_matrix", args: args{"attributes": "x,k"}, want: `"k" is categorical`},
		{name: "matrix with a name twice", question: "pca", args: args{"attributes": "x,y,x"}, want: `"x" is named twice`},
		{name: "partial correlation with itself", question: "partial_correlation", args: args{"a": "x", "b": "x"}, want: `"x" is named twice`},
		{name: "partial correlation given itself", question: "partial_correlation", args: args{"a": "x", "b": "y", "given": "y"}, want: `"y" is named twice`},
		{name: "density of a category", question: "density", args: args{"attribute": "k"}, want: `"k" is categorical`},
		{name: "density from infinity", question: "density", args: args{"attribute": "x", "min": -1e200}, want: "min is -1e+200"},
		{name: "density of nothing", question: "density", args: args{"attribute": "x", "min": 1, "max": -1}, want: "max is -1"},
		{name: "attribute given itself", question: "conditional_density", args: args{"attribute": "x", "given": "x"}, want: `"x" is given itself`},
		{name: "gain of a list", question: "gain", args: args{"attribute": "list", "target": "k"}, s: list, want: `"list" is a list`},
		{name: "gain about a list", question: "gains", args: args{"target": "list", "attributes": "k"}, s: list, want: `"list" is a list`},
		{name: "table of a list", question: "chi2", args: args{"a": "list", "b": "k"}, s: list, want: `"list" is a list`},
	} {
		s := c.s
		if s == nil {
			s = d.s
		}
		if _, err := tryAsk(t, s, c.question, c.args); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %s%v says %v, want %q in it", c.name, c.question, c.args, err, c.want)
		}
	}
}

// TestWithoutRows: of a summary that knows the attributes but no row, counts are
// 0 and everything else is null; a matrix is refused.
func TestWithoutRows(t *testing.T) {
	d := draw(t, 0, "plain", rand.New(rand.NewPCG(61, 4)))
	for _, c := range []struct {
		question string
		args     args
		paths    map[string]float64
	}{
		{question: "univariate", args: args{"attribute": "x"}, paths: map[string]float64{"count": 0, "missing": 0, "mean": math.NaN(), "min": math.NaN(), "median": math.NaN(), "ci95": math.NaN()}},
		{question: "univariate", args: args{"attribute": "k"}, paths: map[string]float64{"count": 0, "values.a": 0, "other": 0, "distinct": 0}},
		{question: "quantile", args: args{"attribute": "x", "q": 0.5}, paths: map[string]float64{"": math.NaN()}},
		{question: "cdf", args: args{"attribute": "x", "x": 0}, paths: map[string]float64{"": math.NaN()}},
		{question: "bivariate", args: args{"a": "x", "b": "y"}, paths: map[string]float64{"count": 0, "mean_a": math.NaN(), "covariance": math.NaN(), "correlation": math.NaN(), "correlation_p": math.NaN()}},
		{question: "ttest", args: args{"attribute": "x", "versus": "y"}, paths: map[string]float64{"t": math.NaN(), "difference": math.NaN(), "samples.0.count": 0, "samples.0.mean": math.NaN()}},
		{question: "ttest", args: args{"attribute": "x", "mu": 3}, paths: map[string]float64{"t": math.NaN(), "difference": math.NaN()}},
		{question: "ztest", args: args{"attribute": "flag", "given": "k", "values": "a,b", "proportions": true}, paths: map[string]float64{"z": math.NaN(), "p": math.NaN()}},
		{question: "ftest", args: args{"attribute": "x", "sigma": 2}, paths: map[string]float64{"f": math.NaN(), "chi_square": math.NaN(), "df1": math.NaN()}},
		{question: "anova", args: args{"attribute": "x", "by": "k"}, paths: map[string]float64{"ss_total": 0, "f": math.NaN(), "df_within": 0, "ms_between": math.NaN()}},
		{question: "chi2", args: args{"a": "k", "b": "flag"}, paths: map[string]float64{"count": 0, "chi_square": math.NaN(), "p": math.NaN(), "min_expected": math.NaN()}},
		{question: "gain", args: args{"attribute": "k", "target": "flag"}, paths: map[string]float64{"count": 0, "gain": math.NaN()}},
		{question: "gain", args: args{"attribute": "x", "target": "k"}, paths: map[string]float64{"count": 0, "gain": math.NaN()}},
		{question: "density", args: args{"attribute": "x"}, paths: map[string]float64{"count": 0, "width": math.NaN()}},
		{question: "correlation_matrix", paths: map[string]float64{"values.0.0": math.NaN(), "counts.0.0": 0}},
	} {
		answer := ask(t, d.s, c.question, c.args)
		for path, want := range c.paths {
			near(t, c.question+" "+path, numberAt(t, answer, path), want, 0)
		}
	}
	for _, question := range []string{"vif", "pca", "svd", "svd_selection", "partial_correlation_matrix"} {
		if _, err := tryAsk(t, d.s, question, nil); !errors.Is(err, stats.ErrTooFew) {
			t.Errorf("%s of no rows says %v, want too few", question, err)
		}
	}
	none, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tryAsk(t, none, "vif", nil); err == nil || !strings.Contains(err.Error(), "0 numeric entries") {
		t.Errorf("the matrix of no attributes says %v", err)
	}
}

// constants is a summary in which nothing varies.
func constants(t *testing.T) *stats.Summary {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "y"}, {Name: "flag", Binary: true}}, Categorical: []stats.CategoricalColumn{{Name: "k", Values: []string{"a", "b"}}}}
	rows := &stats.Rows{N: 9, Numeric: 3, Categorical: 1}
	for i := range rows.N {
		rows.Values, rows.Codes = append(rows.Values, 0.1, -3e40, 1), append(rows.Codes, int32(1+i%2))
	}
	return learned(t, layout, rows)
}

// TestConstants: where nothing varies there is no statistic, and no rounding of a
// mean (0.1 is not a binary fraction) is taken for variance.
func TestConstants(t *testing.T) {
	s := constants(t)
	for _, c := range []struct {
		question string
		args     args
		paths    map[string]float64
	}{
		{question: "univariate", args: args{"attribute": "x"}, paths: map[string]float64{"mean": 0.1, "variance": 0, "stderr": 0, "ci95": 0, "skewness": math.NaN(), "median": 0.1}},
		{question: "bivariate", args: args{"a": "x", "b": "y"}, paths: map[string]float64{"covariance": 0, "correlation": math.NaN(), "correlation_p": math.NaN(), "correlation_low": math.NaN()}},
		{question: "ttest", args: args{"attribute": "x", "versus": "y"}, paths: map[string]float64{"t": math.NaN(), "p": math.NaN(), "pooled.t": math.NaN(), "difference": 3e40}},
		{question: "ttest", args: args{"attribute": "x", "mu": 0.1}, paths: map[string]float64{"t": math.NaN(), "difference": 0}},
		{question: "ztest", args: args{"attribute": "x", "mu": 0, "sigma": 0.3}, paths: map[string]float64{"z": 1, "stderr": 0.1}},
		{question: "ztest", args: args{"attribute": "flag", "given": "k", "proportions": true}, paths: map[string]float64{"z": math.NaN(), "difference": 0}},
		{question: "ftest", args: args{"attribute": "x", "versus": "y"}, paths: map[string]float64{"f": math.NaN(), "p": math.NaN(), "df1": 8}},
		{question: "ftest", args: args{"attribute": "x", "sigma": 1}, paths: map[string]float64{"f": 0, "chi_square": 0, "p": 0}},
		{question: "anova", args: args{"attribute": "x", "by": "k"}, paths: map[string]float64{"ss_within": 0, "f": math.NaN(), "ms_within": 0, "df_within": 7}},
		{question: "chi2", args: args{"a": "flag", "b": "k"}, paths: map[string]float64{"chi_square": math.NaN(), "df": 0, "count": 9}},
		{question: "gain", args: args{"attribute": "flag", "target": "k"}, paths: map[string]float64{"gain": 0, "gain_ratio": math.NaN()}},
		{question: "partial_correlation", args: args{"a": "x", "b": "y"}, paths: map[string]float64{"correlation": math.NaN(), "t": math.NaN(), "count": 9}},
		{question: "pca", args: nil, paths: map[string]float64{"total_variance": 0, "count": 9}},
		{question: "pca", args: args{"matrix": "covariance", "attributes": "x,y"}, paths: map[string]float64{"total_variance": 0, "components.0.variance": 0, "components.0.share": math.NaN()}},
		{question: "svd", args: args{"matrix": "covariance", "attributes": "x,y"}, paths: map[string]float64{"rank": 0, "condition": math.NaN(), "values.0.value": 0}},
		{question: "svd_selection", args: nil, paths: map[string]float64{"rank": 0, "count": 9}},
		{question: "vif", args: nil, paths: map[string]float64{"vif.x": math.NaN(), "count": 9}},
		{question: "conditional_density", args: args{"attribute": "x", "given": "y", "points": 2}, paths: map[string]float64{"slices.0.at": math.NaN()}},
		{question: "conditional_density", args: args{"attribute": "x", "given": "k", "points": 2}, paths: map[string]float64{"slices.0.mean": 0.1, "slices.0.stddev": 0, "slices.0.density.0": math.NaN()}},
	} {
		answer := ask(t, s, c.question, c.args)
		for path, want := range c.paths {
			near(t, fmt.Sprint(c.question, c.args, " ", path), numberAt(t, answer, path), want, 0)
		}
	}
}

// TestComponentsAsked: how many components are told, and for which share of the
// variance.
func TestComponentsAsked(t *testing.T) {
	d := draw(t, 80, "plain", rand.New(rand.NewPCG(61, 5)))
	all := ask(t, d.s, "pca", args{"attributes": "x,y,z"})
	for _, c := range []struct {
		name string
		args args
		want int
	}{
		{name: "all", args: args{}, want: 3},
		{name: "two at most", args: args{"components": 2}, want: 2},
		{name: "more than there are", args: args{"components": 7}, want: 3},
		{name: "all of the variance", args: args{"share": 1}, want: 3},
		{name: "as much as the first has", args: args{"share": numberAt(t, all, "components.0.cumulative") - 1e-9}, want: 1},
		{name: "a little more", args: args{"share": numberAt(t, all, "components.0.cumulative") + 1e-9}, want: 2},
	} {
		c.args["attributes"] = "x,y,z"
		if found, _ := at(ask(t, d.s, "pca", c.args), "components").([]any); len(found) != c.want {
			t.Errorf("%s: there are %d components, want %d", c.name, len(found), c.want)
		}
	}
}

// TestNumberJSON: what is not finite is null, the rest reads back the same.
func TestNumberJSON(t *testing.T) {
	for v, want := range map[float64]string{0.1: "0.1", -1e300: "-1e+300", math.Inf(1): "null", math.Inf(-1): "null"} {
		if got := requireJSON(t, explore.Number(v)); got != want {
			t.Errorf("%v is %s, want %s", v, got, want)
		}
	}
	if got := requireJSON(t, explore.Number(math.NaN())); got != "null" {
		t.Errorf("NaN is %s, want null", got)
	}
}
