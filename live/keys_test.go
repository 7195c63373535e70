package live

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

func entitySettings(resident int, pairs bool, models ...model.Definition) Settings {
	return Settings{
		Project: "machines", Cache: "st", Prefix: "sml", Refresh: time.Hour,
		Learn: &LearnSettings{
			Durable: true, Every: time.Second, Models: models,
			Composition: project.Composition{}.With(project.Entities{On: true, Resident: resident, HistogramBins: 16, Pairs: pairs}),
		},
	}
}

type quiet struct{}

func (quiet) Learned(string, int, int, int)             {}
func (quiet) Built(string, string)                      {}
func (quiet) Limited(string, string, string)            {}
func (quiet) Warn(string)                               {}
func (quiet) Evaluated(string, string, string, float64) {}

func openEntities(t testing.TB, store state.Store, s Settings) *Project {
	t.Helper()
	table := &Table{}
	h, err := table.Open(new(Scope), s, store, "root", quiet{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close(context.Background()) })
	return h.Project()
}

func machineRows(random *rand.Rand, from, n, keys int) []Message {
	out := make([]Message, n)
	for i := range out {
		key := random.IntN(keys)
		out[i] = Message{
			Key: fmt.Sprint("m", key), Shard: fmt.Sprint("t/", key%2), Offset: int64(from + i), HasOffset: true,
			Data: fmt.Appendf(nil, `{"a":%.4f,"b":%.4f}`, float64(10*key)+random.NormFloat64(), random.NormFloat64()),
		}
	}
	return out
}

// TestEntityJudgesByItsOwn: what is usual for the population and not for the
// key is told; with few rows the population judges; a reader elsewhere agrees.
func TestEntityJudgesByItsOwn(t *testing.T) {
	for _, c := range []struct {
		kind  string
		pairs bool
	}{{"zscore", false}, {"hba", false}, {"ecod", false}, {"mahalanobis", true}} {
		t.Run(c.kind, func(t *testing.T) {
			ctx := context.Background()
			store := state.NewMemory()
			definition := model.Definition{Name: "m", Type: c.kind}
			p := openEntities(t, store, entitySettings(5, c.pairs, definition))
			random := rand.New(rand.NewPCG(1, 2))
			const keys, rows = 20, 10000
			for from := 0; from < rows; from += 500 {
				batch := machineRows(random, from, 500, keys)
				for range 2 { // delivered twice
					if err := p.Learn(ctx, batch); err != nil {
						t.Fatal(err)
					}
				}
			}
			total := 0.0
			for key := range keys {
				own, err := p.Keys().Of(ctx, fmt.Sprint("m", key))
				if err != nil || own == nil {
					t.Fatalf("key %d: %v, %v", key, own, err)
				}
				total += own.Weight()
			}
			if total != rows {
				t.Errorf("the keys have %v rows, want %d", total, rows)
			}
			reading := entitySettings(5, c.pairs)
			reading.Learn = nil
			for where, q := range map[string]*Project{"learner": p, "reader": openEntities(t, store, reading)} {
				requireOwnJudgement(t, where, q)
			}
		})
	}
}

// requireOwnJudgement requires that m3, whose values are about 30, has a higher score
// at 60 than at 30, and than a key that has no rows, of which the population judges.
func requireOwnJudgement(t *testing.T, where string, p *Project) {
	t.Helper()
	s, err := p.NewScorer(ScorerSettings{Model: "m", Entities: &EntityScoring{Young: 50}})
	if err != nil {
		t.Fatal(err)
	}
	batch := []Message{
		{Key: "m3", Data: []byte(`{"a":30,"b":0}`)},
		{Key: "m3", Data: []byte(`{"a":60,"b":0}`)},
		{Key: "new", Data: []byte(`{"a":60,"b":0}`)},
	}
	results, err := s.Score(t.Context(), batch)
	if err != nil {
		t.Fatal(err)
	}
	var got [3]struct {
		Score float64 `json:"score"`
		Rows  float64 `json:"entity_rows"`
	}
	for i := range got {
		if batch[i].Err != nil {
			t.Fatalf("%s: %v", where, batch[i].Err)
		}
		if err := json.Unmarshal(results.JSON(i), &got[i]); err != nil {
			t.Fatal(err)
		}
	}
	if !(got[1].Score > got[0].Score+1) || !(got[1].Score > got[2].Score) {
		t.Errorf("%s: usual %v, another key's value %v, that of the population %v", where, got[0], got[1], got[2])
	}
	if got[2].Rows != 0 || got[0].Rows < 300 {
		t.Errorf("%s: entity_rows %v and %v", where, got[0].Rows, got[2].Rows)
	}
}

// TestEntityModelsThatDoNotFit: the error names the setting.
func TestEntityModelsThatDoNotFit(t *testing.T) {
	for name, c := range map[string]struct {
		definition model.Definition
		on         bool
		bins       int
		want       string
	}{
		"pairs":     {model.Definition{Name: "m", Type: "mahalanobis"}, true, 16, "entities.pairs"},
		"histogram": {model.Definition{Name: "m", Type: "hba"}, true, 0, "entities.histogram_bins"},
		"robust":    {model.Definition{Name: "m", Type: "zscore", Options: map[string]any{"robust": true}}, true, 0, "entities.histogram_bins"},
		"role":      {model.Definition{Name: "m", Type: "ols", Target: "a"}, true, 16, "only anomaly models"},
		"no keys":   {model.Definition{Name: "m", Type: "hba"}, false, 0, "set `key` of sml_learn"},
	} {
		t.Run(name, func(t *testing.T) {
			s := entitySettings(5, false, c.definition)
			s.Learn.Composition = s.Learn.Composition.With(project.Entities{On: c.on, HistogramBins: c.bins})
			p := openEntities(t, state.NewMemory(), s)
			if err := p.Learn(context.Background(), machineRows(rand.New(rand.NewPCG(1, 1)), 0, 1000, 3)); err != nil {
				t.Fatal(err)
			}
			scorer, err := p.NewScorer(ScorerSettings{Model: "m", Entities: &EntityScoring{Young: 50}})
			if err != nil {
				t.Fatal(err)
			}
			batch := []Message{{Key: "m1", Data: []byte(`{"a":1,"b":0}`)}}
			if _, err := scorer.Score(context.Background(), batch); err != nil {
				t.Fatal(err)
			}
			if batch[0].Err == nil || !strings.Contains(batch[0].Err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", batch[0].Err, c.want)
			}
		})
	}
}

// normalRows draws n rows of five attributes, each of the next key.
func normalRows(random *rand.Rand, n int, offset int64, next func() int) []Message {
	out := make([]Message, n)
	for i := range out {
		out[i] = Message{
			Key: fmt.Sprint("machine-", next()), Shard: "t/0", Offset: offset + int64(i), HasOffset: true,
			Data: fmt.Appendf(nil, `{"a":%.4f,"b":%.4f,"c":%.4f,"d":%.4f,"e":%.4f}`, random.NormFloat64(), random.NormFloat64(), random.NormFloat64(), random.NormFloat64(), random.NormFloat64()),
		}
	}
	return out
}

// entityBenchmarks are how many keys stay in memory, whether some come more often than
// others (Zipf), and whether rows are scored or learned.
var entityBenchmarks = []struct {
	name     string
	resident int
	zipf     bool
	score    bool
}{
	{"learn/uniform/resident=20000", 20000, false, false},
	{"learn/zipf/resident=20000", 20000, true, false},
	{"learn/uniform/resident=250000", 250000, false, false},
	{"score/zipf/resident=20000", 20000, true, true},
}

// BenchmarkEntities learns and scores rows of 100,000 keys and 5 attributes in
// batches of 1000. MB-with-store is the live heap after every key was learned
// once, the memory store with all its keys included.
func BenchmarkEntities(b *testing.B) {
	const keys, size = 100000, 1000
	for _, c := range entityBenchmarks {
		b.Run(c.name, func(b *testing.B) {
			ctx := context.Background()
			p := openEntities(b, state.NewMemory(), entitySettings(c.resident, false, model.Definition{Name: "m", Type: "zscore"}))
			random := rand.New(rand.NewPCG(3, 4))
			zipf := rand.NewZipf(random, 1.1, 1, keys-1)
			offset := int64(0)
			batch := func(next func() int) []Message {
				defer func() { offset += size }()
				return normalRows(random, size, offset, next)
			}
			pick := func() int { return random.IntN(keys) }
			if c.zipf {
				pick = func() int { return int(zipf.Uint64()) }
			}
			before := heapAfterGC()
			at := -1
			for range keys / size { // every key once
				if err := p.Learn(ctx, batch(func() int { at++; return at })); err != nil {
					b.Fatal(err)
				}
			}
			after := heapAfterGC()
			var scorer *Scorer
			if c.score {
				var err error
				if scorer, err = p.NewScorer(ScorerSettings{Model: "m", Entities: &EntityScoring{Young: 50}}); err != nil {
					b.Fatal(err)
				}
			}
			rows := 0
			for b.Loop() {
				b.StopTimer()
				messages := batch(pick)
				b.StartTimer()
				rows += size
				var err error
				if scorer != nil {
					_, err = scorer.Score(ctx, messages)
				} else {
					err = p.Learn(ctx, messages)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(countKeys(p.shards.mine()).Resident), "resident")
			b.ReportMetric(float64(after-before)/(1<<20), "MB-with-store")
		})
	}
}

func heapAfterGC() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
