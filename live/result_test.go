package live

import (
	"math"
	"strconv"
	"testing"
)

func TestAppendDecimal(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want string
	}{
		{0, "0"}, {1, "1"}, {0.5, "0.5"}, {0.000001, "0.000001"}, {0.0000004, "0"}, {-0.0000004, "0"}, {-2.25, "-2.25"},
		{12.3456789, "12.345679"}, {0.9999999, "1"}, {999999999.5, "999999999.5"}, {math.NaN(), "null"}, {math.Inf(1), "null"},
	} {
		if got := string(appendDecimal(nil, c.v)); got != c.want {
			t.Errorf("%v: %s, want %s", c.v, got, c.want)
		}
	}
	for _, v := range []float64{1e9, 1e15, 1e300, -1e12, 123456.789012} {
		got, err := strconv.ParseFloat(string(appendDecimal(nil, v)), 64)
		if err != nil || math.Abs(got-v) > 1e-6+1e-8*math.Abs(v) {
			t.Errorf("%v is written as %v (%v)", v, got, err)
		}
	}
}
