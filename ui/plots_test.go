package ui_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/ui"
)

// learnedAPI returns an API over a project p that has scored and learned the
// documents.
func learnedAPI(t testing.TB, documents ...string) *ui.API {
	t.Helper()
	w := newWorld(t, worldOf{})
	p := w.learn(t, "p", live.LearnSettings{Models: []model.Definition{{Name: "m", Type: "hba", Options: map[string]any{"min_rows": 0}}}}, documents...)
	score(t, p, "m", documents...)
	return w.API
}

// wide is a document of n attributes.
func wide(n, shift int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"attribute_%d":%d.5`, i, (i*7+shift*13)%101)
	}
	return "{" + b.String()[1:] + "}"
}

func requireSVG(t *testing.T, body []byte) {
	t.Helper()
	if text := string(body); strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
		t.Errorf("a number is missing in %.400s", text)
	}
	decoder := xml.NewDecoder(strings.NewReader(string(body)))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// TestPlotsOfAnything: a plot is drawn or refused with a reason, whatever has
// been learned, and has no coordinate that is no number.
func TestPlotsOfAnything(t *testing.T) {
	var many []string
	for i := range 50 {
		many = append(many, wide(200, i))
	}
	for name, c := range map[string]struct {
		documents []string
		a, b      string
		drawn     bool
	}{
		"nothing":          {a: "x", b: "y"},
		"one row":          {documents: []string{`{"x":1.5,"y":2.5}`}, a: "x", b: "y"},
		"constant":         {documents: []string{`{"x":1.5,"y":2.5}`, `{"x":1.5,"y":2.5}`, `{"x":1.5,"y":2.5}`}, a: "x", b: "y"},
		"one constant":     {documents: []string{`{"x":1.5,"y":2.5}`, `{"x":1.5,"y":3.5}`, `{"x":1.5,"y":9.5}`}, a: "x", b: "y"},
		"never together":   {documents: []string{`{"x":1.5}`, `{"y":2.5}`, `{"x":2.5}`, `{"y":7.5}`}, a: "x", b: "y"},
		"huge":             {documents: []string{`{"x":1e71,"y":-1e71}`, `{"x":-1e71,"y":1e-71}`, `{"x":3,"y":1e71}`}, a: "x", b: "y"},
		"one far out":      {documents: append(append([]string{}, many...), `{"attribute_0":1e12}`), a: "attribute_0", b: "attribute_1", drawn: true},
		"many attributes":  {documents: many, a: "attribute_0", b: "attribute_199", drawn: true},
		"binary":           {documents: []string{`{"x":true,"y":false}`, `{"x":false,"y":true}`, `{"x":true,"y":true}`}, a: "x", b: "y"},
		"only categorical": {documents: []string{`{"x":"a","y":"b"}`, `{"x":"b","y":"b"}`}, a: "x", b: "y"},
	} {
		t.Run(name, func(t *testing.T) {
			api := learnedAPI(t, c.documents...)
			for _, target := range []string{"plots/histogram?attribute=" + c.a, "plots/correlation", "plots/pca", "plots/bivariate?a=" + c.a + "&b=" + c.b, "models/m/plot?label=" + c.a, "summary", "live"} {
				r := call(api, "GET", "projects/p/"+target, "")
				switch {
				case r.Status == 200 && strings.HasPrefix(r.ContentType, "image/svg"):
					requireSVG(t, r.Body)
				case r.Status == 200 && r.ContentType == "application/json":
				case r.Status >= 500 || c.drawn:
					t.Errorf("%s: status %d, %s", target, r.Status, r.Body)
				}
			}
		})
	}
}

// TestHistogramShowsWhereTheValuesAre: one value far out is left out and said.
func TestHistogramShowsWhereTheValuesAre(t *testing.T) {
	var documents []string
	for i := range 1000 {
		documents = append(documents, fmt.Sprintf(`{"x":%d.5}`, i%50))
	}
	r := call(learnedAPI(t, append(documents, `{"x":1e9}`)...), "GET", "projects/p/plots/histogram?attribute=x", "")
	text := string(r.Body)
	if !strings.Contains(text, "1 above are not shown") || strings.Count(text, "<rect") < 20 {
		t.Errorf("%.2000s", text)
	}
}

// element is an SVG element with what it encloses.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Elements []element  `xml:",any"`
}

// drawn reads a plot and requires what all plots have: a title, a size, and no
// coordinate outside of it or that is no number.
func drawn(t *testing.T, body string) *element {
	t.Helper()
	requireSVG(t, []byte(body))
	var svg element
	if err := xml.Unmarshal([]byte(body), &svg); err != nil {
		t.Fatal(err)
	}
	if svg.XMLName.Local != "svg" || svg.attr("role") != "img" || len(svg.all("title")) == 0 || strings.TrimSpace(svg.all("title")[0].Text) == "" {
		t.Errorf("no picture with a title: %.200s", body)
	}
	width, height := svg.number(t, "width"), svg.number(t, "height")
	if svg.attr("viewBox") != fmt.Sprintf("0 0 %g %g", width, height) {
		t.Errorf("the view box is %q, want 0 0 %v %v", svg.attr("viewBox"), width, height)
	}
	for _, e := range svg.all("") {
		for _, a := range e.Attrs {
			most := width
			switch a.Name.Local {
			case "x", "x1", "x2", "cx":
			case "y", "y1", "y2", "cy":
				most = height
			default:
				continue
			}
			if at := e.number(t, a.Name.Local); at < 0 || at > most {
				t.Errorf("%s of a %s is %v, outside of 0 to %v", a.Name.Local, e.XMLName.Local, at, most)
			}
		}
	}
	return &svg
}

// all returns the elements of a kind, in order; all when it is empty.
func (e *element) all(kind string) (out []*element) {
	for i := range e.Elements {
		c := &e.Elements[i]
		if kind == "" || c.XMLName.Local == kind {
			out = append(out, c)
		}
		out = append(out, c.all(kind)...)
	}
	return out
}

func (e *element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (e *element) number(t *testing.T, name string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(e.attr(name), 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		t.Fatalf("%s of a %s is %q, want a number", name, e.XMLName.Local, e.attr(name))
	}
	return x
}

// texts are the texts that are written, without titles.
func (e *element) texts() (out []string) {
	for _, text := range e.all("text") {
		out = append(out, text.Text)
	}
	return out
}

// tickTexts are the numbers along the axes.
func (e *element) tickTexts(t *testing.T) (out []float64) {
	t.Helper()
	for _, text := range e.texts() {
		if x, err := strconv.ParseFloat(strings.NewReplacer("−", "-", ",", "").Replace(text), 64); err == nil {
			out = append(out, x)
		}
	}
	return out
}

// column draws n values of one shape.
func column(shape string, n int, r *rand.Rand) []float64 {
	out := make([]float64, n)
	for i := range out {
		switch shape {
		case "constant":
			out[i] = 7.5
		case "normal":
			out[i] = 100 + 15*r.NormFloat64()
		case "huge outlier":
			if out[i] = r.NormFloat64(); i == n/2 {
				out[i] = 1e70
			}
		case "large whole numbers":
			out[i] = 1e16 + float64(2*r.IntN(4))
		case "tiny":
			out[i] = 1e-70 * r.NormFloat64()
		case "both signs and far":
			out[i] = math.Copysign(math.Pow(10, 60*r.Float64()), r.NormFloat64())
		case "few values":
			out[i] = float64(r.IntN(3))
		}
	}
	return out
}

// TestHistogramsOfDrawnData: the bars hold all rows that are shown, lie within
// the axes, and the ticks within the range.
func TestHistogramsOfDrawnData(t *testing.T) {
	for _, shape := range []string{"constant", "normal", "huge outlier", "large whole numbers", "tiny", "both signs and far", "few values"} {
		for _, n := range []int{1, 2, 3, 500} {
			t.Run(fmt.Sprint(shape, " ", n), func(t *testing.T) {
				values := column(shape, n, rand.New(rand.NewPCG(uint64(n), 4)))
				var documents []string
				for _, x := range values {
					documents = append(documents, fmt.Sprintf(`{"x":%v,"y":%v}`, x, n))
				}
				a := learnedAPI(t, documents...)
				r := call(a, "GET", "projects/p/plots/histogram?attribute=x", "")
				if kind := decoded[[]struct{ Type string }](t, schemaOf(t, a))[0].Type; kind != "continuous" && kind != "binary" {
					require(t, r, "a histogram of texts", 400)
					return
				}
				svg := drawn(t, require(t, r, "histogram", 200))
				bars := svg.all("rect")
				if len(bars) == 0 {
					t.Fatal("no bars")
				}
				shown := 0.0
				for _, bar := range bars {
					title := bar.all("title")[0].Text
					rows := strings.TrimSuffix(title[strings.LastIndex(title, ": ")+2:], " rows")
					count, err := strconv.ParseFloat(strings.ReplaceAll(rows, ",", ""), 64)
					if err != nil {
						t.Fatalf("the title is %q", title)
					}
					shown += count
					if bottom := bar.number(t, "y") + bar.number(t, "height"); math.Abs(bottom-245) > 0.02 {
						t.Errorf("a bar ends at %v, want on the axis at 245", bottom)
					}
				}
				note := svg.texts()[len(svg.texts())-1]
				for _, left := range leftOut.FindAllStringSubmatch(note, -1) {
					count, err := strconv.ParseFloat(strings.ReplaceAll(left[1], ",", ""), 64)
					if err != nil {
						t.Fatal(err)
					}
					shown += count
				}
				if math.Abs(shown-float64(n)) > 0.51*float64(len(bars)) || n > 100 && math.Abs(shown-float64(n)) > 0.05*float64(n) {
					t.Errorf("%v rows are shown or told of, want %d: %s", shown, n, note)
				}
				if len(svg.tickTexts(t)) < 2 {
					t.Errorf("the ticks are %v", svg.tickTexts(t))
				}
			})
		}
	}
}

var leftOut = regexp.MustCompile(`([0-9,.]+) (?:below|above)`)

// schemaOf is the schema of the project p.
func schemaOf(t *testing.T, a *ui.API) string {
	t.Helper()
	text, err := json.Marshal(decoded[live.Info](t, get(t, a, "projects/p", 200)).Schema)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestPairsOfDrawnData: ellipses, matrix and loadings of any two shapes are
// drawn or refused, within their picture.
func TestPairsOfDrawnData(t *testing.T) {
	shapes := []string{"constant", "normal", "huge outlier", "large whole numbers", "tiny", "both signs and far"}
	for i, one := range shapes {
		for _, other := range shapes[i:] {
			t.Run(one+" and "+other, func(t *testing.T) {
				r := rand.New(rand.NewPCG(uint64(i), 5))
				x, y := column(one, 100, r), column(other, 100, r)
				var documents []string
				for k := range x {
					documents = append(documents, fmt.Sprintf(`{"x":%v,"y":%v}`, x[k], y[k]))
				}
				a := learnedAPI(t, documents...)
				for _, path := range []string{"plots/bivariate?a=x&b=y", "plots/bivariate?a=y&b=x", "plots/bivariate?a=x&b=x", "plots/correlation", "plots/pca", "models/m/plot"} {
					if r := call(a, "GET", "projects/p/"+path, ""); r.Status == 200 {
						drawn(t, string(r.Body))
					} else {
						require(t, r, path, 400)
					}
				}
			})
		}
	}
}

// TestEllipses: of two independent standard normals the ellipses are circles of
// radius sqrt(-2 ln(1-p)) standard deviations.
func TestEllipses(t *testing.T) {
	// A square: both means 0, both variances 4/3, no correlation.
	a := learnedAPI(t, `{"x":1.0,"y":1.0}`, `{"x":1.0,"y":-1.0}`, `{"x":-1.0,"y":1.0}`, `{"x":-1.0,"y":-1.0}`, `{"x":0.5,"y":0.5}`, `{"x":0.5,"y":-0.5}`, `{"x":-0.5,"y":0.5}`, `{"x":-0.5,"y":-0.5}`)
	svg := drawn(t, get(t, a, "projects/p/plots/bivariate?a=x&b=y", 200))
	paths := svg.all("path")
	if len(paths) != 3 {
		t.Fatalf("%d ellipses, want 3", len(paths))
	}
	for i, p := range []float64{0.5, 0.9, 0.99} {
		// 420 pixels are 8 standard deviations.
		want := math.Sqrt(-2*math.Log(1-p)) * 420 / 8
		points := strings.FieldsFunc(paths[i].attr("d"), func(r rune) bool { return r == 'M' || r == 'L' })
		var left, right float64 = math.Inf(1), 0
		for _, point := range points {
			var x, y float64
			if _, err := fmt.Sscan(point, &x, &y); err != nil {
				t.Fatal(err)
			}
			left, right = min(left, x), max(right, x)
			if radius := math.Hypot(x-290, y-224); math.Abs(radius-want) > 0.02 {
				t.Errorf("%v %%: a point is %v from the mean, want %v", 100*p, radius, want)
			}
		}
		if math.Abs(right-left-2*want) > 0.2 {
			t.Errorf("%v %%: the ellipse is %v wide, want %v", 100*p, right-left, 2*want)
		}
	}
}

// TestHeatMap: a cell for each pair, written as the core has it, symmetric, and
// at most 60 attributes.
func TestHeatMap(t *testing.T) {
	a := learnedAPI(t, `{"a":1,"b":2,"c":-1}`, `{"a":2,"b":4,"c":-2}`, `{"a":3,"b":6,"c":0}`, `{"a":4,"b":8,"c":-9}`)
	svg := drawn(t, get(t, a, "projects/p/plots/correlation", 200))
	matrix := decoded[struct{ Values [][]float64 }](t, get(t, a, "projects/p/explore/correlation_matrix", 200)).Values
	cells := svg.all("rect")
	if len(cells) != 9 {
		t.Fatalf("%d cells, want 9", len(cells))
	}
	texts := strings.Join(svg.texts(), " ")
	for i := range 3 {
		for j := range 3 {
			want := strings.Replace(fmt.Sprintf("%.2f", matrix[i][j]), "-", "−", 1)
			if !strings.Contains(texts, want) {
				t.Errorf("the correlation %s of %d and %d is not written: %s", want, i, j, texts)
			}
			if cells[3*i+j].attr("fill") != cells[3*j+i].attr("fill") {
				t.Errorf("the cells %d, %d have other colours", i, j)
			}
		}
	}
	many := drawn(t, get(t, learnedAPI(t, wide(80, 1), wide(80, 2), wide(80, 5)), "projects/p/plots/correlation", 200))
	if n := len(many.all("rect")); n != 60*60 {
		t.Errorf("%d cells of 80 attributes, want 3600", n)
	}
}

// TestScorePlot: a dot for each score that is remembered, an alarm for each
// anomaly, a ring for each label that is not the usual one.
func TestScorePlot(t *testing.T) {
	var documents []string
	for i := range 200 {
		documents = append(documents, fmt.Sprintf(`{"x":%d.5,"label":"ok"}`, i%10))
	}
	w := newWorld(t, worldOf{})
	p := w.learn(t, "p", live.LearnSettings{Models: []model.Definition{{Name: "m", Type: "zscore", Inputs: []string{"x"}, Options: map[string]any{"min_rows": 10}}}}, documents...)
	for i := range 60 {
		score(t, p, "m", fmt.Sprintf(`{"x":%d.5,"label":"ok"}`, i%10))
	}
	score(t, p, "m", `{"x":1000,"label":"<bad>"}`)
	svg := drawn(t, get(t, w.API, "projects/p/models/m/plot?label=label&usual=ok", 200))
	scores := decoded[struct {
		Recent []struct {
			Score  float64
			Result struct {
				IsAnomaly bool `json:"is_anomaly"`
			}
		}
	}](t, get(t, w.API, "projects/p/models/m/scores", 200)).Recent
	if len(scores) != 61 {
		t.Fatalf("%d scores, want 61", len(scores))
	}
	anomalies := 0
	for _, s := range scores {
		if s.Result.IsAnomaly {
			anomalies++
		}
	}
	dots, alarms, rings := 0, 0, 0
	for _, c := range svg.all("circle") {
		switch {
		case c.attr("fill") == "none":
			rings++
		case c.attr("fill") == "#d6453d":
			alarms++
		default:
			dots++
		}
	}
	// One of each is in the legend.
	if dots+alarms != 61+2 || alarms != anomalies+1 || rings != 1+1 || anomalies == 0 {
		t.Errorf("%d dots, %d alarms and %d rings for 61 scores, %d of them anomalies", dots, alarms, rings, anomalies)
	}
	if !strings.Contains(get(t, w.API, "projects/p/models/m/plot?label=label", 200), "label &#34;&lt;bad&gt;&#34;") {
		t.Error("the label is not told, or not as text: ", get(t, w.API, "projects/p/models/m/plot?label=label", 200))
	}
	empty := newWorld(t, worldOf{})
	empty.learn(t, "p", live.LearnSettings{Models: modelled()[4:]})
	if n := len(drawn(t, get(t, empty.API, "projects/p/models/bins/plot", 200)).all("circle")); n != 2 {
		t.Errorf("%d circles without scores, want those of the legend", n)
	}
}
