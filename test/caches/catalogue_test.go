package caches

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	"github.com/redpanda-data/benthos/v4/public/service"
	_ "github.com/redpanda-data/connect/v4/public/components/sql/base"
	_ "modernc.org/sqlite"

	"github.com/rpconnect-sml/rpconnect-sml/cachestore"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// label is that of the cache under test.
const label = "st"

// candidate is one cache as a config file has it.
type candidate struct {
	name string
	// yaml returns the cache resources, the one under test with the label st.
	yaml func(t *testing.T) []string
}

// tableDDL makes the table that the sql cache needs.
const tableDDL = "create table sml_state (k varchar(250) primary key, v %s not null)"

// local are the caches that need no server.
func local() []candidate {
	return []candidate{
		{name: "memory", yaml: func(*testing.T) []string {
			return []string{"label: st\nmemory: { compaction_interval: '' }"}
		}},
		{name: "file", yaml: func(t *testing.T) []string {
			return []string{fmt.Sprintf("label: st\nfile: { directory: %q }", t.TempDir())}
		}},
		{name: "ttlru", yaml: func(*testing.T) []string {
			return []string{"label: st\nttlru: { cap: 1000000, default_ttl: 876000h }"}
		}},
		{name: "multilevel", yaml: func(t *testing.T) []string {
			return []string{
				"label: near\nmemory: { compaction_interval: '' }",
				fmt.Sprintf("label: far\nfile: { directory: %q }", t.TempDir()),
				"label: st\nmultilevel: [ near, far ]",
			}
		}},
		{name: "sql sqlite", yaml: func(t *testing.T) []string {
			dsn := fmt.Sprintf("file:%s/state.db?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)", t.TempDir())
			createTable(t, "sqlite", dsn, "blob")
			return []string{sqlYAML("sqlite", dsn)}
		}},
	}
}

func sqlYAML(driver, dsn string) string {
	return fmt.Sprintf(`
label: st
sql:
  driver: %s
  dsn: %q
  table: sml_state
  key_column: k
  value_column: v
  set_suffix: on conflict (k) do update set v = excluded.v
`, driver, dsn)
}

func createTable(t *testing.T, driver, dsn, binary string) {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(fmt.Sprintf(tableDDL, binary)); err != nil {
		t.Fatal(err)
	}
}

// open builds the cache and returns the store over it.
func (c *candidate) open(t *testing.T) state.Store {
	t.Helper()
	b := service.NewResourceBuilder()
	for _, y := range c.yaml(t) {
		if err := b.AddCacheYAML(y); err != nil {
			t.Fatal(err)
		}
	}
	resources, stop, err := b.BuildSuspended()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	store, err := cachestore.New(resources, label)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestLocal(t *testing.T) {
	for _, c := range local() {
		t.Run(c.name, func(t *testing.T) { conform(t, c.name, c.open(t)) })
	}
}
