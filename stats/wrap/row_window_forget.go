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

// Forget takes each row away from the newest tile that contains it. That the window does not
// contain one is an error: whether it has left the window or was never learned cannot be
// told, and one that was never learned must not be kept to be taken from a later one.
func (w *RowWindow) Forget(layout *stats.Layout, rows *stats.Rows) error {
	if err := rows.Validate(layout); err != nil {
		return err
	}
	return w.takeAll(rows.N, false, func(i int, from stats.Additive) error {
		row := rows.Select(i, i+1)
		return from.Forget(layout, &row)
	})
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
	theirs := o.keys()
	err = w.takeAll(len(theirs), w.full, func(i int, from stats.Additive) error { return from.Subtract(o.parts[theirs[i]]) })
	if err != nil {
		return err
	}
	w.filled = max(w.filled-o.filled, 0)
	return nil
}

// takeAll takes n things away that the window contains as a whole, each from the newest
// tile that contains it. It may have been in another one, with other rows of the same
// values, which then lacks it: where no tile contains one, all tiles become one. What the
// window does not contain is an error, or with dropped nothing to take away.
func (w *RowWindow) takeAll(n int, dropped bool, take func(i int, from stats.Additive) error) error {
	whole, err := w.collapse()
	if err != nil {
		return err
	}
	next, inTiles := w.clone(), true
	for i := range n {
		if err := take(i, whole); err != nil {
			if dropped {
				continue
			}
			return fmt.Errorf("window of rows, which has never had it or has it no more: %w", err)
		}
		inTiles = inTiles && next.takeNewest(func(part stats.Additive) error { return take(i, part) })
	}
	ages := w.keys()
	if w.parts = next.parts; !inTiles && len(ages) > 0 {
		newest := ages[0]
		w.parts = map[int64]stats.Additive{newest: whole}
		w.dropEmpty(newest)
	}
	return nil
}

// takeNewest takes something away from the newest part that contains it, and reports
// whether there is one.
func (k *keyed[K]) takeNewest(take func(part stats.Additive) error) bool {
	for _, age := range k.keys() {
		if take(k.parts[age]) == nil {
			k.dropEmpty(age)
			return true
		}
	}
	return false
}
