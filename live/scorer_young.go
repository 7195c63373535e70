package live

import (
	"context"

	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// scoreYoung scores a batch of a young project, test then train within the
// batch: the rows are learned into a private copy that is dropped afterwards.
// What the schema lacks is added for the copy only.
// A first batch of thousands of rows would otherwise be scored by a model of nothing.
// Pieces grow with the rows, so the number of builds is a logarithm of the batch.
func (s *Scorer) scoreYoung(ctx context.Context, w *scoring, messages []Message) error {
	d, err := s.project.definitions.model(s.settings.Model)
	if err != nil {
		return err
	}
	snapshot, err := s.project.snapshots.get(0)
	if err != nil {
		return err
	}
	private, err := snapshot.private()
	if err != nil {
		return err
	}
	ahead, err := w.reader.readAhead(s.project.schemas, s.project.learner.settler, messages)
	if err != nil {
		return err
	}
	layout, expansions := ahead.layout, ahead.schema.Expansions()
	w.layout = layout
	rows := &w.reader.rows
	if err := private.Learn(layout, &stats.Rows{Numeric: rows.Numeric, Categorical: rows.Categorical}); err != nil {
		return err
	}
	for from := 0; from < len(messages); {
		evidence, err := evidenceOf(private)
		if err != nil {
			return err
		}
		evidence.Expansions = expansions
		built, err := buildOn(ctx, s.project.home, d, evidence)
		if err != nil {
			s.refuse(w, messages[from:], err)
			return nil
		}
		to := min(len(messages), from+max(1, int(youngGrowth*private.Weight())))
		if err := s.scorePiece(ctx, built, w, messages, from, to); err != nil {
			return err
		}
		if err := w.reader.learnInto(private, layout, from, to); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// readAhead reads the batch under a schema that has all it brings.
// Nothing of it is stored; the learner agrees on the schema when it learns the rows.
func (b *batchReader) readAhead(schemas *schemas, settler *settler, messages []Message) (*settled, error) {
	current, limits := schemas.current.Load(), schemas.encoding.Load().rules.Limits()
	s := current.schema
	_, err := b.readAll(s, messages, func(growth schema.Growth) (*schema.Schema, error) {
		s, _ = s.Grow(growth, limits)
		return s, nil
	})
	if err != nil {
		return nil, err
	}
	if s = settler.settleAhead(b, s, limits, messages); s == current.schema {
		return current, nil
	}
	return settle(s), nil
}

// learnInto learns the rows of messages [from, to).
// Rows are in the order of their messages, so those of a range are neighbours.
func (b *batchReader) learnInto(a stats.Additive, layout *stats.Layout, from, to int) error {
	first, last := noRow, noRow
	for _, row := range b.rowOf[from:to] {
		if row == noRow {
			continue
		}
		if first == noRow {
			first = row
		}
		last = row
	}
	if first == noRow {
		return nil
	}
	piece := b.rows.Select(first, last+1)
	return a.Learn(layout, &piece)
}
