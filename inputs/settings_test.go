package inputs

import (
	"reflect"
	"strings"
	"testing"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kgo"
)

// What is refused, by the linter where a rule can see it and by the
// constructor always; the error names the field and the value.
func TestSettingsThatAreRefused(t *testing.T) {
	const ok = "seed_brokers: [ localhost:1 ]\n"
	const group = ok + "topics: [ rows ]\nconsumer_group: g\n"
	for _, c := range []struct {
		name, yaml string
		lint       bool
		want       []string
	}{
		{name: "no broker", yaml: "seed_brokers: []\ntopics: [ rows ]\nconsumer_group: g", want: []string{"seed_brokers"}},
		{name: "no topic", yaml: ok + "topics: []\nconsumer_group: g", lint: true, want: []string{"topics"}},
		{name: "no group", yaml: ok + "topics: [ rows ]", lint: true, want: []string{"consumer_group"}},
		{name: "partitions in a group", yaml: ok + "topics: [ 'rows:0' ]\nconsumer_group: g", lint: true, want: []string{"consumer_group", `"g"`}},
		{name: "partitions and names", yaml: ok + "topics: [ 'rows:0', other ]", want: []string{"topics", `"other"`}},
		{name: "partitions by pattern", yaml: ok + "topics: [ 'rows:0' ]\nregexp_topics: true\nconsumer_group: g", want: []string{"topics", "rows:0", "regexp_topics"}},
		{name: "a pattern that is none", yaml: ok + "topics: [ 'rows[' ]\nregexp_topics: true\nconsumer_group: g", want: []string{"topics", "rows["}},
		{name: "exclusion without patterns", yaml: group + "regexp_topics_exclude: [ a ]", lint: true, want: []string{"regexp_topics_exclude"}},
		{name: "no partition", yaml: ok + "topics: [ 'rows:x' ]", want: []string{"topics", `"x"`}},
		{name: "a range backwards", yaml: ok + "topics: [ 'rows:3-1' ]", want: []string{"topics", "3-1"}},
		{name: "a range without end", yaml: ok + "topics: [ 'rows:0-2147483647' ]", want: []string{"topics", "at most"}},
		{name: "a partition twice", yaml: ok + "topics: [ 'rows:0-3', 'rows:2' ]", want: []string{"topics", "partition 2"}},
		{name: "no offset", yaml: ok + "topics: [ 'rows:0:-4' ]", want: []string{"topics", `"-4"`}},
		{name: "no start", yaml: group + "start_offset: first", lint: true, want: []string{"start_offset", `"first"`}},
		{name: "committed without a group", yaml: ok + "topics: [ 'rows:0' ]\nstart_offset: committed", lint: true, want: []string{"start_offset"}},
		{name: "no isolation", yaml: group + "isolation_level: serializable", lint: true, want: []string{"isolation_level", "serializable"}},
		{name: "heartbeat and session", yaml: group + "session_timeout: 1s\nheartbeat_interval: 2s", want: []string{"heartbeat_interval", "2s", "1s"}},
		{name: "revoke and rebalance", yaml: group + "revoke_timeout: 5s\nrebalance_timeout: 5s", want: []string{"revoke_timeout", "5s"}},
		{name: "a duration of nothing", yaml: group + "commit_period: 0s", want: []string{"commit_period", "0s"}},
		{name: "no size", yaml: group + "max_yield_batch_bytes: much", want: []string{"max_yield_batch_bytes", `"much"`}},
		{name: "a size too large", yaml: group + "fetch_max_bytes: 3GB", want: []string{"fetch_max_bytes", "3GB"}},
		{name: "a buffer smaller than a batch", yaml: group + "max_yield_batch_bytes: 2MB\npartition_buffer_bytes: 1MB", want: []string{"partition_buffer_bytes", "1000000", "2000000"}},
		{name: "all buffers smaller than one", yaml: group + "max_buffer_bytes: 1MB", want: []string{"max_buffer_bytes", "1000000"}},
		{name: "a batch below zero", yaml: group + "max_batch_count: -1", lint: true, want: []string{"max_batch_count", "-1"}},
		{name: "none in flight", yaml: group + "in_flight: 0", lint: true, want: []string{"in_flight", "0"}},
		{name: "an unknown mechanism", yaml: group + "sasl: [ { mechanism: GSSAPI } ]", lint: true, want: []string{"sasl.0", "GSSAPI"}},
		{name: "a mechanism without user", yaml: group + "sasl: [ { mechanism: none }, { mechanism: PLAIN, password: x } ]", want: []string{"sasl.1", "username", "PLAIN"}},
		{name: "a mechanism without token", yaml: group + "sasl: [ { mechanism: OAUTHBEARER } ]", want: []string{"sasl.0", "token"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if lints := lint(t, c.yaml); (len(lints) > 0) != c.lint {
				t.Errorf("lints: got %v, want any %v", lints, c.lint)
			}
			conf, err := kafkaSpec().ParseYAML(c.yaml, nil)
			if err == nil {
				_, err = newKafka(conf, service.MockResources())
			}
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not name %s", err, want)
				}
			}
		})
	}
}

// lint returns what the linter says of an input with that configuration.
func lint(t *testing.T, yaml string) []string {
	t.Helper()
	env := service.NewEmptyEnvironment()
	if err := Register(env); err != nil {
		t.Fatal(err)
	}
	text := kafkaName + ":\n  " + strings.ReplaceAll(strings.TrimSpace(yaml), "\n", "\n  ") + "\n"
	lints, err := env.NewComponentConfigLinter().LintInputYAML([]byte(text))
	if err != nil {
		return []string{err.Error()}
	}
	out := make([]string, len(lints))
	for i, l := range lints {
		out[i] = l.Error()
	}
	return out
}

func TestEveryFieldIsReadAndItsDefaultIsGood(t *testing.T) {
	yaml := "seed_brokers: [ 'a:1,b:2' ]\ntopics: [ 'rows, more' ]\nconsumer_group: g"
	k := parseText(t, yaml)
	if !reflect.DeepEqual(k.set.topics.names, []string{"rows", "more"}) {
		t.Errorf("topics are %v", k.set.topics.names)
	}
	if k.set.read != kgo.ReadCommitted() || !k.set.replay || k.set.limits.inFlight != 1 {
		t.Errorf("the defaults are %+v", k.set)
	}
	if lints := lint(t, yaml); len(lints) != 0 {
		t.Errorf("the linter says %v", lints)
	}
	secure := yaml + "\ntls: { enabled: true }\nsasl: [ { mechanism: SCRAM-SHA-512, username: u, password: p }, { mechanism: SCRAM-SHA-256, username: u, password: p }, { mechanism: PLAIN, username: u, password: p }, { mechanism: OAUTHBEARER, token: t, extensions: { a: b } } ]"
	if parseText(t, secure); len(lint(t, secure)) != 0 {
		t.Errorf("the linter says %v", lint(t, secure))
	}
}

func TestPartitionsAreParsed(t *testing.T) {
	got, err := parseTopics([]string{"a:0-2, b:5", "a:7:100"}, kgo.NewOffset().AtEnd())
	if err != nil {
		t.Fatal(err)
	}
	end := kgo.NewOffset().AtEnd()
	want := map[string]map[int32]kgo.Offset{
		"a": {0: end, 1: end, 2: end, 7: kgo.NewOffset().At(100)},
		"b": {5: end},
	}
	if !reflect.DeepEqual(got.partitions, want) {
		t.Errorf("got %v, want %v", got.partitions, want)
	}
}
