//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// bound is what means may differ by, relative to the larger of mean and
// standard deviation, and co-moments, relative to sqrt(Cii Cjj): what
// docs/chaos.md promises for precision double; extended keeps about 1e-14.
const bound = 1e-12

// outcome is what the processes have left in the store.
type outcome struct {
	rows      [partitions]int64 // weight per shard
	positions [partitions][]state.Interval
	owed      [partitions][]state.Interval // to be delivered again
	versions  uint64
	summary   *stats.Summary
	schema    []live.AttributeInfo
	grown     grown
	forests   int
}

// readOutcome reads the final state as any reader of the product does.
func readOutcome(ctx context.Context, store state.Store) (*outcome, error) {
	settings := live.Settings{Project: projectName, Prefix: prefix}
	handle, err := live.NewTable().Open(&live.Scope{}, settings, store, "outcome", quiet{})
	if err != nil {
		return nil, err
	}
	defer handle.Close(ctx)
	o := &outcome{}
	if o.summary, err = handle.Project().Summary(ctx, ""); err != nil {
		return nil, err
	}
	info, err := handle.Project().Info(ctx)
	if err != nil {
		return nil, err
	}
	o.schema = info.Schema
	stored, err := project.Open(ctx, store, prefix, projectName)
	if err != nil {
		return nil, err
	}
	if err := o.readShards(ctx, stored); err != nil {
		return nil, err
	}
	return o, nil
}

// partitionOf returns the partition that a shard is of.
func partitionOf(id string) (int, error) {
	name, found := strings.CutPrefix(id, topic+"/")
	p, err := strconv.Atoi(name)
	if !found || err != nil || p < 0 || p >= partitions {
		return 0, fmt.Errorf("shard %q is of no partition of topic %q", id, topic)
	}
	return p, nil
}

// compare fills in the part of the report that decides.
func compare(r *report, t *truth, o *outcome) {
	for p := range partitions {
		r.Produced += t.produced[p]
		r.Bad += t.produced[p] - t.learned[p]
		r.Learned += o.rows[p]
		r.Lost += max(0, t.learned[p]-o.rows[p])
		r.Duplicated += max(0, o.rows[p]-t.learned[p])
		for _, v := range without(t.epoch.seen[p], o.positions[p]) {
			r.fault("partition %d: never seen: %d to %d", p, v.First, v.Last)
		}
		for _, v := range without(o.positions[p], t.epoch.seen[p]) {
			r.fault("partition %d: seen, though no reader of the topic is given them: %d to %d", p, v.First, v.Last)
		}
	}
	if got := int64(o.summary.Weight()); got != r.Learned {
		r.fault("the merged summary has %d rows, its shards %d", got, r.Learned)
	}
	r.Versions = o.versions
	compareMoments(r, t, o.summary)
	r.HistogramsIdentical = sameHistograms(r, t.summary, o.summary)
	r.CategoriesIdentical = sameCategories(r, t, o)
	compareGrown(r, t, o)
}

// columns maps names of numeric columns to their places.
func columns(s *stats.Summary) map[string]int {
	m := map[string]int{}
	for i, c := range s.Layout().Numeric {
		m[c.Name] = i
	}
	return m
}

// compareMoments compares counts, means and co-moments of each attribute and
// each pair with the exact sums.
func compareMoments(r *report, t *truth, s *stats.Summary) {
	at := columns(s)
	if len(at) != len(numeric) {
		r.fault("%d numeric attributes are learned, want %d", len(at), len(numeric))
	}
	for i, a := range numeric {
		for j := range i + 1 {
			b := numeric[j]
			ca, okA := at[a]
			cb, okB := at[b]
			if !okA || !okB {
				r.fault("attribute %q or %q is not learned", a, b)
				continue
			}
			sums := &t.pairs[i][j]
			got := s.Pair(ca, cb)
			if got.N != float64(sums.n) {
				r.fault("%v rows have %q and %q, want %d", got.N, a, b, sums.n)
				continue
			}
			if sums.n == 0 {
				continue
			}
			name := a + "," + b
			meanA, meanB := sums.means()
			caa, cbb, cab := sums.comoments()
			n := float64(sums.n)
			r.compare("mean of "+a+" in "+name, got.MeanI.Float(), meanA, max(math.Abs(meanA), math.Sqrt(caa/n)))
			r.compare("mean of "+b+" in "+name, got.MeanJ.Float(), meanB, max(math.Abs(meanB), math.Sqrt(cbb/n)))
			r.compare("co-moment of "+name, got.Cij.Float(), cab, math.Sqrt(caa)*math.Sqrt(cbb))
			r.compare("square sum of "+a+" in "+name, got.Cii.Float(), caa, caa)
			r.compare("square sum of "+b+" in "+name, got.Cjj.Float(), cbb, cbb)
		}
	}
}

// sameHistograms reports whether the histograms of all numeric attributes are
// the same, bit for bit.
func sameHistograms(r *report, want, got *stats.Summary) bool {
	same := true
	wantAt, gotAt := columns(want), columns(got)
	for name, i := range wantAt {
		j, ok := gotAt[name]
		if !ok {
			r.fault("attribute %q is not learned", name)
			same = false
			continue
		}
		var a, b wire.Writer
		want.Histogram(i).Encode(&a)
		got.Histogram(j).Encode(&b)
		if !bytes.Equal(a.Bytes(), b.Bytes()) {
			r.fault("the histogram of %q differs", name)
			same = false
		}
	}
	return same
}

// sameCategories reports whether the counts of all categories and of all pairs
// of them are the same. Two schemas may give a value different codes.
func sameCategories(r *report, t *truth, o *outcome) bool {
	want, got := values(t.schema, t.summary), values(o.schema, o.summary)
	same := true
	check := func(what string, want, got float64) {
		if want != got {
			r.fault("%s is counted %v times, want %v", what, got, want)
			same = false
		}
	}
	for name, counts := range map[string]map[string]int64{"state": t.state, "machine": t.machine} {
		column, ok := got[name]
		if !ok || len(column.codes) != len(counts) {
			r.fault("attribute %q has %d values, want %d", name, len(column.codes), len(counts))
			same = false
			continue
		}
		for value, n := range counts {
			code, ok := column.codes[value]
			if !ok {
				code = math.MaxInt32
			}
			check(name+" "+value, float64(n), o.summary.Categories(column.index).Count(code))
		}
	}
	if !same {
		return false
	}
	for a, codeA := range got["state"].codes {
		for b, codeB := range got["machine"].codes {
			check("state "+a+" with machine "+b,
				joint(t.summary, want["state"], want["state"].codes[a], want["machine"], want["machine"].codes[b]),
				joint(o.summary, got["state"], codeA, got["machine"], codeB))
		}
	}
	return same
}

// dictionary is where a categorical column is and which codes its values have.
type dictionary struct {
	index int
	codes map[string]int32
}

func values(attributes []live.AttributeInfo, s *stats.Summary) map[string]dictionary {
	out := map[string]dictionary{}
	for i, c := range s.Layout().Categorical {
		d := dictionary{index: i, codes: map[string]int32{}}
		for _, a := range attributes {
			if a.Name == c.Name {
				for k, v := range a.Values {
					d.codes[v] = int32(k) + 1
				}
			}
		}
		out[c.Name] = d
	}
	return out
}

// joint returns the weight of the rows with two codes of two columns.
func joint(s *stats.Summary, a dictionary, codeA int32, b dictionary, codeB int32) float64 {
	if a.index > b.index {
		a, codeA, b, codeB = b, codeB, a, codeA
	}
	return s.Contingency(a.index, b.index).Count(codeA, codeB)
}
