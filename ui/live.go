package ui

import (
	"context"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// live is how a project is doing.
type liveAnswer struct {
	Project string  `json:"project"`
	Rows    float64 `json:"rows"`
	// RowsPerSecond is measured between requests, over the last ten seconds
	// or so; 0 at the first.
	RowsPerSecond float64          `json:"rows_per_second"`
	AsOf          time.Time        `json:"as_of"`
	Staleness     float64          `json:"staleness"` // seconds
	Learning      bool             `json:"learning"`
	Writable      bool             `json:"writable"`
	Shards        []live.ShardInfo `json:"shards"`
	Models        []live.ModelInfo `json:"models"`
	Parts         []string         `json:"parts"` // kept beside the main statistics
	Keyed         bool             `json:"keyed"` // some are kept per key
}

// shared is how old a snapshot may be from which pages that ask at the same time
// are answered together.
const shared = 250 * time.Millisecond

// Times between the samples that a rate is measured with.
const (
	sampleEvery = 500 * time.Millisecond
	sampleCount = 20
)

// rate measures how fast a number grows, from a few samples of it.
type rate struct {
	at   []time.Time
	rows []float64
}

// add takes a sample and returns the growth per second since the oldest.
func (r *rate) add(at time.Time, rows float64) float64 {
	n := len(r.at)
	if n == 0 || at.Sub(r.at[n-1]) >= sampleEvery {
		r.at, r.rows = append(r.at, at), append(r.rows, rows)
		if len(r.at) > sampleCount {
			r.at, r.rows = r.at[1:], r.rows[1:]
		}
	}
	took := at.Sub(r.at[0]).Seconds()
	if took <= 0 {
		return 0
	}
	return max(0, (rows-r.rows[0])/took)
}

func serveLive(ctx context.Context, a *API, r *Request) (*Response, error) {
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	info, err := p.InfoWithin(ctx, shared)
	if err != nil {
		return nil, err
	}
	out := liveAnswer{
		Project: info.Project, Rows: info.Rows, AsOf: info.AsOf, Staleness: info.Staleness, Learning: p.Learning(), Writable: a.options.Writable,
		Shards: append([]live.ShardInfo{}, info.Shards...), Models: info.Models, Parts: []string{}, Keyed: p.Keys().Kept(),
	}
	for _, held := range info.Held {
		if held.Part != "" {
			out.Parts = append(out.Parts, held.Part)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.rates[info.Project] == nil {
		a.rates[info.Project] = &rate{}
	}
	out.RowsPerSecond = a.rates[info.Project].add(a.options.Now(), info.Rows)
	return answer(out), nil
}
