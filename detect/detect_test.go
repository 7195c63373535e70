package detect

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// variants are options that each type is tried with.
func variants(typ string) []param.Values {
	out := []param.Values{nil}
	switch typ {
	case "adwin":
		out = append(out, param.Values{"keep_window": true, "delta": 0.2, "clock": 1, "max_buckets": 2})
	case "kswin":
		out = append(out, param.Values{"keep_window": true, "alpha": 0.1, "window_size": 20, "stat_size": 8})
	case "hddm_a", "hddm_w", "stepd":
		out = append(out, param.Values{"two_sided_test": true})
	case "page_hinkley":
		out = append(out, param.Values{"threshold": 3, "mode": "down"})
	}
	return out
}

func made(t testing.TB, typ string, options param.Values) *Detector {
	t.Helper()
	d, err := New(typ, options)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// reread is the detector as it is read from its bytes.
func reread(t testing.TB, d *Detector, options param.Values) *Detector {
	t.Helper()
	bytes := golden.Encoded(d)
	r := wire.NewReader([]byte(bytes))
	out := made(t, d.kind.name, options)
	out.Decode(r)
	if err := r.Close(); err != nil {
		t.Fatalf("%s: %v", d.kind.name, err)
	}
	if again := golden.Encoded(out); again != bytes {
		t.Fatalf("%s: %d bytes are read and written as %d others", d.kind.name, len(bytes), len(again))
	}
	return out
}

// TestStoredDetectorsGoOn: a detector that is written and read at any value says of all
// later ones what it would have said, and equal streams give equal bytes.
func TestStoredDetectorsGoOn(t *testing.T) {
	found := 0
	for _, typ := range Names() {
		for _, options := range variants(typ) {
			for seed := range drawn.Seeds(40) {
				values := drawnStream(t, typ, uint64(seed))
				whole, cut := made(t, typ, options), made(t, typ, options)
				draws := newSplitmix(uint64(seed) + 1000)
				for i, x := range values {
					if draws.uniform() < 0.02 {
						cut = reread(t, cut, options)
					}
					if a, b := whole.Add(x), cut.Add(x); a != b {
						t.Fatalf("%s, stream %d: value %d is %d, after stops %d", typ, seed, i, a, b)
					}
				}
				if golden.Encoded(whole) != golden.Encoded(cut) {
					t.Errorf("%s, stream %d: the states differ", typ, seed)
				}
				found += int(whole.Changes())
			}
		}
	}
	if found < 100 {
		t.Errorf("only %d changes were found", found)
	}
}

// TestStateIsBounded: however long the stream, a state has at most some kilobytes.
func TestStateIsBounded(t *testing.T) {
	for _, typ := range Names() {
		d, most := made(t, typ, nil), 0
		draws := newSplitmix(7)
		for i := range 200_000 {
			d.Add(float64(int(draws.uniform() * 2)))
			if i%1000 == 0 {
				most = max(most, len(golden.Encoded(d)))
			}
		}
		t.Logf("%s: at most %d bytes", typ, most)
		if most > 2048 {
			t.Errorf("%s: a state of %d bytes", typ, most)
		}
	}
}

// TestGolden pins the bytes of every type after a stream with changes.
func TestGolden(t *testing.T) {
	for _, typ := range Names() {
		d := made(t, typ, nil)
		for _, x := range drawnStream(t, typ, 3) {
			d.Add(x)
		}
		golden.Check(t, "detector_v1_"+typ+".bin", []byte(golden.Encoded(d)))
		reread(t, d, nil)
	}
}

// TestCounts: what a detector tells beside its level.
func TestCounts(t *testing.T) {
	for _, typ := range Names() {
		d := made(t, typ, nil)
		changes, since, sum, n := uint64(0), uint64(0), 0.0, 0
		for i, x := range drawnStream(t, typ, 11) {
			if since == 0 {
				sum, n = 0, 0
			}
			sum, n = sum+x, n+1
			since++
			if d.Add(x) == Change {
				changes, since = changes+1, 0
			}
			if d.Changes() != changes || d.Since() != since {
				t.Fatalf("%s: %d changes, the last %d values before value %d; want %d, %d", typ, d.Changes(), d.Since(), i, changes, since)
			}
			rows, mean := d.Window()
			if typ != "adwin" && (rows != uint64(n) || math.Abs(mean-sum/float64(n)) > 1e-9*math.Max(1, math.Abs(mean))) {
				t.Fatalf("%s: %d values with mean %v, want %d with %v", typ, rows, mean, n, sum/float64(n))
			}
		}
	}
}

// TestValuesAreRefused: what a type cannot take is said, and changes nothing.
func TestValuesAreRefused(t *testing.T) {
	for _, typ := range Names() {
		d := made(t, typ, nil)
		for _, x := range drawnStream(t, typ, 5) {
			d.Add(x)
		}
		before := golden.Encoded(d)
		wrong := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e76, -1e300}
		switch d.kind.takes {
		case errorsOnly:
			wrong = append(wrong, 0.5, -1, 2)
		case losses:
			wrong = append(wrong, -0.001, 1.001)
		}
		for _, x := range wrong {
			if err := d.Takes(x); !errors.Is(err, errValue) || d.Add(x) != Stable || golden.Encoded(d) != before {
				t.Errorf("%s: %v says %v", typ, x, err)
			}
		}
		if err := d.Takes(1); err != nil {
			t.Errorf("%s: %v", typ, err)
		}
	}
}

// TestOptionsAreRefused: each by its name and value.
func TestOptionsAreRefused(t *testing.T) {
	for _, c := range []struct {
		typ, name string
		options   param.Values
		want      string
	}{
		{typ: "adwin", name: "delta", options: param.Values{"delta": 0}, want: "delta: 0, want a number above 0 and below 1"},
		{typ: "adwin", name: "buckets", options: param.Values{"max_buckets": 1}, want: "max_buckets: 1"},
		{typ: "adwin", name: "unknown", options: param.Values{"dleta": 1}, want: "dleta"},
		{typ: "page_hinkley", name: "mode", options: param.Values{"mode": "sideways"}, want: "mode: sideways"},
		{typ: "ddm", name: "thresholds", options: param.Values{"warning_threshold": 4}, want: "warning_threshold: 4, want at most drift_threshold"},
		{typ: "eddm", name: "shares", options: param.Values{"beta": 0.96}, want: "beta: 0.96, want at most alpha"},
		{typ: "hddm_a", name: "confidences", options: param.Values{"drift_confidence": 0.01}, want: "warning_confidence: 0.005, want at least drift_confidence"},
		{typ: "hddm_w", name: "lambda", options: param.Values{"lambda_val": 1}, want: "lambda_val: 1"},
		{typ: "kswin", name: "sizes", options: param.Values{"stat_size": 51}, want: "stat_size: 51, want at most half of window_size"},
		{typ: "stepd", name: "levels", options: param.Values{"alpha_drift": 0.1}, want: "alpha_warning: 0.05, want at least alpha_drift"},
		{typ: "cusum", name: "type", want: `detector: "cusum" is none of`},
	} {
		t.Run(c.typ+"/"+c.name, func(t *testing.T) {
			if _, err := New(c.typ, c.options); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want it to contain %q", err, c.want)
			}
		})
	}
}

// TestOptionsAreComplete: all options are told with their defaults, and given to New they
// make the same detector.
func TestOptionsAreComplete(t *testing.T) {
	for _, typ := range Catalogue() {
		r := param.NewReader(nil, param.Typed)
		all := Options(r, typ.Name)
		if err := r.Close(); err != nil || len(all) != len(typ.Parameters) {
			t.Fatalf("%s: %v of %d options (%v)", typ.Name, all, len(typ.Parameters), err)
		}
		for _, p := range typ.Parameters {
			if all[p.Name] != p.Default {
				t.Errorf("%s: %s is %v, its default %v", typ.Name, p.Name, all[p.Name], p.Default)
			}
		}
		a, b := made(t, typ.Name, nil), made(t, typ.Name, all)
		for _, x := range drawnStream(t, typ.Name, 13) {
			if a.Add(x) != b.Add(x) {
				t.Fatalf("%s: the defaults are not what is done", typ.Name)
			}
		}
	}
}

// TestOutside compares the p-values with scipy.stats.ks_2samp(method="exact") of SciPy
// 1.17.1, of samples 0, 1, ... and the same moved by h - 1/2.
func TestOutside(t *testing.T) {
	for _, c := range []struct {
		n, h int
		want float64
	}{
		{n: 5, h: 4, want: 0.07936507936507936},
		{n: 20, h: 7, want: 0.17453300569806826},
		{n: 30, h: 13, want: 0.006548396368058784},
		{n: 30, h: 20, want: 1.2750060342394341e-06},
		{n: 100, h: 25, want: 0.0037294923618311367},
		{n: 1000, h: 90, want: 0.0006029005665324465},
	} {
		if got := outside(c.n, c.h); math.Abs(got-c.want) > 1e-12*c.want {
			t.Errorf("n %d, h %d: %v, want %v", c.n, c.h, got, c.want)
		}
		if h := criticalDistance(c.n, c.want*(1+1e-9)); h != c.h {
			t.Errorf("n %d: the critical distance of %v is %d, want %d", c.n, c.want, h, c.h)
		}
	}
}

// FuzzDecode: what is read from any bytes is written as these bytes, and takes values
// without a panic.
func FuzzDecode(f *testing.F) {
	for i, typ := range Names() {
		d := made(f, typ, nil)
		for k, x := range drawnStream(f, typ, uint64(i)) {
			if d.Add(x); k%300 == 0 {
				f.Add(byte(i), []byte(golden.Encoded(d)))
			}
		}
	}
	f.Fuzz(func(t *testing.T, which byte, bytes []byte) {
		typ := Names()[int(which)%len(Names())]
		for _, options := range variants(typ) {
			d, r := made(t, typ, options), wire.NewReader(bytes)
			d.Decode(r)
			if err := r.Close(); err != nil {
				if !errors.Is(err, wire.ErrCorrupt) {
					t.Fatal(err)
				}
				continue
			}
			if golden.Encoded(d) != string(bytes) {
				t.Fatalf("%s: %x is written as %x", typ, bytes, golden.Encoded(d))
			}
			for i := range 200 {
				d.Add(float64(i % 2))
			}
			d.Window()
		}
	})
}

// BenchmarkAdd: one value of a stream without a change.
func BenchmarkAdd(b *testing.B) {
	for _, typ := range Names() {
		b.Run(typ, func(b *testing.B) {
			s := stream{Seed: 1, Pieces: []piece{{Kind: "errors", N: 1 << 14, A: 0.2, B: 0.2}}}
			values := s.values(b)
			d := made(b, typ, nil)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				d.Add(values[i%len(values)])
			}
		})
	}
}
