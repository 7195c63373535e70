package main

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats/adaptive"
)

// result is how a pool did on a stream.
type result struct{ accuracy, loss, microseconds float64 }

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
	count := func(i int) {
		if s.isNumber() {
			y := s.rows.Row(i)[s.inputs()]
			if math.IsNaN(out.Mean) {
				out.Mean = 0
			}
			r.accuracy += math.Abs(out.Mean - y)
			if math.Abs(out.Mean-y) <= 1.96*out.SD {
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
			if p.Classes()[k] == truth {
				of = v
			}
		}
		if len(out.Probabilities) > 0 && p.Classes()[best] == truth {
			r.accuracy++
		}
		r.loss -= math.Log(max(of, leastProbability))
	}
	start := time.Now()
	for from := 0; from < s.rows.N; from += batch {
		if batch == 1 {
			p.TestThenTrain(s.layout, s.rows.Row(from), s.rows.RowCodes(from), 1, nil, &out)
			count(from)
			continue
		}
		block := s.rows.Select(from, min(from+batch, s.rows.N))
		for i := range block.N {
			p.Predict(s.layout, block.Row(i), block.RowCodes(i), &out)
			count(from + i)
		}
		p.Learn(s.layout, &block, nil)
	}
	n := float64(s.rows.N)
	r.microseconds = float64(time.Since(start).Microseconds()) / n
	r.accuracy, r.loss = r.accuracy/n, r.loss/n
	if detail {
		text, err := json.Marshal(p.Report())
		if err != nil {
			return r, err
		}
		w := wire.NewWriter(nil)
		p.Encode(w)
		fmt.Println(string(text), len(w.Bytes()), "bytes")
	}
	return r, nil
}
