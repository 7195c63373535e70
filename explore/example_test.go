package explore_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// machines is a summary of the temperature of two machines, with a reading
// missing.
func machines() (*stats.Summary, error) {
	layout := &stats.Layout{
		Numeric:     []stats.NumericColumn{{Name: "temperature"}, {Name: "load"}},
		Categorical: []stats.CategoricalColumn{{Name: "machine", Values: []string{"old", "new"}}},
	}
	rows := &stats.Rows{
		N: 6, Numeric: 2, Categorical: 1,
		Values: []float64{70, 1, 72, 2, 74, 3, 60, 1, 61, 3, 62, 2},
		Codes:  []int32{1, 1, 1, 2, 2, 2},
	}
	s, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		return nil, err
	}
	return s, s.Learn(layout, rows)
}

// Example asks questions of a summary by name, which is how pipelines, the REST
// API and the command line ask them. No row is read again.
func Example() {
	s, err := machines()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, asked := range []struct {
		question  string
		arguments map[string]any
	}{
		{question: "quantile", arguments: map[string]any{"attribute": "temperature", "q": 0.5}},
		{question: "correlation", arguments: map[string]any{"a": "load", "b": "load"}},
		{question: "heavy_hitters", arguments: map[string]any{"attribute": "machine", "limit": "1"}},
		{question: "quantile", arguments: map[string]any{"attribute": "pressure", "q": 0.5}},
	} {
		q, err := explore.Lookup(asked.question)
		if err != nil {
			fmt.Println(err)
			continue
		}
		answer, err := q.Ask(context.Background(), s, asked.arguments)
		if err != nil {
			fmt.Println(err)
			continue
		}
		text, err := json.Marshal(answer)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%s: %s\n", asked.question, text)
	}
	// Output:
	// quantile: 66
	// correlation: 1
	// heavy_hitters: {"count":6,"values":[{"value":"new","count":3,"error":0}]}
	// quantile: unknown attribute "pressure"
}

// ExampleQuestion_Ask tests whether the mean temperature of two machines
// differs.
func ExampleQuestion_Ask() {
	s, err := machines()
	if err != nil {
		fmt.Println(err)
		return
	}
	q, err := explore.Lookup("anova")
	if err != nil {
		fmt.Println(err)
		return
	}
	answer, err := q.Ask(context.Background(), s, map[string]any{"attribute": "temperature", "by": "machine"})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := json.MarshalIndent(answer, "", "  ")
	if err != nil {
		fmt.Println(err)
		return
	}
	var table struct{ F, P float64 }
	if err := json.Unmarshal(text, &table); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("F is %.2f, p is %.5f\n", table.F, table.P)
	// Output: F is 72.60, p is 0.00104
}

// ExampleQuestions lists the hypothesis tests that compare two samples.
func ExampleQuestions() {
	for _, q := range explore.Questions() {
		for _, p := range q.Parameters {
			if p.Name == "versus" {
				fmt.Printf("%s: %s\n", q.Name, q.Summary)
			}
		}
	}
	// Output:
	// ttest: Student's test of two means (Welch's, and with pooled variance), of pairs, or of one mean.
	// ztest: Test of two means or proportions, or of one, by the normal distribution.
	// ftest: Test of two variances, or of one against a known standard deviation.
}
