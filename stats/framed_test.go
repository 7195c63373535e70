package stats

import (
	"errors"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

func lawFrameSet() *FrameSet {
	set := &FrameSet{}
	if err := set.Settle(lawFrames()); err != nil {
		panic(err) // of the test's own frames
	}
	return set
}

func decodeAs(t *testing.T, maker Maker, bytes string) Additive {
	t.Helper()
	r := wire.NewReader([]byte(bytes))
	a, err := maker.Decode(r)
	if err == nil {
		err = r.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestFramedIsStoredAsBefore: without frames the bytes are those of the inner
// statistic, so that what was stored before frames were settled is read.
func TestFramedIsStoredAsBefore(t *testing.T) {
	rows := lawRows(3, 30)
	for _, inner := range []Maker{SummaryMaker{}, FoldsMaker{Inner: SummaryMaker{}, K: 2}, PartitionMaker{Inner: SummaryMaker{}, Attribute: "kind"}} {
		plain := encoded(learned(t, inner, rows))
		if got := encoded(learned(t, FramedMaker{Inner: inner, Frames: &FrameSet{}}, rows)); got != plain {
			t.Errorf("%T: %d bytes differ from %d", inner, len(got), len(plain))
		}
		f := decodeAs(t, FramedMaker{Inner: inner, Frames: lawFrameSet()}, plain).(*Framed)
		if f.Detectors() != nil {
			t.Errorf("%T: counts from bytes that have none", inner)
		}
		if err := f.Learn(lawLayout(), rows); err != nil {
			t.Fatal(err)
		}
		if got := f.Detectors().Weight(); got != f.Weight()/2 {
			t.Errorf("%T: %v of %v are counted, want the half since the frames came", inner, got, f.Weight())
		}
		again := decodeAs(t, FramedMaker{Inner: inner}, encoded(f))
		requireSame(t, "decoded", f, again, 0)
		requireSameDetectors(t, "decoded", f, again)
	}
}

// TestFramedFollows: a statistic takes on frames and drops them as its set
// does, keeps those that the set never had, and a refused block changes nothing.
func TestFramedFollows(t *testing.T) {
	frames := lawFrames()
	set := &FrameSet{}
	a, err := (FramedMaker{Inner: SummaryMaker{}, Frames: set}).New()
	if err != nil {
		t.Fatal(err)
	}
	f := a.(*Framed)
	learn := func() {
		t.Helper()
		if err := f.Learn(lawLayout(), lawRows(4, 10)); err != nil {
			t.Fatal(err)
		}
	}
	settle := func(frames ...Frame) {
		t.Helper()
		if err := set.Settle(frames); err != nil {
			t.Fatal(err)
		}
	}
	learn()
	settle(frames[0])
	bad := lawRows(1, 2)
	bad.Values = bad.Values[:1]
	if err := f.Learn(lawLayout(), bad); err == nil || f.Detectors() != nil {
		t.Errorf("a block of a wrong size gives %v and counts %v", err, f.Detectors())
	}
	learn()
	settle(frames[0], frames[1])
	learn()
	weight := func(i int) float64 { _, w, _ := f.Detectors().Counts(frames[i].ID()); return w }
	third := f.Weight() / 3
	if weight(0) != 2*third || weight(1) != third {
		t.Errorf("frames have seen %v and %v of %v", weight(0), weight(1), f.Weight())
	}
	foreign := learned(t, FramedMaker{Inner: SummaryMaker{}, Frames: lawFrameSet()}, lawRows(5, 10))
	if err := f.Merge(foreign); err != nil {
		t.Fatal(err)
	}
	settle(frames[1])
	learn()
	if got := f.Detectors().Frames(); len(got) != 2 || weight(0) != 0 || weight(1) != 2*third+foreign.Weight() || weight(2) == 0 {
		t.Errorf("frames %v with %v, %v, %v", got, weight(0), weight(1), weight(2))
	}
}

// TestFramedForgetsOlder: rows from before the frames can be forgotten.
func TestFramedForgetsOlder(t *testing.T) {
	set := &FrameSet{}
	maker := FramedMaker{Inner: SummaryMaker{}, Frames: set}
	old, recent := lawRows(6, 20), lawRows(7, 5)
	f := learned(t, maker, old).(*Framed)
	if err := set.Settle(lawFrames()); err != nil {
		t.Fatal(err)
	}
	if err := f.Learn(lawLayout(), recent); err != nil {
		t.Fatal(err)
	}
	if err := f.Forget(lawLayout(), old); err != nil {
		t.Fatal(err)
	}
	if f.Detectors().Weight() != 0 {
		t.Errorf("counts of %v rows are left", f.Detectors().Weight())
	}
	if err := f.Forget(lawLayout(), old); !errors.Is(err, ErrNotLearned) {
		t.Errorf("forgetting again says %v", err)
	}
	if err := f.Merge(&Summary{}); !errors.Is(err, ErrIncompatible) {
		t.Errorf("merging a summary says %v", err)
	}
}
