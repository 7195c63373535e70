package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Settings say which project a component opens, and how.
type Settings struct {
	// Project is the project's name, Cache names the place where its state is
	// kept, Prefix begins all its keys there.
	Project string
	Cache   string
	Prefix  string
	// Refresh bounds how stale a snapshot and the models may be.
	Refresh time.Duration
	// Exact says that answers, models and thresholds in this process lack nothing that
	// it has learned. Else they may lack a tenth of the rows, for at most Refresh.
	Exact bool
	// OnDemand says that the component can do without the project at any time
	// and opens it again when it is asked for: see Table.Discard.
	OnDemand bool
	// Learn is set by a component that learns; nil for one that only reads.
	Learn *LearnSettings
	// Places is how a component that learns finds where a message comes from.
	Places Places
}

// LearnSettings are what only a learner decides. All learners of a project in
// one process must agree on them.
type LearnSettings struct {
	// Schema declares attributes and limits.
	Schema schema.Config
	// Composition decides which statistics are kept.
	Composition project.Composition
	// Powers are learned beside their attributes.
	Powers Powers
	// Expand says what is computed of the attributes.
	Expand Expand
	// Frozen makes Learn refuse every row.
	Frozen bool
	// Whole makes a batch be learned whole or not at all: where a row of it cannot be
	// learned, none is.
	Whole bool
	// Durable makes Learn return only when the rows are in the store;
	// otherwise the state is written every Every.
	Durable bool
	Every   time.Duration
	// Verify says what happens to messages that are not what was learned at their
	// positions.
	Verify state.Verify
	// Models are defined where the project does not have them, or has them
	// otherwise.
	Models []model.Definition
}

// DefaultRefresh is used when Settings.Refresh is zero.
const DefaultRefresh = time.Second

// errSettings is wrapped when two components open one project differently.
var errSettings = errors.New("two components open one project with other settings")

// agree reports how two openings of one project contradict each other.
func (s *Settings) agree(o *Settings, pathS, pathO string) error {
	differ := func(field string, a, b any) error {
		return fmt.Errorf("%w: %s of project %q is %v at %s and %v at %s", errSettings, field, s.Project, a, pathS, b, pathO)
	}
	switch {
	case s.Cache != o.Cache:
		return differ("cache", shown(s.Cache), shown(o.Cache))
	case s.Prefix != o.Prefix:
		return differ("prefix", shown(s.Prefix), shown(o.Prefix))
	case s.Learn == nil || o.Learn == nil:
		return nil
	}
	mine, theirs := s.Learn.fields(), o.Learn.fields()
	for i := range mine {
		if !reflect.DeepEqual(mine[i].value, theirs[i].value) {
			return differ(mine[i].name, shown(mine[i].value), shown(theirs[i].value))
		}
	}
	return nil
}

// field is one setting by the name that it has in a configuration.
type field struct {
	name  string
	value any
}

// fields are all settings of a learner.
func (l *LearnSettings) fields() []field {
	s := &l.Schema
	durability := "interval"
	if l.Durable {
		durability = "batch"
	}
	out := []field{
		{"attributes", s.Attributes}, {"types", s.Types}, {"order", s.Order}, {"separator", s.Separator},
		{"hash_buckets", s.HashBuckets}, {"max_attributes", s.MaxAttributes}, {"max_categories", s.MaxCategories},
		{"key", l.Composition.KeepsKeys()}, {"whole_batches", l.Whole},
	}
	for _, setting := range s.Reading.Settings() {
		out = append(out, field{setting.Name, setting.Value})
	}
	for _, setting := range l.Composition.Settings().Flat() {
		out = append(out, field{setting.Name, setting.Value})
	}
	out = append(out, l.Expand.fields()...)
	return append(out,
		field{"power.attributes", l.Powers.Attributes}, field{"power.from", l.Powers.From}, field{"power.to", l.Powers.To}, field{"power.steps", l.Powers.Steps},
		field{"freeze", l.Frozen}, field{"durability", durability}, field{"verify", l.Verify.String()}, field{"every", l.Every}, field{"models", l.Models},
	)
}

// shown is a value as it would stand in a configuration.
func shown(v any) string {
	if d, ok := v.(time.Duration); ok {
		return d.String()
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
