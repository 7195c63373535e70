package ui

import (
	"encoding/xml"
	"fmt"
	"math"
	"net/http"
	"strings"
)

// canvas is an SVG picture in the making. Colours are those of the page
// (currentColor and a few that stand on light and on dark).
type canvas struct {
	b             strings.Builder
	width, height float64
}

// Colours that have a contrast of 3 to 1 against white and against black.
const (
	colourMain  = "#2f7fd1"
	colourOther = "#c8681c"
	colourAlarm = "#d6453d"
)

func newCanvas(width, height float64, title string) *canvas {
	c := &canvas{width: width, height: height}
	fmt.Fprintf(&c.b, `<svg xmlns="http://www.w3.org/2000/svg" width="%g" height="%g" viewBox="0 0 %g %g" role="img" font-family="system-ui,sans-serif" font-size="11" fill="currentColor">`, width, height, width, height)
	fmt.Fprintf(&c.b, `<style>svg:root{color:#333}@media(prefers-color-scheme:dark){svg:root{color:#ccc}}</style><title>%s</title>`, escaped(title))
	return c
}

func (c *canvas) rect(x, y, w, h float64, fill, title string) {
	fmt.Fprintf(&c.b, `<rect x="%.2f" y="%.2f" width="%.2f" height="%.2f" fill="%s"><title>%s</title></rect>`, x, y, max(0, w), max(0, h), fill, escaped(title))
}

func (c *canvas) line(x1, y1, x2, y2 float64, colour, dash string) {
	fmt.Fprintf(&c.b, `<line x1="%.2f" y1="%.2f" x2="%.2f" y2="%.2f" stroke="%s" stroke-dasharray="%s"/>`, x1, y1, x2, y2, colour, dash)
}

func (c *canvas) dot(x, y, r float64, fill, title string) {
	fmt.Fprintf(&c.b, `<circle cx="%.2f" cy="%.2f" r="%.2f" fill="%s"><title>%s</title></circle>`, x, y, r, fill, escaped(title))
}

func (c *canvas) ring(x, y, r float64) {
	fmt.Fprintf(&c.b, `<circle cx="%.2f" cy="%.2f" r="%.2f" fill="none" stroke="currentColor"/>`, x, y, r)
}

// text writes s; anchor is start, middle or end, turn an angle in degrees.
func (c *canvas) text(x, y float64, anchor string, turn float64, s string) {
	fmt.Fprintf(&c.b, `<text x="%.2f" y="%.2f" text-anchor="%s" transform="rotate(%g %.2f %.2f)">%s</text>`, x, y, anchor, turn, x, y, escaped(short(s)))
}

// note writes a text of our own, which is not cut.
func (c *canvas) note(x, y float64, anchor, s string) {
	fmt.Fprintf(&c.b, `<text x="%.2f" y="%.2f" text-anchor="%s" fill-opacity=".75">%s</text>`, x, y, anchor, escaped(s))
}

// turned writes a text of our own upwards.
func (c *canvas) turned(x, y float64, s string) {
	fmt.Fprintf(&c.b, `<text x="%.2f" y="%.2f" text-anchor="middle" fill-opacity=".75" transform="rotate(-90 %.2f %.2f)">%s</text>`, x, y, x, y, escaped(s))
}

func (c *canvas) path(points [][2]float64, colour string) {
	var d strings.Builder
	for i, p := range points {
		verb := "L"
		if i == 0 {
			verb = "M"
		}
		fmt.Fprintf(&d, "%s%.2f %.2f", verb, p[0], p[1])
	}
	fmt.Fprintf(&c.b, `<path d="%s" fill="none" stroke="%s"/>`, d.String(), colour)
}

func (c *canvas) response() *Response {
	c.b.WriteString("</svg>")
	return &Response{Status: http.StatusOK, ContentType: typeSVG, Body: []byte(c.b.String())}
}

// escaped returns a text as XML has it; what XML cannot have, such as a control
// character in the name of an attribute, becomes U+FFFD.
func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return "" // a builder takes everything
	}
	return b.String()
}

// short cuts a label to what fits beside a plot.
func short(s string) string {
	const most = 18
	letters := []rune(s)
	if len(letters) > most {
		return string(letters[:most-1]) + "…"
	}
	return s
}

// scale maps [lo, hi] to [from, to]; a range of nothing, and what is no number,
// goes to the middle.
func scale(lo, hi, from, to float64) func(float64) float64 {
	return func(x float64) float64 {
		if !(hi > lo) || math.IsNaN(x) {
			return (from + to) / 2
		}
		return from + (min(max(x, lo), hi)-lo)/(hi-lo)*(to-from)
	}
}

// frame is where in a picture the data go, in its own units.
type frame struct {
	left, top, right, bottom float64
	xlo, xhi, ylo, yhi       float64
}

func (f *frame) x() func(float64) float64 { return scale(f.xlo, f.xhi, f.left, f.right) }
func (f *frame) y() func(float64) float64 { return scale(f.ylo, f.yhi, f.bottom, f.top) }

// axes draws both axes with their ticks and a faint line at each.
func (c *canvas) axes(f frame) {
	c.xAxis(f)
	c.yAxis(f)
}

func (c *canvas) xAxis(f frame) {
	x := f.x()
	for _, at := range ticks(f.xlo, f.xhi, 7) {
		c.grid(x(at), f.top, x(at), f.bottom)
		c.text(x(at), f.bottom+15, "middle", 0, number(at))
	}
	c.line(f.left, f.bottom, f.right, f.bottom, "currentColor", "")
}

func (c *canvas) yAxis(f frame) {
	y := f.y()
	for _, at := range ticks(f.ylo, f.yhi, 6) {
		c.grid(f.left, y(at), f.right, y(at))
		c.text(f.left-6, y(at)+4, "end", 0, number(at))
	}
	c.line(f.left, f.top, f.left, f.bottom, "currentColor", "")
}

func (c *canvas) grid(x1, y1, x2, y2 float64) {
	fmt.Fprintf(&c.b, `<line x1="%.2f" y1="%.2f" x2="%.2f" y2="%.2f" stroke="currentColor" stroke-opacity=".12"/>`, x1, y1, x2, y2)
}

// ticks returns round numbers in [lo, hi], at most n + 1: steps of
// 1, 2 or 5 times a power of ten.
func ticks(lo, hi float64, n int) []float64 {
	if !(hi > lo) || math.IsInf(hi-lo, 0) {
		return []float64{lo}
	}
	step := math.Pow(10, math.Floor(math.Log10((hi-lo)/float64(n))))
	for _, times := range []float64{1, 2, 5, 10} {
		if (hi-lo)/(times*step) <= float64(n) {
			step *= times
			break
		}
	}
	if !(step > 0) || lo+step == lo {
		return []float64{lo}
	}
	// Counted from the first: beyond 2^53 adding 1 may change nothing.
	first := math.Ceil(lo/step - 1e-9)
	var out []float64
	for i := 0; i <= n; i++ {
		at := (first + float64(i)) * step
		if at > hi+1e-9*step {
			break
		}
		if len(out) == 0 || at > out[len(out)-1] {
			out = append(out, at)
		}
	}
	return out
}

func number(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	if size := math.Abs(x); size >= 1e4 && size < 1e15 && x == math.Trunc(x) {
		return grouped(int64(x))
	}
	if x == 0 {
		return "0"
	}
	return strings.Replace(fmt.Sprintf("%.4g", x), "-", "−", 1)
}

// grouped writes a whole number with its thousands apart.
func grouped(n int64) string {
	s := fmt.Sprint(max(n, -n))
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if n < 0 {
		return "−" + s
	}
	return s
}
