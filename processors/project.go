package processors

import (
	"fmt"
	"strings"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/cachestore"
	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// Fields of every processor that opens a project.
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
			Description("The label of the cache resource that keeps the project's state. The cache must not expire keys: an expired key is lost state.").
			Example("sml_state"),
		service.NewStringField(fieldPrefix).
			Description("The beginning of all keys of the project in the cache.").
			Default("sml").
			Advanced().
			LintRule(`root = if !this.re_match("^[A-Za-z0-9_-]{1,100}$") { [ "prefix is \"" + this + "\", must be 1 to 100 letters, digits, _ and -" ] }`),
		service.NewBoolField(fieldAtomic).
			Description("State that the cache shows a value either whole or not at all, even when its writer is killed. This is true of redis, memcached, nats_kv, sql and memory, and not true of files (docs/caches.md). When set, a version need not be read back before it counts. Do not set it for any other cache.").
			Default(false).
			Advanced(),
		service.NewDurationField(fieldRefresh).
			Description("The maximum age of the snapshot from which questions are answered and models are built. The processor looks for rows of other processes equally often. With 0s, answers, models and thresholds in this process lack nothing that it has learned: every answer after new rows merges the shards again and every batch to be scored builds its model again, which costs; other processes' rows are looked for once a second.").
			Default("1s").
			Advanced(),
		accountField(),
	}
}

// pathKey is the key, in the host's generic store, of the path of a component that is
// only tried: the resources that it is tried with have no path of their own.
type pathKey struct{}

// where names a component in errors: its label when it has one, and its path.
func where(resources *service.Resources) string {
	if tried, ok := resources.GetGeneric(pathKey{}); ok {
		return fmt.Sprint(tried)
	}
	path := "root"
	if p := resources.Path(); len(p) > 0 {
		path = strings.Join(p, ".")
	}
	if label := resources.Label(); label != "" {
		return path + " (" + label + ")"
	}
	return path
}

// open reads the project fields and opens the project in the table for a processor of
// that name.
func open(conf *service.ParsedConfig, resources *service.Resources, table *live.Table, processor string, learn *live.LearnSettings) (*live.Handle, error) {
	settings, err := projectSettings(conf, learn)
	if err != nil {
		return nil, err
	}
	return openProject(conf, resources, table, processor, settings)
}

// openNamed opens a project on demand, with the fields but that of the name, for
// learning when learn is not nil.
func openNamed(conf *service.ParsedConfig, resources *service.Resources, table *live.Table, name string, learn *live.LearnSettings) (*live.Handle, error) {
	settings := live.Settings{Project: name, OnDemand: true, Learn: learn}
	if err := storeSettings(conf, &settings); err != nil {
		return nil, err
	}
	return openProject(conf, resources, table, httpName, settings)
}

func openProject(conf *service.ParsedConfig, resources *service.Resources, table *live.Table, processor string, settings live.Settings) (*live.Handle, error) {
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
	shared, _ := resources.GetOrSetGeneric(scopeKey{}, new(live.Scope))
	scope, ok := shared.(*live.Scope)
	if !ok {
		return nil, fmt.Errorf("%s: something else of this process keeps its state where the projects have theirs", where(resources))
	}
	rows, err := newAccounts(conf, resources, processor)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where(resources), err)
	}
	return table.Open(scope, settings, store, where(resources), newObserver(resources, rows))
}

// placeOf returns the store and the key prefix of the projects in the cache.
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

// scopeKey is the key of the scope in the host's generic store. A scope separates
// the projects of two sets of resources in one process.
type scopeKey struct{}
