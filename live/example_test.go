package live_test

import (
	"context"
	"fmt"
	"log"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// observer drops reports.
type observer struct{}

func (observer) Learned(string, int, int, int)  {}
func (observer) Built(string, string)           {}
func (observer) Limited(string, string, string) {}
func (observer) Warn(string)                    {}

// sensorReadings returns n messages of one sensor: 20.0, 20.1, ... 20.9, 20.0 and so on.
func sensorReadings(n int) (out []live.Message) {
	for i := range n {
		out = append(out, live.Message{
			Data:  fmt.Appendf(nil, `{"temperature":%d.%d,"load":%d}`, 20, i%10, i%10),
			Shard: "sensors/0", Offset: int64(i), HasOffset: true, Key: fmt.Sprint("pump-", i%2),
		})
	}
	return out
}

// A learner opens a project, learns a batch, and a scorer judges a document by
// the model that the project defines.
func Example() {
	ctx, table := context.Background(), live.NewTable()
	handle, err := table.Open(new(live.Scope), live.Settings{
		Project: "shuttle", Cache: "memory", Prefix: "sml",
		Learn: &live.LearnSettings{Durable: true, Models: []model.Definition{{Name: "z", Type: "zscore"}}},
	}, state.NewMemory(), "root.pipeline.processors.0", observer{})
	if err != nil {
		log.Fatal(err)
	}
	p := handle.Project()
	if err := p.Learn(ctx, sensorReadings(1000)); err != nil {
		log.Fatal(err)
	}
	scorer, err := p.NewScorer(live.ScorerSettings{Model: "z", Contributions: 1})
	if err != nil {
		log.Fatal(err)
	}
	messages := []live.Message{{Data: []byte(`{"temperature":29.5,"load":5}`)}}
	results, err := scorer.Score(ctx, messages)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", results.JSON(0))
	fmt.Println(handle.Close(ctx))
	// Output:
	// {"score":992.787879,"p_value":2.62332000e-216,"is_anomaly":null,"contributions":{"temperature":992.757576}}
	// <nil>
}

// A question is checked once and asked of any project, again and again.
func ExampleProject_Ask() {
	ctx := context.Background()
	p := learned(project.Composition{}.With(project.Folds(5)))
	question, err := explore.Lookup("univariate")
	if err != nil {
		log.Fatal(err)
	}
	query, err := live.NewQuery(question, "", param.Values{"attribute": "temperature"})
	if err != nil {
		log.Fatal(err)
	}
	answer, err := p.Ask(ctx, query)
	if err != nil {
		log.Fatal(err)
	}
	u := answer.Value.(*explore.UnivariateResult)
	fmt.Printf("%v rows, mean %.2f\n", float64(u.Count), float64(u.Numbers.Mean))
	// Output: 1000 rows, mean 20.45
}

// A version of a model that is frozen answers as it did, whatever is learned
// later, and can be told to answer for the model.
func ExampleModels() {
	ctx := context.Background()
	p := learned(project.Composition{})
	m := p.Models()
	if err := m.Define(ctx, model.Definition{Name: "line", Type: "ols", Target: "temperature", Inputs: []string{"load"}}); err != nil {
		log.Fatal(err)
	}
	if err := m.Freeze(ctx, "line", "v1"); err != nil {
		log.Fatal(err)
	}
	if err := m.Serve(ctx, "line", "v1"); err != nil {
		log.Fatal(err)
	}
	out, err := p.ScoreValue(ctx, "line", map[string]any{"load": 4.0})
	report, failed := m.Describe(ctx, "line@v1")
	if err != nil || failed != nil {
		log.Fatal(err, failed)
	}
	fmt.Printf("%s of %v rows\n", out[:len(`{"prediction":20.4`)], report.Rows)
	// Output: {"prediction":20.4 of 1000 rows
}

// A project that keeps statistics per key answers of one key, and scores by them.
func ExampleKeys_Of() {
	p := learned(project.Composition{}.With(project.Entities{On: true}))
	own, err := p.Keys().Of(context.Background(), "pump-1")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(own.Weight(), "rows of pump-1")
	// Output: 500 rows of pump-1
}

// What models have scored is kept with the project.
func ExampleScores() {
	ctx := context.Background()
	p := learned(project.Composition{})
	scorer, err := p.NewScorer(live.ScorerSettings{Model: "z"})
	if err != nil {
		log.Fatal(err)
	}
	for range 2 { // a replay counts once
		if _, err := scorer.Score(ctx, sensorReadings(1000)); err != nil {
			log.Fatal(err)
		}
	}
	recent, err := p.Scores().Recent(ctx, "z")
	if err != nil {
		log.Fatal(err)
	}
	quantiles, err := p.Scores().Quantiles(ctx, "z", []float64{1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("highest %.2f, on %s\n", quantiles[0], recent.Top[0].Document)
	// Output: highest 4.92, on {"temperature":20.9,"load":9}
}

// learned returns a project that has learned 1000 readings and defines model z.
func learned(c project.Composition) *live.Project {
	handle, err := live.NewTable().Open(new(live.Scope), live.Settings{
		Project: "shuttle", Cache: "memory", Prefix: "sml",
		Learn: &live.LearnSettings{Durable: true, Composition: c, Models: []model.Definition{{Name: "z", Type: "zscore"}}},
	}, state.NewMemory(), "root", observer{})
	if err != nil {
		log.Fatal(err)
	}
	if err := handle.Project().Learn(context.Background(), sensorReadings(1000)); err != nil {
		log.Fatal(err)
	}
	return handle.Project()
}
