package live

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// Results are the results of one batch as JSON objects, one per message.
// All objects are in one buffer, and ends holds where each ends: a batch that is no
// larger than those before it costs no allocation.
type Results struct {
	buf  []byte
	ends []int
}

// JSON returns the result of message i; it is empty where the message has an
// error. It aliases memory that the results own.
func (r *Results) JSON(i int) []byte {
	from := 0
	if i > 0 {
		from = r.ends[i-1]
	}
	return r.buf[from:r.ends[i]]
}

// skip ends the result of a message; without anything appended it is empty.
func (r *Results) skip() { r.ends = append(r.ends, len(r.buf)) }

// quality is what the scores so far say about a score.
type quality struct {
	quantile     float64 // share of earlier scores that are not higher
	known        bool    // false while there are no earlier scores
	threshold    float64
	lower        float64 // threshold of a two-sided one, else -Inf
	hasThreshold bool
	method       string  // of the threshold where it is not the one asked for, else empty
	pValue       float64 // NaN for none
	isAnomaly    bool
	quantiles    []byte // JSON of those asked for, with a comma before it
}

// appendQuality appends the fields, each with a comma before it.
func appendQuality(b []byte, q quality) []byte {
	if q.known {
		b = append(b, `,"quantile":`...)
		b = appendDecimal(b, q.quantile)
	}
	b = append(b, q.quantiles...)
	if q.hasThreshold {
		b = append(b, `,"threshold":`...)
		b = appendNumber(b, q.threshold)
		if isFinite(q.lower) {
			b = append(b, `,"threshold_upper":`...)
			b = appendNumber(b, q.threshold)
			b = append(b, `,"threshold_lower":`...)
			b = appendNumber(b, q.lower)
		}
	}
	if q.method != "" {
		b = append(b, `,"threshold_method":"`...)
		b = append(b, q.method...)
		b = append(b, '"')
	}
	if !math.IsNaN(q.pValue) {
		b = append(b, `,"p_value":`...)
		b = appendNumber(b, q.pValue)
	}
	b = append(b, `,"is_anomaly":`...)
	if !q.hasThreshold { // nothing to hold the score against yet
		return append(b, "null"...)
	}
	return strconv.AppendBool(b, q.isAnomaly)
}

// appendAnomaly appends the result of an anomaly model.
// The p-value of the threshold comes before that of the model: it is read off scores
// that were given and assumes no distribution of the rows.
func (r *Results) appendAnomaly(result *model.Result, q quality, labels *labels, top int) {
	if math.IsNaN(q.pValue) {
		q.pValue = result.PValue
	}
	b := append(r.buf, `{"score":`...)
	b = appendNumber(b, result.Score)
	b = appendQuality(b, q)
	if top != 0 && len(result.Contributions) > 0 {
		b = append(b, `,"contributions":`...)
		b = labels.append(b, result.Contributions, top)
	}
	r.buf = append(b, '}')
	r.skip()
}

// appendPrediction appends the result of a regression or a classifier, and what
// the residual means where there is one (NaN for none). Evaluated is the JSON of the
// evaluation so far, empty for none.
func (r *Results) appendPrediction(built *builtModel, result *model.Result, labels *labels, top int, residual float64, judged quality, evaluated []byte) {
	b := append(r.buf, '{')
	if built.role == model.RoleClassification {
		b = appendClass(b, built.classes, result)
		if result.Calibration != model.NoCalibration {
			b = append(b, `,"calibrated":`...)
			b = strconv.AppendBool(b, result.Calibration == model.Calibrated)
		}
	} else {
		b = append(b, `"prediction":`...)
		b = appendExact(b, result.Prediction)
		if result.HasInterval {
			b = append(b, `,"interval":{"low":`...)
			b = appendExact(b, result.Interval.Low)
			b = append(b, `,"high":`...)
			b = appendExact(b, result.Interval.High)
			b = append(b, '}')
		}
		if isFinite(residual) {
			b = append(b, `,"residual":`...)
			b = appendExact(b, residual)
			b = appendQuality(b, judged)
		}
	}
	if built.mixing != nil {
		b = append(b, built.mixing.said...)
	}
	if len(evaluated) > 0 {
		b = append(b, `,"evaluation":`...)
		b = append(b, evaluated...)
	}
	if top != 0 && len(result.Contributions) > 0 {
		b = append(b, `,"contributions":`...)
		b = labels.append(b, result.Contributions, top)
	}
	r.buf = append(b, '}')
	r.skip()
}

// appendClass appends class, its probability and those of all classes. A key of an
// object is a string, so the classes 0 and 1 of a binary attribute get quotes there.
func appendClass(b []byte, classes [][]byte, result *model.Result) []byte {
	b = append(b, `"class":`...)
	b = append(b, classes[result.Class]...)
	b = append(b, `,"probability":`...)
	b = appendNumber(b, result.Probabilities[result.Class])
	b = append(b, `,"probabilities":{`...)
	for i, p := range result.Probabilities {
		if i > 0 {
			b = append(b, ',')
		}
		if classes[i][0] == '"' {
			b = append(b, classes[i]...)
		} else {
			b = append(b, '"')
			b = append(b, classes[i]...)
			b = append(b, '"')
		}
		b = append(b, ':')
		b = appendNumber(b, p)
	}
	return append(b, '}')
}

// appendWarmingUp appends the result of a model that cannot answer yet: it has too few
// rows, how many and of how many is told, or waits for something else, which is told.
func (r *Results) appendWarmingUp(built *builtModel) {
	minRows, waiting := built.waitsFor()
	if waiting != "" {
		r.appendWaiting(waiting)
		return
	}
	r.buf = append(r.buf, `{"warming_up":true,"rows":`...)
	r.buf = appendDecimal(r.buf, built.rows)
	r.buf = append(r.buf, `,"min_rows":`...)
	r.buf = appendDecimal(r.buf, minRows)
	r.buf = append(r.buf, '}')
	r.skip()
}

// appendWaiting appends the result of what waits for something before it can answer.
func (r *Results) appendWaiting(waiting string) {
	r.buf = append(r.buf, `{"warming_up":true,"waiting_for":`...)
	r.buf = appendString(r.buf, waiting)
	r.buf = append(r.buf, '}')
	r.skip()
}

// labels are the inputs of a model as JSON object keys, with their colon.
type labels struct {
	keys  [][]byte
	order []int // scratch of append
}

// newLabels escapes the names once for a model and not for every row.
func newLabels(inputs []string) *labels {
	l := &labels{}
	for _, name := range inputs {
		l.keys = append(l.keys, append(appendString(nil, name), ':'))
	}
	return l
}

// append writes an object of the contributions: all in the order of the inputs
// when top is negative, else the top largest, largest first.
// The sort is stable: equal contributions stay in the order of the inputs.
func (l *labels) append(b []byte, contributions []float64, top int) []byte {
	l.order = l.order[:0]
	for i := range contributions {
		l.order = append(l.order, i)
	}
	if top >= 0 && top < len(l.order) {
		slices.SortStableFunc(l.order, func(x, y int) int {
			return cmp.Compare(contributions[y], contributions[x])
		})
		l.order = l.order[:top]
	}
	b = append(b, '{')
	for k, i := range l.order {
		if k > 0 {
			b = append(b, ',')
		}
		b = append(b, l.keys[i]...)
		b = appendDecimal(b, contributions[i])
	}
	return append(b, '}')
}

// isFinite reports whether x is a number and not infinite.
func isFinite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// significant is how many digits a result is written with: more than any score
// means, fewer than would make documents long.
const significant = 9

// appendNumber appends a JSON number; what is not finite becomes null.
func appendNumber(b []byte, v float64) []byte {
	switch {
	case !isFinite(v):
		return append(b, "null"...)
	case v == 0:
		return append(b, '0')
	}
	if a := math.Abs(v); a < 1e-5 || a >= 1e15 {
		return strconv.AppendFloat(b, v, 'e', significant-1, 64)
	}
	return strconv.AppendFloat(b, v, 'g', significant, 64)
}

// appendExact appends a JSON number with all its digits; what is not finite
// becomes null.
// Predictions are in the unit of the target, whose digits are the user's business.
func appendExact(b []byte, v float64) []byte {
	if !isFinite(v) {
		return append(b, "null"...)
	}
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(b, v, 'e', -1, 64)
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}

// Numbers that are read by people are written with six decimals, and as
// integers as long as they fit: that is four times as fast as the general way.
const (
	decimalUnit = 1_000_000
	mostDecimal = 1e9
)

// appendDecimal appends a JSON number rounded to six decimals.
// A value that rounds to 0 has no sign.
func appendDecimal(b []byte, v float64) []byte {
	a := math.Abs(v)
	if !(a < mostDecimal) {
		return appendNumber(b, v)
	}
	units := uint64(a*decimalUnit + 0.5)
	if v < 0 && units > 0 {
		b = append(b, '-')
	}
	b = strconv.AppendUint(b, units/decimalUnit, 10)
	rest := units % decimalUnit
	if rest == 0 {
		return b
	}
	var digits [7]byte
	digits[0] = '.'
	last := 0
	for i := 6; i > 0; i-- {
		digits[i] = byte('0' + rest%10)
		if last == 0 && digits[i] != '0' {
			last = i
		}
		rest /= 10
	}
	return append(b, digits[:last+1]...)
}

// appendString appends a JSON string.
// Bytes that are not UTF-8 become U+FFFD, as the range over a string gives it.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < 0x20:
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
