package processors

import (
	"fmt"
	"strings"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/cachestore"
	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// Fields that every processor has which opens a project.
const (
	fieldProject = "project"
	fieldCache   = "cache"
	fieldPrefix  = "prefix"
	fieldRefresh = "refresh"
	fieldAtomic  = "cache_atomic"
)

func projectFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewStringField(fieldProject).
			Description("The project: a named unit of learning. 1 to 100 letters, digits, `_` and `-`. Components that name the same project share it.").
			Example("shuttle").
			LintRule(`root = if !this.re_match("^[A-Za-z0-9_-]{1,100}$") { [ "project is \"" + this + "\", must be 1 to 100 letters, digits, _ and -" ] }`),
		service.NewStringField(fieldCache).
			Description("The label of the cache resource that keeps the project's state. Give it no expiry: an expired key is lost state.").
			Example("sml_state"),
		service.NewStringField(fieldPrefix).
			Description("What all keys of the project in the cache begin with.").
			Default("sml").
			Advanced().
			LintRule(`root = if !this.re_match("^[A-Za-z0-9_-]{1,100}$") { [ "prefix is \"" + this + "\", must be 1 to 100 letters, digits, _ and -" ] }`),
		service.NewBoolField(fieldAtomic).
			Description("Whether the cache shows a value whole or not at all, even when its writer is killed: true of redis, memcached, nats_kv, sql and memory, not of files (docs/caches.md). It saves reading each version back before it counts, and must not be set for a cache of which it is not true.").
			Default(false).
			Advanced(),
		service.NewDurationField(fieldRefresh).
			Description("How stale a snapshot of the statistics, and the models built from it, may be. What other processes have learned is looked for as often.").
			Default("1s").
			Advanced(),
	}
}

// where names a component in errors: its label when it has one, and its path.
func where(resources *service.Resources) string {
	path := "root"
	if p := resources.Path(); len(p) > 0 {
		path = strings.Join(p, ".")
	}
	if label := resources.Label(); label != "" {
		return path + " (" + label + ")"
	}
	return path
}

// open reads the project fields and opens the project in the table.
func open(conf *service.ParsedConfig, resources *service.Resources, table *live.Table, learn *live.LearnSettings) (*live.Handle, error) {
	settings, err := projectSettings(conf, learn)
	if err != nil {
		return nil, err
	}
	return openProject(conf, resources, table, settings)
}

// openNamed opens a project on demand, with the fields but that of the name, for
// learning when learn is not nil.
func openNamed(conf *service.ParsedConfig, resources *service.Resources, table *live.Table, name string, learn *live.LearnSettings) (*live.Handle, error) {
	settings := live.Settings{Project: name, OnDemand: true, Learn: learn}
	if err := storeSettings(conf, &settings); err != nil {
		return nil, err
	}
	return openProject(conf, resources, table, settings)
}

func openProject(conf *service.ParsedConfig, resources *service.Resources, table *live.Table, settings live.Settings) (*live.Handle, error) {
	var options []cachestore.Option
	if conf.Contains(fieldAtomic) {
		atomic, err := conf.FieldBool(fieldAtomic)
		if err != nil {
			return nil, err
		}
		if atomic {
			options = append(options, cachestore.Atomic())
		}
	}
	store, err := cachestore.New(resources, settings.Cache, options...)
	if err != nil {
		return nil, fmt.Errorf("%s.%s: %w", where(resources), fieldCache, err)
	}
	scope, _ := resources.GetOrSetGeneric(scopeKey{}, new(live.Scope))
	return table.Open(scope.(*live.Scope), settings, store, where(resources), newObserver(resources))
}

// placeOf returns where the projects of the cache are kept.
func placeOf(conf *service.ParsedConfig, resources *service.Resources) (*portable.Place, error) {
	var settings live.Settings
	if err := storeSettings(conf, &settings); err != nil {
		return nil, err
	}
	store, err := cachestore.New(resources, settings.Cache)
	if err != nil {
		return nil, fmt.Errorf("%s.%s: %w", where(resources), fieldCache, err)
	}
	return &portable.Place{Store: store, Prefix: settings.Prefix}, nil
}

// scopeKey finds what keeps the projects of one set of resources apart from
// those of another in the same process.
type scopeKey struct{}
