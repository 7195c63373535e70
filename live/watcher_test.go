package live_test

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model/threshold"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// judged is a result of sml_threshold.
type judged struct {
	Value     *float64 `json:"value"`
	Level     float64  `json:"level"`
	Quantile  float64  `json:"quantile"`
	Threshold *float64 `json:"threshold"`
	PValue    *float64 `json:"p_value"`
	IsAnomaly bool     `json:"is_anomaly"` // false for null
	WarmingUp bool     `json:"warming_up"`
	Method    string   `json:"threshold_method"`
}

func watch(t *testing.T, w *live.Watcher, from int, values []float64) []judged {
	t.Helper()
	messages := make([]live.Message, len(values))
	for i := range messages {
		messages[i] = live.Message{Shard: "t/0", Offset: int64(from + i), HasOffset: true}
	}
	results, err := w.Watch(context.Background(), messages, values)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]judged, len(values))
	for i := range out {
		if err := json.Unmarshal(results.JSON(i), &out[i]); err != nil {
			t.Fatalf("%s: %v", results.JSON(i), err)
		}
	}
	return out
}

// normalAround draws n values around a level.
func normalAround(rng *rand.Rand, level float64, n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = level + rng.NormFloat64()
	}
	return values
}

// alarmsOf returns how many of the results are anomalies.
func alarmsOf(results []judged) int {
	count := 0
	for _, r := range results {
		if r.IsAnomaly {
			count++
		}
	}
	return count
}

// TestWatcher: alarms come at about the rate that was asked for, on the level
// that a stream has moved to as well, and go on after a restart where they
// were; replays count once.
func TestWatcher(t *testing.T) {
	const alpha, n = 0.01, 20_000
	ctx, store, rng := context.Background(), state.NewMemory(), rand.New(rand.NewPCG(5, 6))
	reading := live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: live.DefaultRefresh}
	settings := live.WatcherSettings{Name: "x", Threshold: threshold.ThresholdOptions{Alpha: alpha}, Drift: 200}
	h, _ := open(t, store, reading)
	w, err := h.Project().NewWatcher(settings)
	if err != nil {
		t.Fatal(err)
	}
	alarms, at := 0, 0
	piece := func(level float64) []judged {
		out := watch(t, w, at, normalAround(rng, level, 500))
		at += len(out)
		return out
	}
	for at < n {
		if found := alarmsOf(piece(10)); at > 3000 {
			alarms += found
		}
	}
	// the window of 200 values adds its own noise to the level
	if rate := float64(alarms) / (n - 3000); rate < alpha/2 || rate > 2*alpha {
		t.Errorf("alarm rate %v, asked for %v", rate, alpha)
	}
	piece(50)
	moved := piece(50)
	if alarmsOf(moved) > 40 || math.Abs(moved[499].Level-50) > 1 {
		t.Errorf("after the change of level: %d alarms of 500, level %v", alarmsOf(moved), moved[499].Level)
	}
	if err := h.Close(ctx); err != nil {
		t.Fatal(err)
	}
	next, _ := open(t, store, reading)
	settings.Drift = 0
	w, err = next.Project().NewWatcher(settings)
	if err != nil {
		t.Fatal(err)
	}
	first := watch(t, w, 0, []float64{0, 100, math.NaN()})
	if first[0].Threshold == nil || first[0].IsAnomaly || !first[1].IsAnomaly || *first[1].PValue > 1e-6 {
		t.Errorf("after a restart: %+v", first[:2])
	}
	if first[2].Value != nil || first[2].IsAnomaly {
		t.Errorf("no value: %+v", first[2])
	}
	if err := next.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

// TestWatcherOfWholeNumbers: a number without a tail that a distribution can be
// fitted to has a threshold all the same, and the result says by what.
func TestWatcherOfWholeNumbers(t *testing.T) {
	const n, far = 6000, 1000
	rng := rand.New(rand.NewPCG(1, 1))
	for name, draw := range map[string]func() float64{
		"constant": func() float64 { return 20 },
		"two values": func() float64 {
			return float64(rng.IntN(2))
		},
		"poisson 1": func() float64 { // Knuth
			k, p := 0.0, rng.Float64()
			for ; p > math.Exp(-1); p *= rng.Float64() {
				k++
			}
			return k
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, _ := open(t, state.NewMemory(), settings(true))
			w, err := h.Project().NewWatcher(live.WatcherSettings{Name: "x"})
			if err != nil {
				t.Fatal(err)
			}
			for at := 0; at < n; at += 500 {
				values := make([]float64, 500)
				for i := range values {
					values[i] = draw()
				}
				watch(t, w, at, values)
			}
			last := watch(t, w, n, []float64{far, draw()})
			if !last[0].IsAnomaly || last[0].Method != threshold.ThresholdOrder || last[1].IsAnomaly {
				t.Errorf("%v after %d values: %+v, then a usual one: %+v", far, n, last[0], last[1])
			}
		})
	}
}

func TestWatcherBadSettings(t *testing.T) {
	h, _ := open(t, state.NewMemory(), settings(true))
	for want, s := range map[string]live.WatcherSettings{
		"name is empty": {},
		`name is "a/b", want 1 to 100 bytes without / and @`:           {Name: "a/b"},
		`name is "a@1", want`:                                          {Name: "a@1"},
		"drift_window: 1, want 0, or a whole number from 2 to 1048576": {Name: "x", Drift: 1},
		"alpha: 0.7, want a number above 0 and below 0.5":              {Name: "x", Threshold: threshold.ThresholdOptions{Alpha: 0.7}},
	} {
		if _, err := h.Project().NewWatcher(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %q in it", err, want)
		}
	}
	messages := []live.Message{{Shard: "s"}}
	w, err := h.Project().NewWatcher(live.WatcherSettings{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Watch(context.Background(), messages, []float64{math.Inf(1)}); err != nil || messages[0].Err == nil {
		t.Errorf("an infinite value: %v, message %v", err, messages[0].Err)
	}
}
