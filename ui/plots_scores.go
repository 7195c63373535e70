package ui

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// shownQuantiles are those of all scores that are drawn beside the last ones.
var shownQuantiles = []float64{0.95, 0.98, 0.99}

// plotScores reads which label is shown and which value of it is usual.
func plotScores(p *param.Reader) handler {
	label := labelOf(p)
	usual := p.Text("usual", param.Optional, "The value of the label that is not an anomaly; rows of others are ringed.")
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		p, err := a.project(ctx, r)
		if err != nil {
			return nil, err
		}
		scores, err := p.Scores().Recent(ctx, r.part("model"))
		if err != nil {
			return nil, err
		}
		quantiles, err := p.Scores().Quantiles(ctx, r.part("model"), shownQuantiles)
		if err != nil {
			return nil, err
		}
		return drawScores(scores.Recent, labelled(scores.Recent, label, false), usual, quantiles), nil
	}
}

// scoreCloud is what a score is drawn as.
type scoreCloud struct {
	frame
	c      *canvas
	ringed bool
}

// drawScores draws scores in the order in which they were given; quantiles are
// parallel to shownQuantiles, nil when there are none yet.
func drawScores(recent []live.RecentScore, labels []shownScore, usual string, quantiles []float64) *Response {
	s := scoreCloud{
		frame: frame{left: 60, top: 30, right: 1000, bottom: 330, xhi: float64(max(1, len(recent)-1))},
		c:     newCanvas(1090, 380, "The last scores, the thresholds and the quantiles of all scores"),
	}
	for _, one := range recent {
		s.ylo, s.yhi = min(s.ylo, one.Score), max(s.yhi, one.Score)
		for _, t := range judge(one).bounds() {
			s.ylo, s.yhi = min(s.ylo, t), max(s.yhi, t)
		}
	}
	s.c.yAxis(s.frame)
	s.times(recent)
	for k, q := range quantiles {
		s.band(q, fmt.Sprintf("%g %%", 100*shownQuantiles[k]))
	}
	s.thresholds(recent)
	for i, one := range recent {
		s.score(i, one, labels[i], usual)
	}
	s.legend()
	return s.c.response()
}

// times writes when the scores were given, which is not in equal steps.
func (s *scoreCloud) times(recent []live.RecentScore) {
	c, x := s.c, s.x()
	c.line(s.left, s.bottom, s.right, s.bottom, "currentColor", "")
	if len(recent) < 2 {
		return
	}
	const parts, short = 6, 10 * time.Second
	when := func(at time.Time) string { return at.UTC().Format(time.TimeOnly) }
	if recent[len(recent)-1].At.Sub(recent[0].At) < short {
		when = func(at time.Time) string { return at.UTC().Format("15:04:05.00") }
	}
	for k := range parts + 1 {
		i := k * (len(recent) - 1) / parts
		anchor := "middle"
		if k == 0 {
			anchor = "start"
		}
		c.text(x(float64(i)), s.bottom+16, anchor, 0, when(recent[i].At))
	}
	c.note((s.left+s.right)/2, s.bottom+36, "middle", fmt.Sprintf("the last %d scores, oldest first; time in UTC", len(recent)))
}

func (s *scoreCloud) band(at float64, name string) {
	if math.IsNaN(at) || at < s.ylo || at > s.yhi {
		return
	}
	y := s.y()(at)
	s.c.line(s.left, y, s.right, y, "currentColor", "1 4")
	s.c.note(s.right+6, y+4, "start", name)
}

// thresholds draws the upper and the lower one as they were when each row was
// scored.
func (s *scoreCloud) thresholds(recent []live.RecentScore) {
	x, y := s.x(), s.y()
	var upper, lower [][2]float64
	for i, one := range recent {
		j := judge(one)
		if j.Threshold != nil {
			upper = append(upper, [2]float64{x(float64(i)), y(*j.Threshold)})
		}
		if j.Lower != nil && *j.Lower != 0 {
			lower = append(lower, [2]float64{x(float64(i)), y(*j.Lower)})
		}
	}
	for _, line := range [][][2]float64{upper, lower} {
		if len(line) > 1 {
			s.c.path(line, colourOther)
		}
	}
}

func (s *scoreCloud) score(i int, one live.RecentScore, label shownScore, usual string) {
	judged := judge(one)
	colour, radius := colourMain, 2.2
	if judged.IsAnomaly {
		colour, radius = colourAlarm, 3.2
	}
	title := one.At.UTC().Format(time.TimeOnly) + ", score " + number(one.Score)
	if judged.Quantile != nil {
		title += fmt.Sprintf(", above %.2f %% of those before", 100**judged.Quantile)
	}
	x, y := s.x()(float64(i)), s.y()(one.Score)
	if label.Label != nil {
		title += ", label " + string(label.Label)
		if usual != "" && plain(label.Label) != usual {
			s.ringed = true
			s.c.ring(x, y, 5)
		}
	}
	s.c.dot(x, y, radius, colour, title)
}

// plain is a JSON value as one types it.
func plain(label json.RawMessage) string {
	text := strings.TrimSpace(string(label))
	if s, err := strconv.Unquote(text); err == nil {
		return s
	}
	return text
}

func (s *scoreCloud) legend() {
	c := s.c
	x, y := s.left, s.top-14
	entry := func(width float64, draw func(), text string) {
		draw()
		c.note(x+12, y+4, "start", text)
		x += width
	}
	entry(80, func() { c.dot(x+4, y, 2.2, colourMain, "") }, "score")
	entry(95, func() { c.dot(x+4, y, 3.2, colourAlarm, "") }, "anomaly")
	entry(105, func() { c.line(x-2, y, x+9, y, colourOther, "") }, "threshold")
	entry(170, func() { c.line(x-2, y, x+9, y, "currentColor", "1 3") }, "quantiles of all scores")
	if s.ringed {
		entry(0, func() { c.ring(x+4, y, 5) }, "true anomaly by its label")
	}
}
