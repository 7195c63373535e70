package live

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"sync"
	"time"
)

// Bounds of what is remembered of the scores of a model, per process.
const (
	recentScores  = 512  // in the order of scoring
	topScores     = 20   // the highest since the process started
	perPiece      = 16   // of one batch, so that a large one costs no more
	maxRemembered = 4096 // bytes of a document; a larger one is left out
)

// RecentScore is a score as it was given to a row.
type RecentScore struct {
	At time.Time `json:"at"`
	// Score is also in Result, which is what sml_score wrote.
	Score  float64         `json:"score"`
	Result json.RawMessage `json:"result"`
	// Document is the row, when it was JSON of at most 4096 bytes.
	Document json.RawMessage `json:"document,omitempty"`
}

// RecentScores are the last scores of a model in this process, oldest first,
// and the highest, highest first. Of a large batch evenly chosen rows are
// kept and its highest score, so that Recent is a sample of what was scored.
type RecentScores struct {
	Recent []RecentScore `json:"recent"`
	Top    []RecentScore `json:"top"`
}

// recentRing is what RecentScores are read off.
// next is where the oldest score stands once the ring is full; top is in descending
// order. mu guards all of them.
type recentRing struct {
	mu   sync.Mutex
	ring []RecentScore
	next int
	top  []RecentScore
}

// add remembers some of the scored messages; scores and results are parallel
// to them, the first result being that of index from.
// Documents and results are copied, as their memory is used again for the next batch.
// It returns what is remembered, parallel to the scores, nil for the others.
func (r *recentRing) add(at time.Time, messages []Message, scores []float64, results *Results, from int) []*RecentScore {
	step := max(1, len(scores)/perPiece)
	highest := -1
	for i, x := range scores {
		if !math.IsNaN(x) && (highest < 0 || x > scores[highest]) {
			highest = i
		}
	}
	if highest < 0 {
		return nil
	}
	shown := make([]*RecentScore, len(scores))
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, x := range scores {
		if math.IsNaN(x) || i != highest && i%step != 0 {
			continue
		}
		s := RecentScore{At: at, Score: x, Result: bytes.Clone(results.JSON(from + i))}
		if data := messages[i].Data; len(data) > 0 && len(data) <= maxRemembered && json.Valid(data) {
			s.Document = bytes.Clone(data)
		}
		r.put(s)
		shown[i] = &s
	}
	return shown
}

// put adds one score; the lock is held.
// It costs a search in at most 20 scores, and nothing is moved for most.
func (r *recentRing) put(s RecentScore) {
	if len(r.ring) < recentScores {
		r.ring = append(r.ring, s)
	} else {
		r.ring[r.next] = s
		r.next = (r.next + 1) % recentScores
	}
	if len(r.top) == topScores && s.Score <= r.top[topScores-1].Score {
		return
	}
	at, _ := slices.BinarySearchFunc(r.top, s, func(a, b RecentScore) int {
		if a.Score >= b.Score {
			return -1
		}
		return 1
	})
	r.top = slices.Insert(r.top, at, s)
	r.top = r.top[:min(len(r.top), topScores)]
}

// read returns copies of both lists, the ring unrolled from its oldest score on.
func (r *recentRing) read() *RecentScores {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := &RecentScores{Recent: make([]RecentScore, 0, len(r.ring)), Top: append([]RecentScore{}, r.top...)}
	out.Recent = append(append(out.Recent, r.ring[r.next:]...), r.ring[:r.next]...)
	return out
}
