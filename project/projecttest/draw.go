// Package projecttest draws settings of projects, for tests that a promise holds
// under all of them together.
package projecttest

import (
	"math/rand/v2"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/param/paramtest"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// Composition draws everything that the statistics of a project depend on, from
// the settings that the table of layers declares. An attribute, such as that of
// the partition, is "kind".
func Composition(r *rand.Rand) project.Composition {
	given := Settings(r)
	c, err := read(given)
	if err != nil {
		panic(err) // Settings has tried it
	}
	if r.IntN(8) == 0 {
		c.Summary.ExtendedUpTo = 1 // which no configuration can say
	}
	return c
}

// Settings draws settings as a configuration gives them. They go together: one that
// others contradict is left out.
func Settings(r *rand.Rand) param.Values {
	draws, given := paramtest.Draws{Random: r, Attributes: []string{"kind"}}, param.Values{}
	for _, p := range param.List(func(r *param.Reader) { project.ReadComposition(r) }) {
		if r.IntN(5) < 2 {
			continue
		}
		given[p.Name] = likely(&draws, &p)
		if _, err := read(given); err != nil {
			delete(given, p.Name)
		}
	}
	return given
}

// Reading draws how documents are read, as a configuration gives it, with settings
// that do not contradict each other. No change of the schema is refused.
func Reading(r *rand.Rand) param.Values {
	draws, given := paramtest.Draws{Random: r}, param.Values{}
	for _, p := range param.List(func(r *param.Reader) { schema.ReadReading(r) }) {
		if r.IntN(5) < 2 {
			continue
		}
		given[p.Name] = likely(&draws, &p)
		reader := param.NewReader(given, param.Typed)
		if schema.ReadReading(reader); reader.Close() != nil {
			delete(given, p.Name)
		}
	}
	return given
}

func read(given param.Values) (project.Composition, error) {
	r := param.NewReader(given, param.Typed)
	c := project.ReadComposition(r)
	return c, r.Close()
}

// likely draws one of the examples of a parameter, as what is anywhere within the
// bounds takes time and memory that a test has not; without examples any value.
func likely(draws *paramtest.Draws, p *param.Parameter) any {
	if p.Kind == param.KindObject {
		fields := map[string]any{}
		for i := range p.Fields {
			if draws.Random.IntN(3) > 0 {
				fields[p.Fields[i].Name] = likely(draws, &p.Fields[i])
			}
		}
		return fields
	}
	if len(p.Examples) > 0 {
		return p.Examples[draws.Random.IntN(len(p.Examples))]
	}
	return draws.Inside(p)
}
