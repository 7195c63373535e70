package live

import (
	"sync"
	"time"
)

// Steps of a pace.
const (
	paceStep  = 5 * time.Second
	paceSteps = 60
)

// pace is how many rows this process has learned of a project in each of the last
// steps.
type pace struct {
	mu   sync.Mutex
	last time.Time // the newest step
	rows [paceSteps]int
}

// add counts rows.
func (p *pace) add(at time.Time, rows int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.turn(at)
	p.rows[paceSteps-1] += rows
}

// turn moves the newest step to a time.
func (p *pace) turn(at time.Time) {
	begin := at.Truncate(paceStep)
	steps := int(min(max(begin.Sub(p.last)/paceStep, 0), paceSteps))
	if steps == 0 {
		return
	}
	copy(p.rows[:], p.rows[steps:])
	clear(p.rows[paceSteps-steps:])
	p.last = begin
}

// read returns rows per second in each step, oldest first; the newest is not over.
func (p *pace) read(now time.Time) []float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.turn(now)
	out := make([]float64, paceSteps)
	for i, n := range p.rows {
		out[i] = float64(n) / paceStep.Seconds()
	}
	if took := now.Sub(p.last).Seconds(); took >= 1 {
		out[paceSteps-1] = float64(p.rows[paceSteps-1]) / took
	} else {
		out[paceSteps-1] = out[paceSteps-2]
	}
	return out
}
