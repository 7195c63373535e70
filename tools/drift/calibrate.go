package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/rpconnect-sml/rpconnect-sml/drift"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// rates are shares of streams, by the name of the test, at 1 and 5 %.
type rates map[string][2]float64

// width is how many streams are attributes of one table, which is quicker than a table each.
const width = 20

// calibrate draws streams without a change and returns how often each test says that there is one. The recent rows come in tiles.
func calibrate(k kind, streams, reference, recent, tiles int, seed uint64) (rates, error) {
	hits, seen := map[string][2]int{}, map[string]int{}
	for at := 0; at < streams; at += width {
		rng := rand.New(rand.NewPCG(seed, uint64(at)))
		draws := make([]func() float64, width)
		for i := range draws {
			draws[i] = k.draw(rng)
		}
		report, err := compareOnce(k, draws, reference, recent, tiles)
		if err != nil {
			return nil, err
		}
		count := func(test string, p float64) {
			if p != p {
				return
			}
			h := hits[test]
			for i, alpha := range []float64{0.01, 0.05} {
				if p < alpha {
					h[i]++
				}
			}
			hits[test], seen[test] = h, seen[test]+1
		}
		for _, a := range report.Attributes {
			count("verdict", float64(a.P))
			for _, t := range a.Tests {
				count(t.Test, float64(t.P))
			}
		}
	}
	out := rates{}
	for test, h := range hits {
		out[test] = [2]float64{float64(h[0]) / float64(seen[test]), float64(h[1]) / float64(seen[test])}
	}
	return out, nil
}

// compareOnce learns the rows and compares them.
func compareOnce(k kind, draws []func() float64, reference, recent, tiles int) (*drift.Report, error) {
	l := layoutOf(k, len(draws))
	before, err := learn(k, l, draws, reference)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", k.name, err)
	}
	o := drift.Options{Alpha: 0.05}
	var now *stats.Summary
	for range max(tiles, 1) {
		tile, err := learn(k, l, draws, recent/max(tiles, 1))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k.name, err)
		}
		if tiles > 0 {
			o.Tiles = append(o.Tiles, tile)
		}
		if now == nil {
			now, _ = tile.Clone().(*stats.Summary)
		} else if err := now.Merge(tile); err != nil {
			return nil, fmt.Errorf("%s: %w", k.name, err)
		}
	}
	return drift.Compare(context.Background(), before, now, o)
}
