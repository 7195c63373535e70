package ui

import (
	"context"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/engine"
	"github.com/rpconnect-sml/rpconnect-sml/explore"
)

// asked asks one question and gives the answer its type.
func asked[T any](ctx context.Context, a *API, r *Request, name string, args explore.Arguments) (T, error) {
	var none T
	p, err := a.project(r)
	if err != nil {
		return none, err
	}
	value, err := ask(ctx, p, name, r.param("part"), args)
	if err != nil {
		return none, err
	}
	out, ok := value.(T)
	if !ok {
		return none, fmt.Errorf("%w: %s has no such answer", errBad, name)
	}
	return out, nil
}

func plotHistogram(ctx context.Context, a *API, r *Request) (*Response, error) {
	d, err := asked[*explore.DensityResult](ctx, a, r, "density", explore.Arguments{"attribute": r.param("attribute"), "bins": "40"})
	if err != nil {
		return nil, err
	}
	const left, top, right, bottom = 70, 12, 590, 240
	c := newCanvas(610, 270, "Histogram of "+d.Attribute)
	highest := 0.0
	for _, n := range d.Histogram {
		highest = max(highest, float64(n))
	}
	y := scale(0, highest, bottom, top)
	width := (right - left) / float64(max(1, len(d.Histogram)))
	for i, n := range d.Histogram {
		from := float64(d.Min) + float64(i)*float64(d.Width)
		at := y(float64(n))
		c.rect(left+float64(i)*width, at, width-1, bottom-at, colourMain, fmt.Sprintf("%s to %s: %s rows", number(from), number(from+float64(d.Width)), number(float64(n))))
	}
	c.axes(left, top, right, bottom, float64(d.Min), float64(d.Max), 0, highest)
	return c.response(), nil
}

// maxHeat bounds the attributes of a heat map.
const maxHeat = 60

func plotCorrelation(ctx context.Context, a *API, r *Request) (*Response, error) {
	m, err := asked[*explore.MatrixResult](ctx, a, r, "correlation_matrix", explore.Arguments{})
	if err != nil {
		return nil, err
	}
	n := min(len(m.Attributes), maxHeat)
	const left, cell = 130, 30
	c := newCanvas(left+float64(n)*cell+10, left+float64(n)*cell+10, "Correlations")
	for i := range n {
		at := left + float64(i)*cell
		c.text(left-6, at+cell/2+4, "end", 0, m.Attributes[i])
		c.text(at+cell/2+4, left-6, "start", -60, m.Attributes[i])
		for j := range n {
			v := float64(m.Values[i][j])
			c.rect(left+float64(j)*cell, at, cell-1, cell-1, heat(v), fmt.Sprintf("%s and %s: %s", m.Attributes[i], m.Attributes[j], number(v)))
			if !math.IsNaN(v) {
				c.text(left+float64(j)*cell+cell/2, at+cell/2+4, "middle", 0, fmt.Sprintf("%.2f", v))
			}
		}
	}
	return c.response(), nil
}

// heat is blue for 1, orange for -1, and lets the page shine through at 0.
func heat(v float64) string {
	switch {
	case math.IsNaN(v):
		return "rgba(128,128,128,.2)"
	case v < 0:
		return fmt.Sprintf("rgba(200,104,28,%.3f)", min(1, -v))
	}
	return fmt.Sprintf("rgba(47,127,209,%.3f)", min(1, v))
}

// plotBivariate draws what mean and covariance say about two numbers: ellipses
// that hold 50, 90 and 99 % of a bivariate normal distribution, with radius
// sqrt(-2 ln(1 - p)) in standard deviations (Johnson and Wichern, Applied
// Multivariate Statistical Analysis, result 4.7), and the line of least squares.
func plotBivariate(ctx context.Context, a *API, r *Request) (*Response, error) {
	names := [2]string{r.param("a"), r.param("b")}
	pair, err := asked[*explore.BivariateResult](ctx, a, r, "bivariate", explore.Arguments{"a": names[0], "b": names[1]})
	if err != nil {
		return nil, err
	}
	if pair.PairNumbers == nil {
		return nil, fmt.Errorf("%w: a is %q and b is %q, want two continuous attributes", errBad, names[0], names[1])
	}
	var sum [2]*explore.UnivariateResult
	for i, name := range names {
		if sum[i], err = asked[*explore.UnivariateResult](ctx, a, r, "univariate", explore.Arguments{"attribute": name}); err != nil {
			return nil, err
		}
		if sum[i].Numbers == nil {
			return nil, fmt.Errorf("%w: %q is no number", errBad, name)
		}
	}
	const left, top, right, bottom = 70, 12, 430, 372
	lo, hi := [2]float64{}, [2]float64{}
	mean := [2]float64{float64(pair.MeanA), float64(pair.MeanB)}
	spread := [2]float64{float64(sum[0].Numbers.Stddev), float64(sum[1].Numbers.Stddev)}
	for i := range names {
		lo[i], hi[i] = mean[i]-4*spread[i], mean[i]+4*spread[i]
	}
	x, y := scale(lo[0], hi[0], left, right), scale(lo[1], hi[1], bottom, top)
	c := newCanvas(450, 405, names[0]+" and "+names[1])
	rho := float64(pair.Correlation)
	if math.IsNaN(rho) {
		rho = 0
	}
	const steps = 90
	for _, p := range []float64{0.5, 0.9, 0.99} {
		radius := math.Sqrt(-2 * math.Log(1-p))
		points := make([][2]float64, 0, steps+1)
		for i := range steps + 1 {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / steps)
			points = append(points, [2]float64{x(mean[0] + radius*spread[0]*cos), y(mean[1] + radius*spread[1]*(rho*cos+math.Sqrt(max(0, 1-rho*rho))*sin))})
		}
		c.path(points, colourMain)
	}
	if spread[0] > 0 {
		slope := rho * spread[1] / spread[0]
		c.line(x(lo[0]), y(mean[1]-4*spread[0]*slope), x(hi[0]), y(mean[1]+4*spread[0]*slope), colourOther, "5 3")
	}
	c.dot(x(mean[0]), y(mean[1]), 4, colourOther, fmt.Sprintf("means %s and %s", number(mean[0]), number(mean[1])))
	c.axes(left, top, right, bottom, lo[0], hi[0], lo[1], hi[1])
	c.text((left+right)/2, bottom+26, "middle", 0, names[0])
	c.text(16, (top+bottom)/2, "middle", -90, names[1])
	return c.response(), nil
}

func plotPCA(ctx context.Context, a *API, r *Request) (*Response, error) {
	m, err := asked[*explore.PCAResult](ctx, a, r, "pca", explore.Arguments{})
	if err != nil {
		return nil, err
	}
	if len(m.Components) < 2 {
		return nil, fmt.Errorf("%w: there are %d components, want 2", errBad, len(m.Components))
	}
	const left, top, right, bottom = 50, 12, 410, 372
	x, y := scale(-1, 1, left, right), scale(-1, 1, bottom, top)
	c := newCanvas(450, 405, "Loadings of the first two principal components")
	c.axes(left, top, right, bottom, -1, 1, -1, 1)
	c.line(x(0), top, x(0), bottom, "currentColor", "2 4")
	c.line(left, y(0), right, y(0), "currentColor", "2 4")
	first, second := m.Components[0], m.Components[1]
	for i, name := range m.Attributes {
		px, py := x(float64(first.Direction[i])), y(float64(second.Direction[i]))
		c.line(x(0), y(0), px, py, colourMain, "")
		c.dot(px, py, 3, colourMain, fmt.Sprintf("%s: %s, %s", name, number(float64(first.Direction[i])), number(float64(second.Direction[i]))))
		c.text(px+5, py-3, "start", 0, name)
	}
	c.text((left+right)/2, bottom+28, "middle", 0, fmt.Sprintf("1st: %.1f %%", 100*float64(first.Share)))
	c.text(16, (top+bottom)/2, "middle", -90, fmt.Sprintf("2nd: %.1f %%", 100*float64(second.Share)))
	return c.response(), nil
}

func plotScores(ctx context.Context, a *API, r *Request) (*Response, error) {
	p, err := a.project(r)
	if err != nil {
		return nil, err
	}
	scores, err := p.RecentScores(ctx, r.param("model"))
	if err != nil {
		return nil, err
	}
	return drawScores(scores.Recent, labelled(scores.Recent, r.param("label"), false)), nil
}

// drawScores draws scores in the order in which they were given.
func drawScores(recent []engine.RecentScore, labels []shownScore) *Response {
	const left, top, right, bottom = 60, 12, 890, 260
	c := newCanvas(910, 290, "The last scores, and the threshold")
	lo, hi := 0.0, 0.0
	for _, s := range recent {
		lo, hi = min(lo, s.Score), max(hi, s.Score)
		if t := judge(s).Threshold; t != nil {
			lo, hi = min(lo, *t), max(hi, *t)
		}
	}
	x, y := scale(0, float64(max(1, len(recent)-1)), left, right), scale(lo, hi, bottom, top)
	var band [][2]float64
	for i, s := range recent {
		judged := judge(s)
		if judged.Threshold != nil {
			band = append(band, [2]float64{x(float64(i)), y(*judged.Threshold)})
		}
		colour, radius := colourMain, 2.0
		if judged.IsAnomaly {
			colour, radius = colourAlarm, 3
		}
		title := fmt.Sprintf("score %s", number(s.Score))
		if judged.Quantile != nil {
			title += fmt.Sprintf(", above %.2f %% of those before", 100**judged.Quantile)
		}
		if labels[i].Label != nil {
			title += ", label " + string(labels[i].Label)
		}
		c.dot(x(float64(i)), y(s.Score), radius, colour, title)
	}
	if len(band) > 1 {
		c.path(band, colourOther)
	}
	c.axes(left, top, right, bottom, 0, float64(len(recent)), lo, hi)
	c.text((left+right)/2, bottom+16, "middle", 0, "last scores")
	return c.response()
}
