package evaluation

import (
	"maps"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// runningVersion is written first; a reader refuses others. Version 1 had neither
// grids nor history, and version 2 no calibrated rows; they are read as if no row had come
// yet for what they lack.
const (
	runningVersion             = 3
	runningVersionUncalibrated = 2
	runningVersionNoGrid       = 1
)

// Encode appends version, role, options and the parts: deterministic, and
// exact bit for bit.
func (r *Running) Encode(w *wire.Writer) {
	w.Byte(runningVersion)
	w.Bool(r.role == model.RoleClassification)
	w.Uvarint(uint64(r.options.Window))
	w.Float64(r.options.HalfLife)
	w.Float64(r.scale)
	r.encodePart(w, &r.all)
	r.encodePart(w, &r.decayed)
	w.Uvarint(uint64(len(r.tiles)))
	for i := range r.tiles {
		w.Uvarint(uint64(r.tiles[i].rows))
		r.encodePart(w, &r.tiles[i].part)
	}
	r.history.encode(w, r.role)
}

func (n *errorSums) encode(w *wire.Writer) {
	w.Float64s([]float64{n.weight, n.squares, n.absolute, n.bias, n.mean, n.spread})
}

func (n *errorSums) decode(in *wire.Reader) {
	n.weight, n.squares, n.absolute = in.Float64(), in.Float64(), in.Float64()
	n.bias, n.mean, n.spread = in.Finite(), in.Finite(), in.Float64()
	for _, x := range []float64{n.squares, n.absolute, n.spread} {
		if in.Err() == nil && !nonNegative(x) {
			in.Fail("sum of a running evaluation is %v", x)
		}
	}
	if in.Err() == nil && !isWeight(n.weight) {
		in.Fail("weight of a running evaluation is %v", n.weight)
	}
}

func (c *classSums) encode(w *wire.Writer) {
	w.Float64s([]float64{c.weight, c.correct, c.logLoss, c.squares})
}

func (c *classSums) decode(in *wire.Reader) {
	for _, into := range []*float64{&c.weight, &c.correct, &c.logLoss, &c.squares} {
		if *into = in.Float64(); in.Err() == nil && !isWeight(*into) {
			in.Fail("sum of a running evaluation is %v", *into)
		}
	}
}

// encodePart writes maps by ascending keys, so that equal statistics have equal
// bytes. Of the two roles only that of the evaluation is written.
func (r *Running) encodePart(w *wire.Writer, p *runningPart) {
	if r.role == model.RoleRegression {
		n := &p.numbers
		n.encode(w)
		n.joint.encode(w)
		n.residuals.encode(w)
		return
	}
	c := &p.classes
	c.encode(w)
	w.Uvarint(uint64(len(c.confusion)))
	for _, key := range c.sortedConfusion() {
		w.String(key.actual)
		w.String(key.predicted)
		w.Float64(c.confusion[key])
	}
	w.Uvarint(uint64(len(c.curves)))
	for _, class := range slices.Sorted(maps.Keys(c.curves)) {
		w.String(class)
		bins := c.curves[class].bins
		w.Uvarint(uint64(len(bins)))
		for _, at := range slices.Sorted(maps.Keys(bins)) {
			w.Uvarint(uint64(at))
			w.Float64(bins[at].own)
			w.Float64(bins[at].rest)
		}
	}
	c.calibrated.encode(w)
}

// DecodeRunning reads what Encode wrote. An unknown version and values that no
// evaluation has leave an error in r and give an empty one.
func DecodeRunning(r *wire.Reader) *Running {
	version := r.Byte()
	if version < runningVersionNoGrid || version > runningVersion {
		r.Fail("version of a running evaluation is %d, want %d to %d", version, runningVersionNoGrid, runningVersion)
	}
	out := &Running{role: model.RoleRegression}
	if r.Bool() {
		out.role = model.RoleClassification
	}
	window := r.Uvarint()
	if float64(window) > maxRunningWindow {
		r.Fail("window of a running evaluation is %d rows", window)
		window = 0
	}
	out.options = RunningOptions{Window: int(window), HalfLife: r.Float64()}
	out.scale = r.Float64()
	if err := out.options.check(); err != nil {
		r.Fail("%v", err)
	}
	if !(out.scale >= 1 && out.scale <= maxRunningScale) {
		r.Fail("scale of a running evaluation is %v", out.scale)
	}
	out.decodePart(r, version, &out.all)
	out.decodePart(r, version, &out.decayed)
	tiles := r.Count(1)
	if tiles > runningTiles {
		r.Fail("a running evaluation has %d tiles, at most %d", tiles, runningTiles)
	}
	for range tiles {
		if r.Err() != nil {
			break
		}
		tile := runningTile{rows: int(min(r.Uvarint(), maxRunningWindow))}
		out.decodePart(r, version, &tile.part)
		out.tiles = append(out.tiles, tile)
	}
	if version != runningVersionNoGrid {
		out.history.decode(r, out.role)
	}
	if r.Err() != nil {
		return &Running{role: model.RoleRegression, scale: 1}
	}
	return out
}

// decodePart reads a part and checks each number, as the bytes come from a cache
// that others can write. Counts are bounded by the bytes that are left.
func (r *Running) decodePart(in *wire.Reader, version byte, p *runningPart) {
	if r.role == model.RoleRegression {
		n := &p.numbers
		n.decode(in)
		if version != runningVersionNoGrid {
			n.joint.decode(in)
			n.residuals.decode(in)
		}
		return
	}
	c := &p.classes
	c.decode(in)
	c.confusion, c.curves = map[confusionKey]float64{}, map[string]*oddsCurve{}
	for range in.Count(10) {
		key := confusionKey{actual: in.String(), predicted: in.String()}
		w := in.Float64()
		if _, twice := c.confusion[key]; in.Err() == nil && (twice || !isWeight(w)) {
			in.Fail("weight of class %q predicted as %q is %v", key.actual, key.predicted, w)
		}
		c.confusion[key] = w
	}
	for range in.Count(2) {
		class := in.String()
		if c.curves[class] != nil {
			in.Fail("curve of class %q occurs twice", class)
		}
		curve := c.curve(class)
		if curve == nil {
			in.Fail("a running evaluation has more than %d curves", maxCurves)
			return
		}
		for range in.Count(17) {
			at, b := in.Uvarint(), oddsBin{own: in.Float64(), rest: in.Float64()}
			if in.Err() == nil && (at >= oddsBins || !isWeight(b.own) || !isWeight(b.rest)) {
				in.Fail("bin %d of class %q has weights %v and %v", at, class, b.own, b.rest)
			}
			if in.Err() != nil {
				return
			}
			curve.bins[int32(at)] = b
		}
	}
	if version > runningVersionUncalibrated {
		c.calibrated = decodeCalibrated(in)
	}
}

// nonNegative reports whether a stored sum can be one.
func nonNegative(x float64) bool { return x >= 0 && !math.IsInf(x, 0) }

// isWeight reports whether a stored weight, or sum of losses, can be one: it
// is far from where sums of a few overflow.
func isWeight(x float64) bool {
	const largest = 1e150
	return x >= 0 && x <= largest
}
