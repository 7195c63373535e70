package project_test

import (
	"context"
	"fmt"
	"log"
	"reflect"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// A project is stored by its learner, and read by a process that is told store,
// prefix and name only.
func Example() {
	ctx, store := context.Background(), state.NewMemory()
	base := project.Base("sml", "shuttle")
	composition := project.Composition{Summary: stats.SummaryOptions{HistogramBins: 64}}.With(project.Folds(3))
	if err := composition.Agree(ctx, store, base, project.NewDefinitionLog(store, base)); err != nil {
		log.Fatal(err)
	}
	grown, err := project.NewSchemaLog(store, base).Grow(ctx, schema.Growth{
		Attributes: []schema.Attribute{{Name: "temperature", Kind: schema.Continuous}},
	}, schema.Limits{MaxAttributes: 100, MaxCategories: 100})
	if err != nil {
		log.Fatal(err)
	}
	learn(ctx, store, base, composition, project.LayoutOf(grown), []float64{20, 21, 24})

	p, err := project.Open(ctx, store, "sml", "shuttle")
	if err != nil {
		log.Fatal(err)
	}
	shards, err := p.Shards(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range shards {
		summary, err := project.SummaryOf(s.Content)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %v rows, mean %.2f, %d folds\n", s.ID, summary.Weight(), summary.Moments(0).Mean(), project.Of[project.Folds](&p.Composition))
	}
	// Output: sensors/0: 3 rows, mean 21.67, 3 folds
}

// learn learns rows of one number into a shard.
func learn(ctx context.Context, store state.Store, base string, c project.Composition, layout *stats.Layout, rows []float64) {
	maker, err := c.Maker(nil)
	if err != nil {
		log.Fatal(err)
	}
	shard, err := state.OpenShard(ctx, store, base, "sensors/0", maker, state.ShardOptions{Durable: true})
	if err != nil {
		log.Fatal(err)
	}
	_, err = shard.Learn(ctx, len(rows), nil, func(a stats.Additive, _ []int) error {
		return a.Learn(layout, &stats.Rows{N: len(rows), Numeric: 1, Values: rows})
	})
	if err != nil {
		log.Fatal(err)
	}
}

// A composition is stored as the settings that are not at their default.
func ExampleComposition() {
	c := project.Composition{}.With(project.Partition("line"), project.Window{Period: time.Hour, Tiles: 6, Beside: true})
	record, err := c.Encode()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", record)
	again, err := project.DecodeComposition(record)
	fmt.Println(reflect.DeepEqual(again, c), err)
	// Output:
	// {"partition":"line","window":{"period":"1h0m0s","tiles":6,"beside":true}}
	// true <nil>
}

// The index lists the projects under a prefix.
func ExampleIndex() {
	ctx, index := context.Background(), project.NewIndex(state.NewMemory(), "sml")
	for _, name := range []string{"shuttle", "plant"} {
		if err := index.Add(ctx, name); err != nil {
			log.Fatal(err)
		}
	}
	names, err := index.List(ctx)
	fmt.Println(names, err)
	// Output: [shuttle plant] <nil>
}
