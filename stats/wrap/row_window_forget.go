package wrap

import (
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Rows have no times here, so it is not known in which tile a row to forget is. A
// statistic of rows to forget, which is to be subtracted from one of rows, therefore keeps
// them singly, each in a tile of a negative age: that of the newest is the least. It keeps
// as many as a window can hold.

// learnForgotten keeps rows to forget.
func (w *RowWindow) learnForgotten(layout *stats.Layout, rows *stats.Rows) error {
	for i := range rows.N {
		row := rows.Select(i, i+1)
		row.Forgotten = true
		if err := w.learn(layout, map[int64]*stats.Rows{w.nextForgotten(): &row}); err != nil {
			return err
		}
	}
	w.boundForgotten()
	return nil
}

// nextForgotten returns the age of the next row to forget.
func (w *RowWindow) nextForgotten() int64 {
	least := int64(0)
	for age := range w.parts {
		least = min(least, age)
	}
	return least - 1
}

// boundForgotten drops rows to forget that are more than a window can hold, the oldest
// first, and counts the ages of the others from -1 on.
func (w *RowWindow) boundForgotten() {
	var ages []int64 // the oldest first
	for age := range w.parts {
		if age < 0 {
			ages = append(ages, age)
		}
	}
	most := w.rows + w.size()
	if len(ages) <= most {
		return
	}
	slices.Sort(ages)
	slices.Reverse(ages)
	next := make(map[int64]stats.Additive, len(w.parts))
	for age, part := range w.parts {
		if age >= 0 {
			next[age] = part
		}
	}
	for i, age := range ages[len(ages)-most:] {
		next[int64(-1-i)] = w.parts[age]
	}
	w.parts = next
}

// Forget takes each row away from the newest tile that contains it. Rows that have left
// the window are forgotten already, so that none contains them is an error only while the
// window has dropped nothing.
func (w *RowWindow) Forget(layout *stats.Layout, rows *stats.Rows) error {
	if err := rows.Validate(layout); err != nil {
		return err
	}
	next := w.clone()
	for i := range rows.N {
		row := rows.Select(i, i+1)
		gone := next.takeNewest(func(part stats.Additive) error { return part.Forget(layout, &row) })
		if !gone && !w.full {
			return fmt.Errorf("%w: row %d is not in the window", stats.ErrNotLearned, i)
		}
	}
	w.parts = next.parts
	return nil
}

// Merge puts tiles of the same age together. Rows to forget stay single.
func (w *RowWindow) Merge(other stats.Additive) error {
	o, err := w.operand(other)
	if err != nil {
		return err
	}
	tiles := keyed[int64]{maker: o.maker, parts: map[int64]stats.Additive{}}
	next := w.nextForgotten()
	for _, age := range slices.Backward(o.keys()) {
		if age >= 0 {
			tiles.parts[age] = o.parts[age]
			continue
		}
		tiles.parts[next] = o.parts[age]
		next--
	}
	if err := w.merge(&tiles); err != nil {
		return err
	}
	w.filled += o.filled
	w.full = w.full || o.full
	w.boundForgotten()
	return nil
}

// Subtract takes what the tiles of the other hold, one after the other, from the newest
// tile that contains it. What the window does not contain has left it, so that is an error
// only while the window has dropped nothing.
func (w *RowWindow) Subtract(other stats.Additive) error {
	o, err := w.operand(other)
	if err != nil {
		return err
	}
	next := w.clone()
	for _, theirs := range o.keys() {
		gone := o.parts[theirs]
		if !next.takeNewest(func(part stats.Additive) error { return part.Subtract(gone) }) && !w.full && gone.Weight() > 0 {
			return fmt.Errorf("%w: rows of weight %v are not in the window", stats.ErrNotLearned, gone.Weight())
		}
	}
	w.parts = next.parts
	w.filled = max(w.filled-o.filled, 0)
	return nil
}

// takeNewest takes something away from the newest part that contains it, and reports
// whether there is one. A part may have lost rows of the same values to an earlier one that
// was in another part: then parts are put together, from the newest on, as far as needed.
func (k *keyed[K]) takeNewest(take func(part stats.Additive) error) bool {
	ages := k.keys()
	for _, age := range ages {
		if take(k.parts[age]) == nil {
			k.dropEmpty(age)
			return true
		}
	}
	if len(ages) < 2 {
		return false
	}
	together := k.parts[ages[0]].Clone()
	for i, age := range ages[1:] {
		if together.Merge(k.parts[age]) != nil {
			return false
		}
		if left := together.Clone(); take(left) == nil {
			k.parts[ages[0]] = left
			for _, merged := range ages[1 : i+2] {
				delete(k.parts, merged)
			}
			k.dropEmpty(ages[0])
			return true
		}
	}
	return false
}
