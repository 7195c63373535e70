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

// debtors are states of one topic that learn, are joined, give each other up and take each
// other over, with what is owed side by side with what is contained.
type debtors struct {
	t          *testing.T
	seed       uint64
	random     *rand.Rand
	states     []*Positions
	said       []string
	paid, kept int
}

// debtRows is how many rows the topic has, and debtTopic its id.
const (
	debtRows  = 24
	debtTopic = "id"
)

// require requires that a state says of all positions what became of them.
func (d *debtors) require(p *Positions, before ...offsetSet) {
	d.t.Helper()
	now := accounted(p, debtTopic)
	for _, set := range before {
		if lost := without(set.intervals, now.intervals); len(lost) > 0 {
			d.t.Fatalf("seed %d: %v is neither contained nor owed; positions %v, others %v\n%v", d.seed, lost, p.intervals, p.past, d.said)
		}
	}
}

// learn lets a state learn rows, of which none may be said to be gone.
func (d *debtors) learn(p *Positions, at []int64) {
	d.t.Helper()
	for _, offset := range at {
		p.add(offset)
	}
	if gone := p.pay(at); len(gone) > 0 {
		d.t.Fatalf("seed %d: %v was delivered and is said to be gone\n%v", d.seed, gone, d.said)
	}
}

// step lets one drawn thing happen to two states.
func (d *debtors) step() {
	r := d.random
	i := r.IntN(len(d.states))
	k := (i + 1 + r.IntN(len(d.states)-1)) % len(d.states)
	p, q := d.states[i], d.states[k]
	mine, others := accounted(p, debtTopic), accounted(q, debtTopic)
	switch r.IntN(5) {
	case 0, 1: // from what is owed first
		from := r.Int64N(debtRows)
		if first, due := p.firstDue(); due {
			from = first
		}
		at := offsets(from, min(debtRows-1, from+r.Int64N(5)))
		d.said = append(d.said, fmt.Sprintf("%d learns %v", i, at))
		d.learn(p, at)
		d.require(p, mine)
	case 2:
		d.said = append(d.said, fmt.Sprintf("%d gives %d up", i, k))
		p.owe(q)
		d.require(p, mine, others)
	case 3:
		if p.apart(q) && p.join(q) {
			d.said = append(d.said, fmt.Sprintf("%d joins %d", i, k))
			d.require(p, mine, others)
		}
	default:
		if debts := p.debts(); debts != nil && q.owesAll(debts) {
			d.paid++
			d.require(q, offsetSet{intervals: p.past[p.setAt(owedTopic+debtTopic)].set.intervals})
		}
		if q.covers(p) {
			d.said = append(d.said, fmt.Sprintf("%d takes %d over", i, k))
			d.states[i] = q.clone()
			d.require(d.states[i], mine)
			d.kept++
		}
	}
}

// TestWhatIsOwedIsKept: a message that was in a state is in what stays of it, or owed, or was
// told to be gone, whatever happens to the states. Once the source is set back, nothing is owed.
func TestWhatIsOwedIsKept(t *testing.T) {
	paid, kept := 0, 0
	for seed := range drawn.Seeds(4000) {
		d := &debtors{t: t, seed: seed, random: rand.New(rand.NewPCG(seed, 5))}
		for range 3 {
			d.states = append(d.states, &Positions{origin: Origin{Topic: debtTopic}})
		}
		for range 4 + d.random.IntN(14) {
			d.step()
		}
		for i, p := range d.states {
			if from, due := p.firstDue(); due {
				d.learn(p, offsets(from, debtRows-1))
				if len(p.Owed()) > 0 || p.lost() > 0 {
					t.Fatalf("seed %d: state %d was delivered all from %d on, and %v is owed, %d lost\n%v", seed, i, from, p.Owed(), p.lost(), d.said)
				}
			}
		}
		paid, kept = paid+d.paid, kept+d.kept
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
