package live

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/adaptive"
	"github.com/rpconnect-sml/rpconnect-sml/stats/forest"
)

// pooling is a wrapper with pools of models that follow the stream.
type pooling interface {
	// Pools returns them. They must not be changed.
	Pools() []*adaptive.Pool
}

// evidenceOf reads what models are built from off the statistics of a project:
// the main summary, and on the way to it what the wrappers say that they have.
// It knows no wrapper by its type: each says by small interfaces what it can give.
// Collapsing may merge parts, so the result is kept with the snapshot.
func evidenceOf(whole stats.Additive) (*model.Evidence, error) {
	e := &model.Evidence{}
	for a := whole; ; {
		if d, ok := a.(stats.Detecting); ok {
			e.Detectors = d.Detectors()
		}
		if t, ok := a.(forest.Tallying); ok {
			e.Tally, e.Forests = t.Tally()
		}
		if p, ok := a.(pooling); ok {
			e.Pools = p.Pools()
		}
		if f, ok := a.(stats.Fitting); ok {
			e.Likelihoods = f.Likelihoods()
		}
		if f, ok := a.(stats.Folding); ok {
			for _, part := range f.FoldStatistics() {
				s, err := project.SummaryOf(part)
				if err != nil {
					return nil, err
				}
				e.Folds = append(e.Folds, s)
			}
		}
		if p, ok := a.(stats.Partitioned); ok {
			of, err := partitionOf(p)
			if err != nil {
				return nil, err
			}
			e.Partition = of
		}
		if s, ok := a.(*stats.Summary); ok {
			e.Summary = s
			return e, nil
		}
		c, ok := a.(stats.Collapser)
		if !ok {
			return nil, fmt.Errorf("%w: there is no summary in %s", stats.ErrIncompatible, stats.InWords(a))
		}
		inner, err := c.Collapse()
		if err != nil {
			return nil, err
		}
		a = inner
	}
}

// partitionOf collapses each part to its summary, in the order of the values.
func partitionOf(p stats.Partitioned) (*model.Partition, error) {
	attribute, values, parts := p.PartitionStatistics()
	out := &model.Partition{Attribute: attribute, Values: values}
	for _, part := range parts {
		s, err := project.SummaryOf(part)
		if err != nil {
			return nil, err
		}
		out.Summaries = append(out.Summaries, s)
	}
	return out, nil
}
