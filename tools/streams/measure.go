package main

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats/adaptive"
)

// result is how a pool did on a stream: the accuracy and the log loss, or the mean absolute error
// and the share of rows within 95 % intervals.
type result struct{ score, loss, microseconds float64 }

// leastProbability bounds what a row costs in the log loss.
const leastProbability = 1e-4

// measure predicts each row, or each batch of rows, and then learns it.
func measure(s *stream, batch int, linear, detail bool) (result, error) {
	p, err := adaptive.New(adaptive.Spec{Key: "k", Target: "y", Linear: linear, Seed: 1})
	if err != nil {
		return result{}, err
	}
	var out adaptive.Prediction
	var r result
	start := cpu()
	for from := 0; from < s.rows.N; from += batch {
		if batch == 1 {
			p.TestThenTrain(s.layout, s.rows.Row(from), s.rows.RowCodes(from), 1, nil, &out)
			r.count(s, from, p.Classes(), &out)
			continue
		}
		block := s.rows.Select(from, min(from+batch, s.rows.N))
		for i := range block.N {
			p.Predict(s.layout, block.Row(i), block.RowCodes(i), &out)
			r.count(s, from+i, p.Classes(), &out)
		}
		p.Learn(s.layout, &block, nil)
	}
	n := float64(s.rows.N)
	r = result{score: r.score / n, loss: r.loss / n, microseconds: float64((cpu() - start).Microseconds()) / n}
	if !detail {
		return r, nil
	}
	text, err := json.Marshal(p.Report())
	if err != nil {
		return r, fmt.Errorf("report of %s: %w", s.name, err)
	}
	w := wire.NewWriter(nil)
	p.Encode(w)
	fmt.Println(string(text), len(w.Bytes()), "bytes")
	return r, nil
}

// count compares the prediction of a row with its target.
func (r *result) count(s *stream, i int, classes []string, out *adaptive.Prediction) {
	if s.isNumber() {
		y, mean := s.rows.Row(i)[s.inputs()], out.Mean
		if math.IsNaN(mean) {
			mean = 0
		}
		r.score += math.Abs(mean - y)
		if math.Abs(mean-y) <= 1.96*out.SD {
			r.loss++
		}
		return
	}
	truth := s.layout.Categorical[0].Label(s.rows.Codes[i])
	best, of := 0, 0.0
	for k, v := range out.Probabilities {
		if v > out.Probabilities[best] {
			best = k
		}
		if classes[k] == truth {
			of = v
		}
	}
	if len(out.Probabilities) > 0 && classes[best] == truth {
		r.score++
	}
	r.loss -= math.Log(max(of, leastProbability))
}
