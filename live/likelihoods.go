package live

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// likelihoods are those that the models of a project are fitted by, and when to look
// whether the point that their rows are expanded at is to be renewed.
type likelihoods struct {
	mu    sync.Mutex
	needs []model.LikelihoodNeed
	uses  []stats.LikelihoodUse // parallel to needs
	next  int64                 // rows learned at which to look again
}

// adopt takes over what models need and what frames are stored, and returns what rows are
// learned into from now on. Models that need the same share it.
func (l *likelihoods) adopt(needs []model.LikelihoodNeed, stored map[string][]byte) ([]stats.LikelihoodUse, error) {
	var single []model.LikelihoodNeed
	var uses []stats.LikelihoodUse
	known := map[string]bool{}
	for _, n := range needs {
		if known[n.Key] {
			continue
		}
		known[n.Key] = true
		use := stats.LikelihoodUse{LikelihoodSpec: n.LikelihoodSpec}
		if data := stored[project.LikelihoodRecord+n.Key]; data != nil {
			frame, err := decodeFrame(data)
			if err != nil {
				return nil, fmt.Errorf("stored likelihood %q: %w", n.Key, err)
			}
			use.Frame = frame
		}
		single, uses = append(single, n), append(uses, use)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(single) != len(l.needs) {
		l.next = 0
	}
	l.needs, l.uses = single, uses
	return uses, nil
}

// decodeFrame reads one frame and refuses bytes after it.
func decodeFrame(b []byte) (*stats.LikelihoodFrame, error) {
	r := wire.NewReader(b)
	f, err := stats.DecodeLikelihoodFrame(r)
	if err == nil {
		err = r.Close()
	}
	return f, err
}

// due returns what to look at now that so many rows were learned; nothing while a look,
// which costs a snapshot and a fit, would find little that is new.
func (l *likelihoods) due(rows int64) ([]model.LikelihoodNeed, []stats.LikelihoodUse) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.needs) == 0 || rows < l.next {
		return nil, nil
	}
	l.next = rows + rows/10 + 1
	return l.needs, l.uses
}

// longestGap is how many times the rows that a likelihood keeps may be learned between
// two looks while it has no frame: less than what it has room for.
const longestGap = 12

// looked sets when to look again at a likelihood without a frame, of which differing rows
// that many are kept: not before there can be too many, and less and less often where
// rows repeat.
func (l *likelihoods) looked(rows int64, use *stats.LikelihoodUse, differ int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	most := int64(use.Rows)
	gap := max(most-int64(differ), most/8) + 1
	if int64(differ) < most/2 { // few of the rows since the last look differ
		gap = max(gap, min(rows/10, longestGap*most-int64(differ)))
	}
	l.next = min(l.next, rows+gap)
}

// settle stores the frames of likelihoods whose rows have become too many to be kept as
// they are, and the points of those whose estimate has moved. It reports whether there
// was one, and returns errors of the store only.
func (f *binnings) settle(ctx context.Context, rows int64) (bool, error) {
	needs, uses := f.likelihoods.due(rows)
	if len(needs) == 0 {
		return false, nil
	}
	s, err := f.snapshots.get(0)
	if err != nil {
		f.builds.warnOnce(err)
		return false, nil
	}
	evidence, err := s.modelEvidence()
	if err != nil {
		f.builds.warnOnce(err)
		return false, nil
	}
	settled := false
	for i := range needs {
		of := evidence.Likelihoods.Of(needs[i].Key)
		if uses[i].Frame == nil {
			differ := 0
			if of != nil {
				differ = of.Rows.Len()
			}
			f.likelihoods.looked(rows, &uses[i], differ)
		}
		frame, err := needs[i].Settle(ctx, of, uses[i].Frame)
		if err != nil {
			if !errors.Is(err, model.ErrNotYet) && ctx.Err() == nil {
				f.builds.warnOnce(fmt.Errorf("likelihood of target %q: %w", needs[i].Target, err))
			}
			continue
		}
		if frame == nil {
			continue
		}
		w := wire.NewWriter(nil)
		frame.Encode(w)
		put := f.definitions.log.Put
		if uses[i].Frame == nil { // whoever stores first decides
			put = f.definitions.log.PutNew
		}
		if err := put(ctx, project.LikelihoodRecord+needs[i].Key, w.Bytes()); err != nil {
			return settled, err
		}
		settled = true
	}
	return settled, nil
}
