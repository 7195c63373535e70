package expansion

import "github.com/rpconnect-sml/rpconnect-sml/internal/wire"

// Encode appends the expansion: kind, sources, knots, and of Fourier features seed,
// bandwidth, centres, scales and frequencies.
func (e *Expansion) Encode(w *wire.Writer) {
	w.Byte(byte(e.Kind))
	w.Uvarint(uint64(len(e.Sources)))
	for _, name := range e.Sources {
		w.String(name)
	}
	w.Uvarint(uint64(len(e.Knots)))
	w.Float64s(e.Knots)
	if e.Kind != Fourier {
		return
	}
	w.Uint64(e.Frame.Seed)
	w.Float64(e.Frame.Bandwidth)
	w.Float64s(e.Frame.Centre)
	w.Float64s(e.Frame.Scale)
	w.Uvarint(uint64(len(e.Frame.Frequencies)))
	w.Float64s(e.Frame.Frequencies)
}

// Decode reads what Encode wrote. Damage is recorded in r, and the result is then nil.
func Decode(r *wire.Reader) *Expansion {
	e := Expansion{Kind: Kind(r.Byte())}
	for range r.Count(1) {
		e.Sources = append(e.Sources, r.String())
	}
	numbers := func(n int) []float64 {
		if n == 0 || r.Err() != nil {
			return nil
		}
		out := make([]float64, n)
		r.Float64s(out)
		return out
	}
	e.Knots = numbers(r.Count(8))
	if e.Kind == Fourier {
		e.Frame = &FourierFrame{Seed: r.Uint64(), Bandwidth: r.Float64()}
		e.Frame.Centre, e.Frame.Scale = numbers(len(e.Sources)), numbers(len(e.Sources))
		e.Frame.Frequencies = numbers(r.Count(8))
	}
	if r.Err() != nil {
		return nil
	}
	out, err := New(e)
	if err != nil {
		r.Fail("%v", err)
		return nil
	}
	return out
}
