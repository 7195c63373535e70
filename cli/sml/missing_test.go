package sml

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// learner is a process that learns the shard t/0 of the project p.
type learner struct {
	t      *testing.T
	handle *live.Handle
}

func (s *site) startLearner() *learner {
	s.t.Helper()
	p, err := open(context.Background(), &options{sources: pipeline.Sources{Configs: []string{s.config}}, cache: "first"}, "p", true)
	if err != nil {
		s.t.Fatal(err)
	}
	settings, _ := p.config.settings("p")
	settings.Project, settings.Cache, settings.Prefix = "p", "first", p.prefix
	h, err := live.NewTable().Open(new(live.Scope), settings, p.store, "test", quietObserver{})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(p.close)
	return &learner{t: s.t, handle: h}
}

// learn learns rows from a position on; begin is where the input says that it began.
func (l *learner) learn(from, n int, begin state.Begin) error {
	messages := make([]live.Message, n)
	for i := range messages {
		messages[i] = live.Message{
			Data: fmt.Appendf(nil, `{"x":%d}`, from+i), Shard: "t/0", Offset: int64(from + i), HasOffset: true,
			Origin: state.Origin{Topic: "id"}, Begin: begin,
		}
	}
	return l.handle.Project().Learn(context.Background(), messages)
}

// look makes the process look at what is in the cache.
func (l *learner) look() {
	l.t.Helper()
	for range 12 {
		if err := errors.Join(l.handle.Project().Flush(context.Background()), l.handle.Project().Reread(context.Background())); err != nil {
			l.t.Fatal(err)
		}
	}
}

// vanish removes all keys, once the process has cleared up behind what it wrote.
func (s *site) vanish(l *learner) {
	s.t.Helper()
	if err := l.handle.Project().Flush(context.Background()); err != nil {
		s.t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(s.dir, "a", "*"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, file := range files {
		if err := os.Remove(file); err != nil {
			s.t.Fatal(err)
		}
	}
}

// requireSaid requires the exit codes of check and info, and that both say the texts.
func (s *site) requireSaid(code int, texts ...string) {
	s.t.Helper()
	for name, want := range map[string]int{"check": code, "info": 0} {
		out, got := s.run(name, "p")
		if got != want {
			s.t.Errorf("%s exits with %d, want %d: %s", name, got, want, out)
		}
		for _, text := range texts {
			if !strings.Contains(out, text) {
				s.t.Errorf("%s says %s, want %q in it", name, out, text)
			}
		}
	}
	var checked checkAnswer
	if code == 0 {
		s.must(&checked, "check", "p")
		if !checked.Healthy {
			s.t.Errorf("check is not healthy: %+v", checked)
		}
	}
}

// TestCheckSaysWhatIsOwed: two processes go on with different states after keys have gone,
// with drawn numbers of rows. `sml check` exits with 1 and names the position, `sml info`
// too; a source that is set back repairs everything, and so does a new epoch, without the
// rows.
func TestCheckSaysWhatIsOwed(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r, s := rand.New(rand.NewPCG(seed, 5)), newSite(t, "p", "")
			first, back, more := 3+r.IntN(20), 1+r.IntN(3), 1+r.IntN(9)
			former, owner := s.startLearner(), s.startLearner()
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			must(former.learn(0, first, state.Begin{}))
			s.vanish(former)
			must(owner.learn(first-back, more+back, state.Begin{Known: true, At: int64(first - back), Last: int64(first-back) - 1}))
			s.requireSaid(0, fmt.Sprintf("%d positions before the first, 0 to %d", first-back, first-back-1))
			former.look()
			end := first + more
			err := owner.learn(end, 1, state.Begin{})
			if !errors.Is(err, state.ErrOwed) {
				t.Fatalf("%v, want one that wraps ErrOwed", err)
			}
			var checked checkAnswer
			out, _ := s.run("check", "p", "--json")
			decodeFirst(t, out, &checked)
			at := slices.IndexFunc(checked.Records, func(r healthAnswer) bool { return len(r.Owed) > 0 })
			if at < 0 {
				t.Fatalf("check says %+v", checked)
			}
			owed := int(checked.Records[at].Owed[0][0])
			s.requireSaid(1, fmt.Sprintf("set the source back to %d", owed))
			if seed == 3 {
				if out, code := s.run("epoch", "p", "t/0", "--yes"); code != 0 {
					t.Fatal(out)
				}
				must(owner.learn(end, 5, state.Begin{}))
				former.look()
				owner.look()
				s.requireSaid(0)
				return
			}
			must(owner.learn(owed, end+5-owed, state.Begin{Known: true, At: int64(owed), Last: int64(owed) - 1}))
			former.look()
			s.requireSaid(0)
			var info infoAnswer
			s.must(&info, "info", "p")
			if info.Rows != float64(end+5) || fmt.Sprint(info.Shards[0].Positions) != fmt.Sprintf("[[0 %d]]", end+4) {
				t.Errorf("%v rows at %v, want %d", info.Rows, info.Shards[0].Positions, end+5)
			}
		})
	}
}

// TestCheckOfAVanishedShard: the directory knows the shard, and its record is gone while no
// process lives: check exits with 1 once the next one has begun behind what was there.
func TestCheckOfAVanishedShard(t *testing.T) {
	s := newSite(t, "p", "")
	s.learn("p", "t/0", documents(30, 0))
	files, err := filepath.Glob(filepath.Join(s.dir, "a", "sml.p.shard.t_2F0*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	l := s.startLearner()
	if err := l.learn(30, 5, state.Begin{Known: true, At: 30, Last: 29, Noted: true}); err != nil {
		t.Fatal(err)
	}
	s.requireSaid(1, "30 positions before the first, 0 to 29", "its record is gone", "set the source back to 0")
	if err := l.learn(0, 35, state.Begin{}); err != nil {
		t.Fatal(err)
	}
	s.requireSaid(0)
}

// decodeFirst reads the JSON document that an output begins with.
func decodeFirst(t *testing.T, out string, into any) {
	t.Helper()
	if err := json.NewDecoder(strings.NewReader(out)).Decode(into); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}
