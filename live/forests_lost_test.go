package live_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats/forest"
)

// TestOldForestIsReplaced: all keys vanish, and a process that was idle stores the forest
// again as it has known it. The process that let it grow since stores it as it was,
// or the log says that it has grown in two ways.
func TestOldForestIsReplaced(t *testing.T) {
	ctx := context.Background()
	for seed := range drawn.Seeds(4) {
		r, store, s := rand.New(rand.NewPCG(seed, 78)), state.NewMemory(), forestSettings(true)
		busy, told := open(t, store, s)
		idle, toldIdle := open(t, store, s)
		next := map[*live.Handle]int{}
		learn := func(h *live.Handle, shard string, n int) {
			learnAll(t, h.Project(), checkered(r, shard, next[h], n))
			next[h] += n
		}
		learn(busy, "t/0", 40)
		learn(idle, "t/1", 40)
		for range 20 {
			learn(busy, "t/0", 50+r.IntN(50))
		}
		vanish(store, r, 1)
		learn(idle, "t/1", 1+r.IntN(8))
		look(t, idle.Project())
		look(t, busy.Project())
		look(t, idle.Project())
		for at, h := range []*live.Handle{busy, idle} {
			// Where both let it grow in two ways, that is said.
			said := strings.Contains(strings.Join(append(told.warnings, toldIdle.warnings...), "\n"), "forest")
			if got := correct(t, h.Project()); got < 0.85 && !said {
				t.Errorf("seed %d, %s: %v of the classes are right, want 0.85", seed, fmt.Sprint("process ", at), got)
			}
			if err := h.Close(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestForestsGrowInOneWay: whatever is lost, and whoever goes on, all that is ever stored of a
// forest has grown from one another, so counts of a node of one number are of one node;
// and each row counts once, in one of the forests.
func TestForestsGrowInOneWay(t *testing.T) {
	for seed := range drawn.Seeds(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			h := &lossHistory{t: t, r: rand.New(rand.NewPCG(seed, 79)), store: state.NewMemory(), forms: map[string][]*forest.Forest{}}
			h.settings = forestSettings(true)
			if seed%3 == 2 {
				h.settings.Learn.Models[0].Target, h.settings.Learn.Models[0].Options = "noise", map[string]any{"trees": 2}
			}
			for k := range 2 + seed%2 {
				h.begin()
				h.learn(int(k), 40) // so the schema is settled
			}
			h.heal()
			for range 40 {
				h.step()
			}
			h.end()
		})
	}
}

// lossHistory is a history of processes that learn, and of keys that are lost.
type lossHistory struct {
	t        *testing.T
	r        *rand.Rand
	store    *state.Memory
	settings live.Settings
	all      []*live.Handle
	told     []*silent
	next     []int                       // offset by process, which has a shard of its own
	forms    map[string][]*forest.Forest // all states that were stored, by ID
	losses   int
}

func (h *lossHistory) begin() {
	handle, told := open(h.t, h.store, h.settings)
	h.all, h.told, h.next = append(h.all, handle), append(h.told, told), append(h.next, 0)
}

func (h *lossHistory) step() {
	k := h.r.IntN(len(h.all))
	switch h.r.IntN(7) {
	case 0:
		vanish(h.store, h.r, 1)
		h.losses++
	case 1:
		look(h.t, h.all[k].Project())
	default:
		h.learn(k, 1+h.r.IntN(80))
	}
	h.note()
}

func (h *lossHistory) learn(k, n int) {
	learnAll(h.t, h.all[k].Project(), checkered(h.r, fmt.Sprint("t/", k), h.next[k], n))
	h.next[k] += n
}

// heal lets all processes write again what they know.
func (h *lossHistory) heal() {
	for range 2 {
		for _, handle := range h.all {
			look(h.t, handle.Project())
			h.note()
		}
	}
}

// note reads what is stored of the forests.
func (h *lossHistory) note() {
	p, err := project.Open(context.Background(), h.store, h.settings.Prefix, h.settings.Project)
	if err != nil {
		return // keys are gone
	}
	for name, b := range p.Definitions {
		if !strings.HasPrefix(name, project.ForestRecord) {
			continue
		}
		now, err := forest.Decode(wire.NewReader(b))
		if err != nil {
			h.t.Fatal(err)
		}
		for _, before := range h.forms[now.ID] {
			if !now.Extends(before) && !before.Extends(now) {
				h.t.Fatalf("forest %s has grown in two ways after %d losses: %d and %d nodes", now.ID, h.losses, before.Nodes(), now.Nodes())
			}
		}
		h.forms[now.ID] = append(h.forms[now.ID], now)
	}
}

func (h *lossHistory) end() {
	ctx := context.Background()
	h.heal()
	want := 0.0
	for k, handle := range h.all {
		h.learn(k, 400)
		want += float64(h.next[k])
		h.note()
		if err := handle.Close(ctx); err != nil {
			h.t.Fatal(err)
		}
	}
	reader := h.settings
	reader.Learn = nil
	last, told := open(h.t, h.store, reader)
	defer func() { _ = last.Close(ctx) }() // nothing is written
	info, err := last.Project().Info(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	got := 0.0
	for _, f := range info.Forests {
		got += f.Rows
	}
	if got != want || info.Rows != want {
		h.t.Errorf("%v rows count in %d forests and %v in all, want %v", got, len(info.Forests), info.Rows, want)
	}
	if h.settings.Learn.Models[0].Target != "class" {
		return
	}
	if right := correct(h.t, last.Project()); right < 0.85 {
		h.t.Errorf("%v of the classes are right, want 0.85", right)
	}
	for _, o := range append(h.told, told) {
		if text := strings.Join(o.warnings, "\n"); strings.Contains(text, "two ways") {
			h.t.Errorf("it is said that %s", text)
		}
	}
}
