package detect

import (
	"math"
	"testing"
)

// splitmix draws as tools/reference/changes.py does.
type splitmix uint64

func newSplitmix(seed uint64) *splitmix {
	at := splitmix(mix(seed + increment))
	return &at
}

func (s *splitmix) uniform() float64 {
	*s += increment
	return float64(mix(uint64(*s))>>11) * 0x1p-53
}

// piece is some values of a stream of one kind.
type piece struct {
	Kind string
	N    int
	A, B float64
}

// stream is the pieces that values are drawn of.
type stream struct {
	Seed   uint64
	Pieces []piece
}

// values draws what tools/reference/changes.py draws.
func (s *stream) values(t testing.TB) (out []float64) {
	draws := newSplitmix(s.Seed)
	for _, p := range s.Pieces {
		for i := range p.N {
			moved := p.A + (p.B-p.A)*(float64(i)/float64(p.N))
			switch p.Kind {
			case "constant":
				out = append(out, p.A)
			case "errors":
				x := 0.0
				if draws.uniform() < moved {
					x = 1
				}
				out = append(out, x)
			case "losses":
				u := draws.uniform()
				out = append(out, min(moved*2*u, 1))
			case "normal":
				total := 0.0
				for range 12 {
					total += draws.uniform()
				}
				out = append(out, p.A+p.B*(total-6))
			case "ties":
				out = append(out, p.A+math.Floor(draws.uniform()*p.B))
			case "tail":
				out = append(out, p.A+p.B/(draws.uniform()+1e-6))
			case "extreme":
				x := draws.uniform() - 0.5
				if draws.uniform() < 0.5 {
					x *= p.A
				} else {
					x *= p.B
				}
				out = append(out, x)
			default:
				t.Fatalf("%q is no kind of stream", p.Kind)
			}
		}
	}
	return out
}

// drawnStream draws a stream that the type takes, with changes.
func drawnStream(t testing.TB, typ string, seed uint64) []float64 {
	draws := newSplitmix(seed)
	s := stream{Seed: seed}
	for range 1 + int(draws.uniform()*4) {
		p := piece{Kind: "errors", N: 40 + int(draws.uniform()*400), A: draws.uniform(), B: draws.uniform()}
		if find(typ).takes == anyNumber {
			p.Kind = []string{"normal", "ties", "tail", "extreme", "constant"}[int(draws.uniform()*5)]
			p.A, p.B = p.A*10, p.B*5
		}
		s.Pieces = append(s.Pieces, p)
	}
	return s.values(t)
}
