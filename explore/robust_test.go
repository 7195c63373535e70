package explore_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// oddNames are attributes of every kind, a constant one among them, one that
// no row has, one that does not exist and none at all.
func oddNames() []string {
	return []string{"x", "y", "constant", "huge", "never", "flag", "flag2", "k", "k2", "list", "nope", ""}
}

// oddSummary returns n random rows of these attributes with values missing.
func oddSummary(t *testing.T, n int, options stats.SummaryOptions, r *rand.Rand) *stats.Summary {
	t.Helper()
	layout := &stats.Layout{
		Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "y"}, {Name: "constant"}, {Name: "huge"}, {Name: "never"}, {Name: "flag", Binary: true}, {Name: "flag2", Binary: true}},
		Categorical: []stats.CategoricalColumn{
			{Name: "k", Values: []string{"a", "b"}}, {Name: "k2", Values: []string{"<b>", "", "c"}}, {Name: "list", List: true, Values: []string{"p", "q"}},
		},
	}
	rows := &stats.Rows{N: n, Numeric: 7, Categorical: 3}
	for range n {
		values := []float64{r.NormFloat64(), math.Round(r.NormFloat64()), 7, r.NormFloat64() * 1e71, math.NaN(), float64(r.IntN(2)), float64(r.IntN(2))}
		for _, v := range values {
			if r.IntN(4) == 0 {
				v = math.NaN()
			}
			rows.Values = append(rows.Values, v)
		}
		rows.Sets = append(rows.Sets, []int32{1, 2}[:r.IntN(3)])
		rows.Codes = append(rows.Codes, int32(r.IntN(4)-1), int32(r.IntN(5)-1), int32(-1-len(rows.Sets)))
	}
	s, err := stats.NewSummary(options)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Learn(layout, rows); err != nil {
		t.Fatal(err)
	}
	return s
}

// oddArguments fills parameters with whatever: names, numbers out of range,
// values of a wrong kind.
func oddArguments(q *explore.Question, r *rand.Rand) param.Values {
	args, names := param.Values{}, oddNames()
	name := func() string { return names[r.IntN(len(names))] }
	for _, p := range q.Parameters {
		if !p.Required && r.IntN(2) == 0 {
			continue
		}
		switch p.Kind {
		case param.KindAttribute:
			args[p.Name] = name()
		case param.KindAttributes:
			list := make([]any, r.IntN(5))
			for i := range list {
				list[i] = name()
			}
			args[p.Name] = list
		case param.KindTexts:
			args[p.Name] = [][]string{{"a", "b"}, {"0", "1"}, {"<b>", ""}, {"p"}, {"nope", "b"}}[r.IntN(5)]
		case param.KindNumber, param.KindInteger:
			args[p.Name] = []any{0, 1, 2, 0.5, -1, 1e99, 1e300, math.NaN(), math.Inf(1), "7", "text", json.Number("3"), 1 << 40}[r.IntN(13)]
		case param.KindBoolean:
			args[p.Name] = []any{true, false, "true", 1}[r.IntN(4)]
		default:
			args[p.Name] = append(append([]string{}, p.Choices...), "nope")[r.IntN(len(p.Choices)+1)]
		}
	}
	return args
}

// TestNothingLeaks asks every question with odd arguments of summaries of a few
// rows: an answer has no NaN or infinity in its JSON form, everything else is an
// error, and nothing panics.
func TestNothingLeaks(t *testing.T) {
	const perQuestion = 60
	r := rand.New(rand.NewPCG(7, 1))
	var summaries []*stats.Summary
	for _, n := range []int{0, 1, 2, 3, 4, 7, 40} {
		for _, options := range []stats.SummaryOptions{{}, {MaxPatterns: 1}, {ExtendedUpTo: -1, HistogramBins: stats.MinBins}} {
			summaries = append(summaries, oddSummary(t, n, options, r))
		}
	}
	empty, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	summaries = append(summaries, empty)
	for _, q := range explore.Questions() {
		answered := 0
		for range perQuestion {
			args := oddArguments(&q, r)
			for _, s := range summaries {
				answer, err := q.AskOf(context.Background(), s, args)
				if err != nil {
					if text := err.Error(); !strings.HasPrefix(text, q.Name+": ") {
						t.Errorf("%s%v says %q", q.Name, args, text)
					}
					continue
				}
				requireJSON(t, answer)
				answered++
			}
		}
		if answered == 0 {
			t.Errorf("%s never answered", q.Name)
		}
	}
}

// TestBadArguments: an error says what is wrong and names the value.
func TestBadArguments(t *testing.T) {
	s := oddSummary(t, 40, stats.SummaryOptions{}, rand.New(rand.NewPCG(7, 2)))
	for _, c := range []struct {
		question string
		args     param.Values
		want     string
	}{
		{question: "univariate", args: param.Values{}, want: "attribute is missing"},
		{question: "univariate", args: param.Values{"atribute": "x"}, want: "atribute: unknown name (there are attribute)"},
		{question: "quantile", args: param.Values{"attribute": "x", "q": 2}, want: "q: 2, want a number from 0 to 1"},
		{question: "quantile", args: param.Values{"attribute": "k", "q": 0.5}, want: `"k" is categorical`},
		{question: "ttest", args: param.Values{"attribute": "x"}, want: "versus and given are empty"},
		{question: "ttest", args: param.Values{"attribute": "x", "given": "k2"}, want: `"k2" has 4 values`},
		{question: "ttest", args: param.Values{"attribute": "x", "given": "k", "values": "a,z"}, want: `"k" has no value "z"`},
		{question: "ttest", args: param.Values{"attribute": "x", "versus": "y", "alternative": "both"}, want: "alternative: both, want one of two-sided, less, greater"},
		{question: "ttest", args: param.Values{"attribute": "x", "mu": 1, "versus": "y"}, want: "mu is for one sample"},
		{question: "ttest", args: param.Values{"attribute": "x", "given": "y"}, want: `"y" is continuous`},
		{question: "ztest", args: param.Values{"attribute": "x", "versus": "flag", "proportions": true}, want: `"x" is continuous, want a binary`},
		{question: "anova", args: param.Values{"attribute": "x", "by": "list"}, want: `"list" is a list`},
		{question: "chi2", args: param.Values{"a": "x", "b": "k"}, want: `"x" is continuous`},
		{question: "vif", args: param.Values{"attributes": []string{"x", "x"}}, want: `"x" is named twice`},
		{question: "density", args: param.Values{"attribute": "x", "min": 2, "max": 1}, want: "max is 1, want a number above min, 2"},
		{question: "density", args: param.Values{"attribute": "x", "bins": 1.5}, want: "bins: 1.5, want a whole number from 1 to 10000"},
	} {
		q, err := explore.Lookup(c.question)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := q.Ask(context.Background(), s, c.args); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s%v says %v, want %q in it", c.question, c.args, err, c.want)
		}
	}
	if _, err := explore.Lookup("nope"); !errors.Is(err, explore.ErrUnknownQuestion) || !strings.Contains(err.Error(), "univariate") {
		t.Errorf("an unknown question says %v", err)
	}
	q, err := explore.Lookup("univariate")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := q.Ask(context.Background(), s, param.Values{"attribute": "nope"}); !errors.Is(err, explore.ErrUnknownAttribute) {
		t.Errorf("an unknown attribute says %v", err)
	}
}
