package special_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
)

// tailDigits is the relative error of the smaller tail: the exponent of a tail
// of 1e-300 is about 700 and good to 16 digits, in a few terms.
const tailDigits = 5e-13

// reference is one value of mpmath, see tools/reference/special.py.
type reference struct {
	Distribution string    `json:"distribution"`
	Args         []float64 `json:"args"`
	Lower        float64   `json:"lower"`
	Upper        float64   `json:"upper"`
	Value        float64   `json:"value"` // of a quantile
}

func references(t *testing.T) []reference {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "tails.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []reference `json:"cases"`
	}
	if err := json.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	return file.Cases
}

// tails asks for the tails of a case.
func (r reference) tails() special.Tails {
	a := r.Args
	switch r.Distribution {
	case "normal":
		return special.Normal(a[0])
	case "student":
		return special.Student(a[0], a[1])
	case "fisher":
		return special.Fisher(a[0], a[1], a[2])
	}
	return special.ChiSquare(a[0], a[1])
}

// off is the largest relative error of the tails that are not below 1e-300.
func (r reference) off(got special.Tails) float64 {
	worst := 0.0
	for _, p := range [][2]float64{{got.Lower, r.Lower}, {got.Upper, r.Upper}} {
		if p[1] >= 1e-300 {
			worst = max(worst, math.Abs(p[0]-p[1])/p[1])
		}
	}
	return worst
}

// TestTails compares with mpmath in 470 digits, down to the smallest numbers
// there are.
func TestTails(t *testing.T) {
	worst := 0.0
	for _, c := range references(t) {
		if c.Distribution == "student quantile" {
			continue
		}
		t.Run(fmt.Sprint(c.Distribution, c.Args), func(t *testing.T) {
			got := c.tails()
			off := c.off(got)
			if worst = max(worst, off); !(off <= tailDigits) {
				t.Errorf("tails are %.17g, want %.17g and %.17g: off by %.2g", got, c.Lower, c.Upper, off)
			}
			if c.Lower < 1e-300 && !(got.Lower >= 0 && got.Lower < 1.1e-300) || c.Upper < 1e-300 && !(got.Upper >= 0 && got.Upper < 1.1e-300) {
				t.Errorf("tails are %.17g, want %.17g and %.17g", got, c.Lower, c.Upper)
			}
		})
	}
	t.Logf("the largest relative error is %.2g", worst)
}

// TestStudentQuantile compares with roots that mpmath found in 60 digits.
func TestStudentQuantile(t *testing.T) {
	compared := 0
	for _, c := range references(t) {
		if c.Distribution != "student quantile" {
			continue
		}
		compared++
		t.Run(fmt.Sprint(c.Args), func(t *testing.T) {
			got := special.StudentQuantile(c.Args[0], c.Args[1])
			if off := math.Abs(got-c.Value) / c.Value; !(off <= tailDigits) {
				t.Errorf("quantile is %.17g, want %.17g: off by %.2g", got, c.Value, off)
			}
			if mirrored := special.StudentQuantile(1-c.Args[0], c.Args[1]); c.Args[0] >= 0.25 && !(math.Abs(mirrored+c.Value) <= 1e-12*c.Value) {
				t.Errorf("the quantile of the other tail is %.17g, want %.17g", mirrored, -c.Value)
			}
		})
	}
	if compared < 30 {
		t.Errorf("%d quantiles were compared, want at least 30", compared)
	}
}

// TestR has values of R 4.2.2: 2*pt(-t, df), qt(1-p/2, df) and
// pf(f, d1, d2, lower.tail = FALSE).
func TestR(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{name: "t 0.5, 1", got: 2 * special.Student(0.5, 1).Upper, want: 0.70483276469913358},
		{name: "t 2.3, 7", got: 2 * special.Student(2.3, 7).Upper, want: 0.054991095204371537},
		{name: "t 12, 30", got: 2 * special.Student(12, 30).Upper, want: 5.5801854151992606e-13},
		{name: "t 1.97, 10000", got: 2 * special.Student(1.97, 10000).Upper, want: 0.048865921542871928},
		{name: "t 40, 3", got: 2 * special.Student(40, 3).Upper, want: 3.438068078915854e-05},
		{name: "t 0.001, 5", got: 2 * special.Student(0.001, 5).Upper, want: 0.99924078677219763},
		{name: "quantile 0.05, 1", got: special.StudentQuantile(0.05/2, 1), want: 12.706204736174707},
		{name: "quantile 0.05, 2.5", got: special.StudentQuantile(0.05/2, 2.5), want: 3.5746548420036932},
		{name: "quantile 0.01, 25", got: special.StudentQuantile(0.01/2, 25), want: 2.7874358136769706},
		{name: "quantile 0.1, 29769", got: special.StudentQuantile(0.1/2, 29769), want: 1.6449048149946091},
		{name: "quantile 1e-06, 1", got: special.StudentQuantile(1e-06/2, 1), want: 636619.77236705786},
		{name: "quantile 0.5, 9", got: special.StudentQuantile(0.5/2, 9), want: 0.70272214675132627},
		{name: "quantile 1e-06, 400", got: special.StudentQuantile(1e-06/2, 400), want: 4.9688956703358711},
		{name: "F 0.3, 2, 9", got: special.Fisher(0.3, 2, 9).Upper, want: 0.74794686089229767},
		{name: "F 4, 1, 30", got: special.Fisher(4, 1, 30).Upper, want: 0.054625044962983101},
		{name: "F 25, 6, 9", got: special.Fisher(25, 6, 9).Upper, want: 3.9709806362457372e-05},
		{name: "F 200, 13, 392", got: special.Fisher(200, 13, 392).Upper, want: 7.0695349573600479e-164},
	} {
		if !(math.Abs(c.got-c.want) <= tailDigits*c.want) {
			t.Errorf("%s is %.17g, want %.17g", c.name, c.got, c.want)
		}
	}
}
