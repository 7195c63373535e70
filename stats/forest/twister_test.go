package forest

import (
	"math"
	"testing"
)

// twister is the generator of numpy.random.RandomState, so that sets of scikit-learn's
// generators are those that others have measured (Matsumoto and Nishimura, 1998; the
// normal numbers are by the polar method, as numpy's legacy_gauss).
type twister struct {
	state [624]uint32
	at    int
	next  float64
	has   bool
}

func newTwister(seed uint32) *twister {
	t := &twister{at: 624}
	t.state[0] = seed
	for i := 1; i < 624; i++ {
		t.state[i] = 1812433253*(t.state[i-1]^t.state[i-1]>>30) + uint32(i)
	}
	return t
}

func (t *twister) word() uint32 {
	if t.at == 624 {
		for i := range 624 {
			y := t.state[i]&0x80000000 | t.state[(i+1)%624]&0x7fffffff
			t.state[i] = t.state[(i+397)%624] ^ y>>1 ^ y&1*0x9908b0df
		}
		t.at = 0
	}
	y := t.state[t.at]
	t.at++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// uniform returns a number from 0 to 1.
func (t *twister) uniform() float64 {
	a, b := t.word()>>5, t.word()>>6
	return (float64(a)*67108864 + float64(b)) / 9007199254740992
}

// normal returns a standard normal number.
func (t *twister) normal() float64 {
	if t.has {
		t.has = false
		return t.next
	}
	for {
		x, y := 2*t.uniform()-1, 2*t.uniform()-1
		r := x*x + y*y
		if r >= 1 || r == 0 {
			continue
		}
		f := math.Sqrt(-2 * math.Log(r) / r)
		t.next, t.has = f*x, true
		return f * y
	}
}

// TestTwister: the first numbers of numpy.random.RandomState(0), by numpy 2.
func TestTwister(t *testing.T) {
	if got := newTwister(0).uniform(); got != 0.5488135039273248 {
		t.Errorf("uniform() is %v", got)
	}
	if got := newTwister(0).normal(); math.Abs(got-1.764052345967664) > 1e-15 {
		t.Errorf("normal() is %v", got)
	}
}
