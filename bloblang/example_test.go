package bloblang_test

import (
	"context"
	"fmt"

	host "github.com/redpanda-data/benthos/v4/public/bloblang"

	"github.com/rpconnect-sml/rpconnect-sml/bloblang"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// A mapping asks a project that a component of the process has opened.
func ExampleRegister() {
	env, table := host.NewEnvironment(), live.NewTable()
	if err := bloblang.Register(env, table); err != nil {
		fmt.Println(err)
		return
	}
	h, err := table.Open(new(live.Scope), live.Settings{Project: "plant", Cache: "c", Prefix: "sml", Learn: &live.LearnSettings{Durable: true}}, state.NewMemory(), "example", quiet{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() {
		if err := h.Close(context.Background()); err != nil {
			fmt.Println(err)
		}
	}()
	rows := []live.Message{{Shard: "s", Data: []byte(`{"temp":20}`)}, {Shard: "s", Data: []byte(`{"temp":22}`)}, {Shard: "s", Data: []byte(`{"temp":27}`)}}
	if err := h.Project().Learn(context.Background(), rows); err != nil {
		fmt.Println(err)
		return
	}
	mapping, err := env.Parse(`root.hot = this.temp > sml_quantile("plant", "temp", 0.9)
root.mean = sml_univariate("plant", "temp").mean`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(mapping.Query(map[string]any{"temp": 30}))
	// Output: map[hot:true mean:23] <nil>
}
