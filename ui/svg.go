package ui

import (
	"fmt"
	"html"
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
	fmt.Fprintf(&c.b, `<style>svg{color:#333}@media(prefers-color-scheme:dark){svg{color:#ccc}}</style><title>%s</title>`, html.EscapeString(title))
	return c
}

func (c *canvas) rect(x, y, w, h float64, fill, title string) {
	fmt.Fprintf(&c.b, `<rect x="%.2f" y="%.2f" width="%.2f" height="%.2f" fill="%s"><title>%s</title></rect>`, x, y, max(0, w), max(0, h), fill, html.EscapeString(title))
}

func (c *canvas) line(x1, y1, x2, y2 float64, colour, dash string) {
	fmt.Fprintf(&c.b, `<line x1="%.2f" y1="%.2f" x2="%.2f" y2="%.2f" stroke="%s" stroke-dasharray="%s"/>`, x1, y1, x2, y2, colour, dash)
}

func (c *canvas) dot(x, y, r float64, fill, title string) {
	fmt.Fprintf(&c.b, `<circle cx="%.2f" cy="%.2f" r="%.2f" fill="%s"><title>%s</title></circle>`, x, y, r, fill, html.EscapeString(title))
}

// text writes s; anchor is start, middle or end, turn an angle in degrees.
func (c *canvas) text(x, y float64, anchor string, turn float64, s string) {
	fmt.Fprintf(&c.b, `<text x="%.2f" y="%.2f" text-anchor="%s" transform="rotate(%g %.2f %.2f)">%s</text>`, x, y, anchor, turn, x, y, html.EscapeString(short(s)))
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

// short cuts a label to what fits beside a plot.
func short(s string) string {
	const most = 18
	letters := []rune(s)
	if len(letters) > most {
		return string(letters[:most-1]) + "…"
	}
	return s
}

// scale maps [lo, hi] to [from, to]; a range of nothing goes to the middle.
func scale(lo, hi, from, to float64) func(float64) float64 {
	return func(x float64) float64 {
		if !(hi > lo) {
			return (from + to) / 2
		}
		return from + (min(max(x, lo), hi)-lo)/(hi-lo)*(to-from)
	}
}

// axes draws a frame with the ends of both ranges.
func (c *canvas) axes(left, top, right, bottom float64, xlo, xhi, ylo, yhi float64) {
	c.line(left, bottom, right, bottom, "currentColor", "")
	c.line(left, top, left, bottom, "currentColor", "")
	c.text(left, bottom+14, "start", 0, number(xlo))
	c.text(right, bottom+14, "end", 0, number(xhi))
	c.text(left-4, bottom, "end", 0, number(ylo))
	c.text(left-4, top+10, "end", 0, number(yhi))
}

func number(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	return fmt.Sprintf("%.4g", x)
}
