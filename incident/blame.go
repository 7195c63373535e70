package incident

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Bounds of what is kept of the attributes to blame.
const (
	mostOfAlarm    = 32    // attributes of one alarm
	mostOfIncident = 50    // attributes of an incident
	mostAmount     = 1e100 // beyond it an amount counts as this
	mostNameBytes  = 200   // of an attribute; longer names are cut
)

// amount is what an attribute has contributed.
type amount struct {
	name string
	sum  float64
}

// blame is what attributes have contributed to the scores of alarms, by name in order. What
// has no room under its name is in other.
type blame struct {
	list  []amount
	other float64
}

// blameOf takes the contributions to one alarm: the largest ones by their name.
func blameOf(contributions map[string]float64) blame {
	var b blame
	for name, x := range contributions {
		if math.IsNaN(x) || x == 0 {
			continue
		}
		if len(name) > mostNameBytes {
			name = strings.ToValidUTF8(name[:mostNameBytes], "")
		}
		b.list = append(b.list, amount{name, min(max(x, -mostAmount), mostAmount)})
	}
	slices.SortFunc(b.list, func(x, y amount) int {
		return cmp.Or(cmp.Compare(math.Abs(y.sum), math.Abs(x.sum)), strings.Compare(x.name, y.name), cmp.Compare(x.sum, y.sum))
	})
	for _, rest := range b.list[min(mostOfAlarm, len(b.list)):] {
		b.other += rest.sum
	}
	b.list = b.list[:min(mostOfAlarm, len(b.list))]
	slices.SortStableFunc(b.list, func(x, y amount) int { return strings.Compare(x.name, y.name) })
	for i := len(b.list) - 1; i > 0; i-- { // names that were cut may be the same
		if b.list[i].name == b.list[i-1].name {
			b.list[i-1].sum += b.list[i].sum
			b.list = slices.Delete(b.list, i, i+1)
		}
	}
	return b
}

// add adds the contributions to one more alarm.
func (b *blame) add(more blame) {
	b.other = bounded(b.other + more.other)
	for _, m := range more.list {
		at, found := slices.BinarySearchFunc(b.list, m.name, func(a amount, name string) int { return strings.Compare(a.name, name) })
		switch {
		case found:
			b.list[at].sum = bounded(b.list[at].sum + m.sum)
		case len(b.list) < mostOfIncident:
			b.list = slices.Insert(b.list, at, m)
		default:
			b.other = bounded(b.other + m.sum)
		}
	}
}

// bounded keeps a sum finite.
func bounded(x float64) float64 { return min(max(x, -math.MaxFloat64), math.MaxFloat64) }

// clone returns a copy that shares nothing.
func (b blame) clone() blame { return blame{slices.Clone(b.list), b.other} }

// shares returns the attributes that have raised scores, the largest first. What has
// lowered them on the whole is left out.
func (b blame) shares() []Share {
	out := []Share{}
	total := max(b.other, 0)
	for _, a := range b.list {
		total += max(a.sum, 0)
	}
	for _, a := range b.list {
		if a.sum > 0 {
			out = append(out, Share{Attribute: a.name, Sum: a.sum, Share: a.sum / bounded(total)})
		}
	}
	slices.SortStableFunc(out, func(x, y Share) int { return cmp.Compare(y.Sum, x.Sum) })
	return out
}
