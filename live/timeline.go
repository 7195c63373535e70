package live

import (
	"slices"
	"sync"
	"time"
)

// scale is one resolution of a timeline: steps of a length, and how many are kept.
type scale struct {
	step time.Duration
	most int
}

// scales are from fine to coarse: five minutes, an hour and a day.
func scales() []scale {
	return []scale{{time.Second, 300}, {AlarmStep, int(lately / AlarmStep)}, {5 * time.Minute, 288}}
}

// ScoreStep is the scores of a stretch of time: how many, and the extremes.
type ScoreStep struct {
	At        time.Time `json:"at"`
	Scores    int       `json:"scores"`
	Anomalies int       `json:"anomalies"`
	Low       float64   `json:"low"`
	High      float64   `json:"high"`
	Mean      float64   `json:"mean"`
	// Threshold and Lower are those that applied to the last score, nil for none.
	Threshold *float64 `json:"threshold"`
	Lower     *float64 `json:"threshold_lower,omitempty"`
	// Top is the row of the highest score, Bottom that of the lowest where it is an
	// anomaly. Of a large batch only the row of the highest score is looked at.
	Top    *RecentScore `json:"top,omitempty"`
	Bottom *RecentScore `json:"bottom,omitempty"`

	sum float64
}

// add counts a score.
func (s *ScoreStep) add(score float64, q *quality) {
	if s.Scores == 0 {
		s.Low, s.High = score, score
	}
	s.Low, s.High = min(s.Low, score), max(s.High, score)
	s.Scores++
	s.sum += score
	if q.isAnomaly {
		s.Anomalies++
	}
	s.Threshold, s.Lower = nil, nil
	if q.hasThreshold {
		upper := q.threshold
		s.Threshold = &upper
		if isFinite(q.lower) {
			lower := q.lower
			s.Lower = &lower
		}
	}
}

// show keeps a row when its score is an extreme of the step.
func (s *ScoreStep) show(one *RecentScore, anomaly bool) {
	if s.Top == nil || one.Score > s.Top.Score {
		s.Top = one
	}
	if anomaly && s.Threshold != nil && one.Score < *s.Threshold && (s.Bottom == nil || one.Score < s.Bottom.Score) {
		s.Bottom = one
	}
}

// timeline is the scores of a model in this process by when they were given, in
// several resolutions. Its memory is bounded however many scores there are.
type timeline struct {
	mu    sync.Mutex
	steps [][]ScoreStep // by scale, oldest first; steps without scores are left out
}

// add counts the scores of a batch, of which some rows are shown. Judged is parallel
// to scores, and so is shown, whose rows may be nil.
func (t *timeline) add(at time.Time, scores []float64, judged []quality, shown []*RecentScore) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for k, s := range scales() {
		var step *ScoreStep
		for i, x := range scores {
			if !isFinite(x) {
				continue
			}
			if step == nil {
				step = t.at(k, s, at)
			}
			step.add(x, &judged[i])
			if shown[i] != nil {
				step.show(shown[i], judged[i].isAnomaly)
			}
		}
	}
}

// at returns the step of a time, which is that of the newest one or after it.
func (t *timeline) at(k int, s scale, at time.Time) *ScoreStep {
	if t.steps == nil {
		t.steps = make([][]ScoreStep, len(scales()))
	}
	begin, all := at.Truncate(s.step).UTC(), t.steps[k]
	if n := len(all); n > 0 && !begin.After(all[n-1].At) {
		return &all[n-1] // a clock that was put back does not make a new step
	}
	if len(all) == s.most {
		all = slices.Delete(all, 0, 1)
	}
	t.steps[k] = append(all, ScoreStep{At: begin})
	return &t.steps[k][len(t.steps[k])-1]
}

// read returns the steps from a time on, by the finest scale that reaches as far
// back.
func (t *timeline) read(now time.Time, span time.Duration) ScoreTimeline {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := scales()
	k := slices.IndexFunc(all, func(s scale) bool { return s.step*time.Duration(s.most) >= span })
	if k < 0 {
		k = len(all) - 1
	}
	out := ScoreTimeline{Seconds: all[k].step.Seconds(), From: now.Add(-span).UTC(), To: now.UTC(), Steps: []ScoreStep{}}
	if t.steps == nil {
		return out
	}
	for _, s := range t.steps[k] {
		if s.At.Add(all[k].step).After(out.From) {
			s.Mean = s.sum / float64(s.Scores)
			out.Steps = append(out.Steps, s)
		}
	}
	return out
}

// ScoreTimeline is the scores that this process has given with a model, by when. Steps
// without scores are left out.
type ScoreTimeline struct {
	// Seconds is how long a step is.
	Seconds float64     `json:"seconds"`
	From    time.Time   `json:"from"`
	To      time.Time   `json:"to"`
	Steps   []ScoreStep `json:"steps"`
}
