package live

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
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
	// OnDemand says that the component can do without the project at any time
	// and opens it again when it is asked for: see Table.Discard.
	OnDemand bool
	// Learn is set by a component that learns; nil for one that only reads.
	Learn *LearnSettings
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
	// Frozen makes Learn refuse every row.
	Frozen bool
	// Durable makes Learn return only when the rows are in the store;
	// otherwise the state is written every Every.
	Durable bool
	Every   time.Duration
	// Models are defined where the project does not have them, or has them
	// otherwise.
	Models []model.Definition
}

// DefaultRefresh is used when Settings.Refresh is zero.
const DefaultRefresh = time.Second

// ErrSettings is wrapped when two components open one project differently.
var ErrSettings = errors.New("project is opened twice with other settings")

// agree reports how two openings of one project contradict each other.
func (s *Settings) agree(o *Settings, pathS, pathO string) error {
	differ := func(field string, a, b any) error {
		return fmt.Errorf("%w: project %q has %s %v at %s and %v at %s", ErrSettings, s.Project, field, a, pathS, b, pathO)
	}
	switch {
	case s.Cache != o.Cache:
		return differ("cache", quoted(s.Cache), quoted(o.Cache))
	case s.Prefix != o.Prefix:
		return differ("prefix", quoted(s.Prefix), quoted(o.Prefix))
	case s.Learn == nil || o.Learn == nil:
		return nil
	}
	a, b := reflect.ValueOf(*s.Learn), reflect.ValueOf(*o.Learn)
	for i := range a.NumField() {
		if x, y := a.Field(i).Interface(), b.Field(i).Interface(); !reflect.DeepEqual(x, y) {
			return differ(a.Type().Field(i).Name, fmt.Sprintf("%+v", x), fmt.Sprintf("%+v", y))
		}
	}
	return nil
}

func quoted(s string) string { return fmt.Sprintf("%q", s) }
