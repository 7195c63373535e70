package ui

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// asked asks one question of a part and gives the answer its type.
func asked[T any](ctx context.Context, a *API, r *Request, name, part string, args param.Values) (T, error) {
	var none T
	p, err := a.project(ctx, r)
	if err != nil {
		return none, err
	}
	value, err := ask(ctx, p, name, part, args)
	if err != nil {
		return none, err
	}
	out, ok := value.(T)
	if !ok {
		return none, fmt.Errorf("%w: %s has no such answer", errBad, name)
	}
	return out, nil
}

// plotHistogram reads which attribute is drawn.
func plotHistogram(p *param.Reader) handler {
	attribute := p.Attribute("attribute", param.Required, "A numeric attribute.")
	part := partOf(p)
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		return a.drawHistogram(ctx, r, part, attribute)
	}
}

func (a *API) drawHistogram(ctx context.Context, r *Request, part, attribute string) (*Response, error) {
	d, err := asked[*explore.DensityResult](ctx, a, r, "density", part, param.Values{"attribute": attribute, "bins": plotBins})
	if err != nil {
		return nil, err
	}
	if bounds := a.inner(ctx, r, part, d.Attribute, float64(d.Min), float64(d.Max)); bounds != nil {
		bounds["attribute"], bounds["bins"] = d.Attribute, plotBins
		if d, err = asked[*explore.DensityResult](ctx, a, r, "density", part, bounds); err != nil {
			return nil, err
		}
	}
	c := newCanvas(640, 290, "Histogram of "+d.Attribute)
	f := frame{left: 70, top: 14, right: 620, bottom: 245, xlo: float64(d.Min), xhi: float64(d.Max)}
	for _, n := range d.Histogram {
		f.yhi = max(f.yhi, float64(n))
	}
	c.axes(f)
	y := f.y()
	width := (f.right - f.left) / float64(max(1, len(d.Histogram)))
	for i, n := range d.Histogram {
		from := float64(d.Min) + float64(i)*float64(d.Width)
		at := y(float64(n))
		c.rect(f.left+float64(i)*width, at, width-1, f.bottom-at, colourMain, fmt.Sprintf("%s to %s: %s rows", number(from), number(from+float64(d.Width)), number(math.Round(float64(n)))))
	}
	outside := ""
	if beyond := float64(d.Below) + float64(d.Above); beyond > 0 {
		outside = fmt.Sprintf("; %s below and %s above are not shown", number(math.Round(float64(d.Below))), number(math.Round(float64(d.Above))))
	}
	c.note((f.left+f.right)/2, f.bottom+34, "middle", "rows by value"+outside)
	return c.response(), nil
}

// maxHeat bounds the attributes of a heat map, plotBins are the bars of a
// histogram.
const (
	maxHeat  = 60
	plotBins = 40
)

// plotCorrelation reads which part is drawn.
func plotCorrelation(p *param.Reader) handler {
	part := partOf(p)
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		return a.drawCorrelation(ctx, r, part)
	}
}

func (a *API) drawCorrelation(ctx context.Context, r *Request, part string) (*Response, error) {
	m, err := asked[*explore.MatrixResult](ctx, a, r, "correlation_matrix", part, param.Values{})
	if err != nil {
		return nil, err
	}
	n := min(len(m.Attributes), maxHeat)
	const cell = 38
	left := 20.0
	for _, name := range m.Attributes[:n] {
		left = max(left, 20+6.5*float64(len([]rune(short(name)))))
	}
	c := newCanvas(left+float64(n)*cell+10, left+float64(n)*cell+10, "Correlations")
	for i := range n {
		at := left + float64(i)*cell
		c.text(left-6, at+cell/2+4, "end", 0, m.Attributes[i])
		c.text(at+cell/2+4, left-6, "start", -60, m.Attributes[i])
		for j := range n {
			v := float64(m.Values[i][j])
			c.rect(left+float64(j)*cell, at, cell-1, cell-1, heat(v), fmt.Sprintf("%s and %s: %s", m.Attributes[i], m.Attributes[j], number(v)))
			if !math.IsNaN(v) {
				c.text(left+float64(j)*cell+cell/2, at+cell/2+4, "middle", 0, hundredths(v))
			}
		}
	}
	return c.response(), nil
}

// hundredths writes a correlation, and no minus before nothing.
func hundredths(v float64) string {
	return strings.Replace(fmt.Sprintf("%.2f", math.Round(100*v)/100+0), "-", "−", 1)
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

// plotBivariate reads which attributes are drawn.
func plotBivariate(p *param.Reader) handler {
	names := [2]string{p.Attribute("a", param.Required, "A numeric attribute."), p.Attribute("b", param.Required, "A numeric attribute.")}
	part := partOf(p)
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		return a.drawBivariate(ctx, r, part, names)
	}
}

// drawBivariate draws what mean and covariance say about two numbers: ellipses
// that hold 50, 90 and 99 % of a bivariate normal distribution, with radius
// sqrt(-2 ln(1 - p)) in standard deviations (Johnson and Wichern, Applied
// Multivariate Statistical Analysis, result 4.7), and the line of least squares.
func (a *API) drawBivariate(ctx context.Context, r *Request, part string, names [2]string) (*Response, error) {
	pair, err := asked[*explore.BivariateResult](ctx, a, r, "bivariate", part, param.Values{"a": names[0], "b": names[1]})
	if err != nil {
		return nil, err
	}
	if pair.PairNumbers == nil {
		return nil, fmt.Errorf("%w: a is %q and b is %q, want two continuous attributes", errBad, names[0], names[1])
	}
	var sum [2]*explore.UnivariateResult
	for i, name := range names {
		if sum[i], err = asked[*explore.UnivariateResult](ctx, a, r, "univariate", part, param.Values{"attribute": name}); err != nil {
			return nil, err
		}
		if sum[i].Numbers == nil {
			return nil, fmt.Errorf("%w: %q is no number", errBad, name)
		}
	}
	lo, hi := [2]float64{}, [2]float64{}
	mean := [2]float64{float64(pair.MeanA), float64(pair.MeanB)}
	spread := [2]float64{float64(sum[0].Numbers.Stddev), float64(sum[1].Numbers.Stddev)}
	for i := range names {
		lo[i], hi[i] = mean[i]-4*spread[i], mean[i]+4*spread[i]
	}
	f := frame{left: 80, top: 14, right: 500, bottom: 434, xlo: lo[0], xhi: hi[0], ylo: lo[1], yhi: hi[1]}
	x, y := f.x(), f.y()
	c := newCanvas(520, 490, names[0]+" and "+names[1]+": ellipses of 50, 90 and 99 % and the line of least squares")
	c.axes(f)
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
	c.text((f.left+f.right)/2, f.bottom+34, "middle", 0, names[0])
	c.text(18, (f.top+f.bottom)/2, "middle", -90, names[1])
	c.note(f.left, f.bottom+52, "start", "Ellipses hold 50, 90 and 99 % if both are normal; dashed: least squares.")
	return c.response(), nil
}

// plotPCA reads which attributes are drawn.
func plotPCA(p *param.Reader) handler {
	names := p.Attributes("attributes", param.Optional, "The numeric attributes, between commas or as a JSON array; all when empty.")
	part := partOf(p)
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		return a.drawPCA(ctx, r, part, names)
	}
}

func (a *API) drawPCA(ctx context.Context, r *Request, part string, names []string) (*Response, error) {
	m, err := asked[*explore.PCAResult](ctx, a, r, "pca", part, param.Values{"attributes": names})
	if err != nil {
		return nil, err
	}
	if len(m.Components) < 2 {
		return nil, fmt.Errorf("%w: there are %d components, want 2", errBad, len(m.Components))
	}
	f := frame{left: 60, top: 14, right: 460, bottom: 414, xlo: -1, xhi: 1, ylo: -1, yhi: 1}
	x, y := f.x(), f.y()
	c := newCanvas(520, 460, "Loadings of the first two principal components")
	c.axes(f)
	c.line(x(0), f.top, x(0), f.bottom, "currentColor", "2 4")
	c.line(f.left, y(0), f.right, y(0), "currentColor", "2 4")
	first, second := m.Components[0], m.Components[1]
	for i, name := range m.Attributes {
		px, py := x(float64(first.Direction[i])), y(float64(second.Direction[i]))
		c.line(x(0), y(0), px, py, colourMain, "")
		c.dot(px, py, 3, colourMain, fmt.Sprintf("%s: %s, %s", name, number(float64(first.Direction[i])), number(float64(second.Direction[i]))))
		c.text(px+5, py-3, "start", 0, name)
	}
	c.note((f.left+f.right)/2, f.bottom+34, "middle", fmt.Sprintf("first component, %.1f %% of the variance", 100*float64(first.Share)))
	c.turned(16, (f.top+f.bottom)/2, fmt.Sprintf("second component, %.1f %%", 100*float64(second.Share)))
	return c.response(), nil
}
