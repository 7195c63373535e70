package evaluation_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
)

// memberRow is what a row cost a mixture and its members.
type memberRow struct {
	at  time.Time
	own float64
	of  []evaluation.MemberLoss
}

// memberRows draws rows of members a to e, some of which do not answer.
func memberRows(r *rand.Rand, n int) []memberRow {
	out := make([]memberRow, n)
	at := time.Unix(1_700_000_000, 0)
	for i := range out {
		out[i] = memberRow{at: at, own: r.ExpFloat64()}
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			one := evaluation.MemberLoss{Name: name, Weight: .2, Loss: r.ExpFloat64()}
			if r.IntN(4) == 0 {
				one.Loss = math.NaN()
			}
			out[i].of = append(out[i].of, one)
		}
		at = at.Add(time.Duration(r.IntN(5)) * time.Second)
	}
	return out
}

func newMembers(t *testing.T, role model.Role, halfLife float64, rows []memberRow) *evaluation.Members {
	t.Helper()
	m, err := evaluation.NewMembers(role, halfLife)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		m.Add(row.at, row.own, row.of)
	}
	return m
}

func encodedMembers(m *evaluation.Members) []byte {
	var w wire.Writer
	m.Encode(&w)
	return w.Bytes()
}

// TestMembersByTheFormula: weights of drawn rows are those of the sums that the comments
// define, worked out row by row here, where a member that sleeps costs what the mixture does.
func TestMembersByTheFormula(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e", "never seen"}
	for seed := range drawn.Seeds(20) {
		r := rand.New(rand.NewPCG(seed, 71))
		role := []model.Role{model.RoleClassification, model.RoleRegression}[seed%2]
		halfLife, floor := 1+50*r.Float64(), r.Float64()/2
		rows := memberRows(r, 200)
		sums, count := make([]float64, len(names)), 0.0
		for i, row := range rows {
			fade := math.Exp2(-float64(len(rows)-1-i) / halfLife)
			count += fade
			for k := range names {
				loss := row.own
				if k < len(row.of) && !math.IsNaN(row.of[k].Loss) {
					loss = row.of[k].Loss
				}
				sums[k] += fade * loss
			}
		}
		least := math.Inf(1)
		for _, s := range sums {
			least = min(least, s)
		}
		want, total := make([]float64, len(names)), 0.0
		for k, s := range sums {
			unit := 1.0
			if role == model.RoleRegression {
				unit = least / count
			}
			want[k] = math.Exp((least - s) / unit)
			total += want[k]
		}
		for k, got := range newMembers(t, role, halfLife, rows).Standings(names, floor) {
			w := (1-floor)*want[k]/total + floor/float64(len(names))
			if math.Abs(got.Weight-w) > 1e-9 || math.Abs(got.Loss-sums[k]/count) > 1e-9*(1+got.Loss) {
				t.Errorf("seed %d: %s stands at %+v, want weight %v and loss %v", seed, names[k], got, w, sums[k]/count)
			}
		}
	}
}

// TestMembersLaws: what is merged in any order is the same to rounding, merging nothing
// changes nothing, operands stay as they are, and bytes are read back exactly.
func TestMembersLaws(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e"}
	for seed := range drawn.Seeds(20) {
		r := rand.New(rand.NewPCG(seed, 72))
		role, halfLife := model.RoleClassification, []float64{0, 1, 30, 1e6}[r.IntN(4)]
		var parts []*evaluation.Members
		for range 3 {
			parts = append(parts, newMembers(t, role, halfLife, memberRows(r, r.IntN(400))))
		}
		before := fmt.Sprintf("%x", encodedMembers(parts[1]))
		merge := func(order ...int) *evaluation.Members {
			sum := newMembers(t, role, halfLife, nil)
			for _, i := range order {
				if err := sum.Merge(parts[i]); err != nil {
					t.Fatal(err)
				}
			}
			return sum
		}
		one, other := merge(0, 1, 2), merge(2, 0, 1)
		for k, got := range one.Standings(names, .01) {
			if want := other.Standings(names, .01)[k]; math.Abs(got.Weight-want.Weight) > 1e-9 {
				t.Errorf("seed %d: merged in another order %s stands at %+v, want %+v", seed, names[k], got, want)
			}
		}
		if one.Seen() != other.Seen() || len(one.Report().Steps) != len(other.Report().Steps) || len(one.Report().Steps) > 64 {
			t.Errorf("seed %d: the courses are of %v and %v rows in %d and %d steps", seed, one.Seen(), other.Seen(), len(one.Report().Steps), len(other.Report().Steps))
		}
		if after := fmt.Sprintf("%x", encodedMembers(parts[1])); after != before {
			t.Errorf("seed %d: merging changed its operand", seed)
		}
		same := parts[0].Clone()
		if err := same.Merge(newMembers(t, role, halfLife, nil)); err != nil || !bytes.Equal(encodedMembers(same), encodedMembers(parts[0])) {
			t.Errorf("seed %d: merging nothing changed something (%v)", seed, err)
		}
		data := encodedMembers(one)
		in := wire.NewReader(data)
		back := evaluation.DecodeMembers(in)
		if err := in.Close(); err != nil || !bytes.Equal(encodedMembers(back), data) {
			t.Errorf("seed %d: %v, or other bytes after they were read", seed, err)
		}
		for range 50 { // damage is an error or losses, and never a panic
			broken := bytes.Clone(data)
			broken[r.IntN(len(broken))] ^= 1 << r.IntN(8)
			evaluation.DecodeMembers(wire.NewReader(broken[:r.IntN(len(broken)+1)]))
		}
	}
}

// TestMembersRefuse: other settings are not merged, and what is no loss is not counted.
func TestMembersRefuse(t *testing.T) {
	m := newMembers(t, model.RoleRegression, 10, nil)
	for name, other := range map[string]*evaluation.Members{
		"role": newMembers(t, model.RoleClassification, 10, nil), "half-life": newMembers(t, model.RoleRegression, 11, nil),
	} {
		if err := m.Merge(other); err == nil {
			t.Errorf("another %s was merged", name)
		}
	}
	for _, halfLife := range []float64{-1, .5, 2e9, math.NaN(), math.Inf(1)} {
		if _, err := evaluation.NewMembers(model.RoleRegression, halfLife); err == nil {
			t.Errorf("half-life %v was taken", halfLife)
		}
	}
	for _, own := range []float64{math.NaN(), math.Inf(1), -1} {
		m.Add(time.Unix(1, 0), own, []evaluation.MemberLoss{{Name: "a", Loss: 1}})
	}
	m.Add(time.Unix(1, 0), 1, []evaluation.MemberLoss{{Name: "a", Loss: math.Inf(1)}, {Name: "b", Loss: 0}})
	if s := m.Standings([]string{"a", "b"}, 0); m.Seen() != 1 || s[0].Weight != 0 || s[1].Weight != 1 {
		t.Errorf("after one row of %v it is %+v", m.Seen(), s)
	}
	if s := (*evaluation.Members)(nil).Standings([]string{"a", "b"}, .1); s[0].Weight != .5 {
		t.Errorf("of nothing it is %+v", s)
	}
}
