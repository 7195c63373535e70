package state

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// accounted returns the positions of a topic of which it is said what became of them.
func accounted(p *Positions, topic string) (sum offsetSet) {
	for _, e := range p.past {
		if of, _ := learnedTopic(e.topic); of == topic && (e.topic == owedTopic+topic || e.topic == goneTopic+topic) {
			sum.addAll(&e.set)
		}
	}
	for _, e := range p.learnedSets() {
		if e.topic == topic {
			sum.addAll(&e.set)
		}
	}
	return sum
}

// TestWhatIsOwedIsKept draws states of one topic that learn, are joined, give each other up
// and take each other over, with what is owed side by side with what is contained: a message
// that was in a state is in what stays of it, or owed, or was told to be gone.
func TestWhatIsOwedIsKept(t *testing.T) {
	const rows, topic = 24, "id"
	paid, kept := 0, 0
	for seed := range drawn.Seeds(4000) {
		r := rand.New(rand.NewPCG(seed, 5))
		var said []string
		states := make([]*Positions, 3)
		for i := range states {
			states[i] = &Positions{origin: Origin{Topic: topic}}
		}
		require := func(p *Positions, before ...offsetSet) {
			t.Helper()
			now := accounted(p, topic)
			for _, set := range before {
				if lost := without(set.intervals, now.intervals); len(lost) > 0 {
					t.Fatalf("seed %d: %v is neither contained nor owed; positions %v, others %v\n%v", seed, lost, p.intervals, p.past, said)
				}
			}
		}
		for range 4 + r.IntN(14) {
			i := r.IntN(len(states))
			k := (i + 1 + r.IntN(len(states)-1)) % len(states)
			p, q := states[i], states[k]
			mine, others := accounted(p, topic), accounted(q, topic)
			switch r.IntN(5) {
			case 0, 1: // learns, from what is owed first
				from := r.Int64N(rows)
				if first, due := p.firstDue(); due {
					from = first
				}
				at := offsets(from, min(rows-1, from+r.Int64N(5)))
				for _, offset := range at {
					p.add(offset)
				}
				if gone := p.pay(at); len(gone) > 0 {
					t.Fatalf("seed %d: %v was delivered and is said to be gone", seed, gone)
				}
				said = append(said, fmt.Sprintf("%d learns %v", i, at))
				require(p, mine)
			case 2:
				said = append(said, fmt.Sprintf("%d gives %d up", i, k))
				p.owe(q)
				require(p, mine, others)
			case 3:
				if p.apart(q) && p.join(q) {
					said = append(said, fmt.Sprintf("%d joins %d", i, k))
					require(p, mine, others)
				}
			default:
				if debts := p.debts(); debts != nil && q.owesAll(debts) {
					paid++
					require(q, offsetSet{intervals: p.past[p.setAt(owedTopic+topic)].set.intervals})
				}
				if q.covers(p) {
					said = append(said, fmt.Sprintf("%d takes %d over", i, k))
					states[i] = q.clone()
					require(states[i], mine)
					kept++
				}
			}
		}
		for i, p := range states { // each source is set back once, and has everything
			if from, due := p.firstDue(); due {
				at := offsets(from, rows-1)
				for _, offset := range at {
					p.add(offset)
				}
				if gone := p.pay(at); len(gone) > 0 || len(p.Owed()) > 0 || p.lost() > 0 {
					t.Fatalf("seed %d: state %d was delivered all from %d on, and %v is gone, %v owed, %d lost\n%v", seed, i, from, gone, p.Owed(), p.lost(), said)
				}
			}
		}
	}
	if least := int(drawn.Seeds(200)); paid < least || kept < least {
		t.Errorf("%d debts were found paid, %d states taken over, want more", paid, kept)
	}
}

// TestOwedSideBySide: of two runs of owed positions without a gap between them one is
// contained by another state. The other one stays owed.
func TestOwedSideBySide(t *testing.T) {
	var p, q Positions
	p.origin, q.origin = Origin{Topic: "id"}, Origin{Topic: "id"}
	p.addRange(7, 9)
	p.setPast(owedTopic+"id", &offsetSet{intervals: []Interval{{0, 3}}})
	p.setPast(owedTopic+"id", &offsetSet{intervals: []Interval{{4, 6}}})
	q.addRange(4, 9)
	if q.covers(&p) || q.owesAll(p.debts()) {
		t.Errorf("positions 0 to 3 are in neither state, and %v with %v passes for all of %v", q.intervals, q.past, p.past)
	}
	q.owe(&p)
	if want := []Interval{{0, 3}}; !slices.Equal(q.Owed(), want) {
		t.Errorf("%v is owed, want %v", q.Owed(), want)
	}
}

// TestOwedThatDoesNotCome: the source is set back to what is owed and has been compacted
// meanwhile. What does not come is said where it was of messages, and the source goes on.
func TestOwedThatDoesNotCome(t *testing.T) {
	p := &Positions{origin: Origin{Topic: "id"}}
	p.addRange(0, 9)
	p.setPast(owedTopic+"id", &offsetSet{intervals: []Interval{{10, 14}}})
	p.oweUpToLast("id", []Interval{{15, 19}}) // only the last is certainly of a message
	s := sorting{before: p, arrivals: &Arrivals{Count: 4, Offsets: []int64{10, 12, 17, 19}, Origin: p.origin, Begin: Begin{Known: true, At: 10, Last: 9}}}
	must(t, s.sort())
	if want := []Interval{{11, 11}, {13, 14}}; !slices.Equal(s.out.Gone, want) || s.after.lost() != 3 || len(s.after.Owed()) > 0 {
		t.Errorf("gone %v, lost %d, owed %v; want %v and nothing owed", s.out.Gone, s.after.lost(), s.after.Owed(), want)
	}
	if !s.after.covers(p) {
		t.Errorf("what did not come is asked for again: %v", s.after.past)
	}
}

// TestBetweenOfEarlierBuilds: a record of an earlier build has one set for owed messages and
// the positions before them.
func TestBetweenOfEarlierBuilds(t *testing.T) {
	p := &Positions{origin: Origin{Topic: "id"}, past: []epoch{{topic: betweenTopic + "id", set: offsetSet{intervals: []Interval{{3, 6}, {9, 9}}}}}}
	p.addRange(0, 2)
	var w wire.Writer
	p.encodeOrigin(&w)
	got := &Positions{}
	r := wire.NewReader(w.Bytes())
	if err := got.decodeOrigin(r); err != nil || r.Close() != nil {
		t.Fatal(err, r.Err())
	}
	if owed, maybe := got.takePast(owedTopic+"id"), got.takePast(maybeTopic+"id"); !slices.Equal(owed.intervals, []Interval{{6, 6}, {9, 9}}) || !slices.Equal(maybe.intervals, []Interval{{3, 5}}) || len(got.past) > 0 {
		t.Errorf("%v is owed, %v may be, and %v is left", owed.intervals, maybe.intervals, got.past)
	}
}
