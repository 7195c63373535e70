package regression

import (
	"context"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
)

const (
	// patience is the number of sweeps after which a descent that does not rest
	// is finished on the active set. Where inputs are nearly collinear a sweep
	// gains a share of about 1/condition, so no number of them would do.
	patience = 30
	// settled is how far a condition may be off, as a share of the largest
	// gradient at b = 0.
	settled = 1e-10
	// nearly is how far they may be off at a point of a path.
	nearly = 1e-9
	// refinements of a solution, each of which leaves the rounding of a
	// gradient that was computed anew.
	refinements = 3
	// stepsPerInput bounds the steps on the active set: it seldom takes more than
	// two for each input.
	stepsPerInput = 20
)

// activeSet is the state of an exact solution on the inputs whose signs are
// known (the feature-sign search of H. Lee, A. Battle, R. Raina, A. Ng, Efficient
// sparse coding algorithms, NIPS 2006, algorithm 1).
type activeSet struct {
	*descent
	l1, l2 float64
	sign   []float64 // -1, 0 or 1 for each input
	// held are inputs that left as soon as they had come in, by rounding.
	held []bool
}

// finish goes from the point that the descent has reached to the optimum: it
// solves the equations of the active inputs, moves toward their solution until
// the first coefficient changes its sign, which then leaves, and takes in the
// input whose condition is off most when none does. Each step lowers the objective
// and a set of signs does not come twice, so it ends however collinear the inputs
// are. It reports whether all conditions of Karush, Kuhn and Tucker hold.
func (d *descent) finish(ctx context.Context, l1, l2 float64) (bool, error) {
	a := &activeSet{descent: d, l1: l1, l2: l2, sign: make([]float64, d.p), held: make([]bool, d.p)}
	for i, b := range d.b {
		if b != 0 {
			a.sign[i] = math.Copysign(1, b)
		}
	}
	a.refresh()
	enough := settled * d.largestGradient()
	entered := -1
	for range stepsPerInput*d.p + stepsPerInput {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		left, moved, ok := a.step(enough)
		if !ok {
			return false, nil
		}
		if moved {
			clear(a.held)
		}
		if left >= 0 {
			if left == entered && !moved {
				a.held[left] = true
			}
			continue
		}
		if entered = a.worst(enough); entered < 0 {
			return a.off(l1, l2) <= 10*enough, nil
		}
		a.sign[entered] = math.Copysign(1, d.grad[entered])
		d.in[entered] = true
	}
	return false, nil
}

// largestGradient is that at b = 0.
func (q *gram) largestGradient() float64 { return q.firstLambda(1) }

// refresh computes the gradient anew, without the rounding of its updates.
func (a *activeSet) refresh() {
	copy(a.grad, a.c)
	for i, b := range a.b {
		if b != 0 {
			row := a.g[i*a.p : (i+1)*a.p]
			for j, x := range row {
				a.grad[j] -= b * x
			}
		}
	}
}

// step moves to the solution for the present signs, or to where the first of
// them changes, and returns who left, or -1, and whether anything moved. It is not
// ok when the equations have no solution that can be computed.
func (a *activeSet) step(enough float64) (left int, moved, ok bool) {
	var active []int
	for i, s := range a.sign {
		if s != 0 {
			active = append(active, i)
		}
	}
	if len(active) == 0 {
		return -1, false, true
	}
	f, err := linalg.Factor(a.shrunk(active, a.l2), len(active), design.RcondDouble)
	if err != nil {
		return -1, false, false
	}
	if dependent := f.Dependent(); len(dependent) > 0 {
		return a.along(active, f.Null(dependent[0]))
	}
	for range refinements {
		rhs, worst := make([]float64, len(active)), 0.0
		for k, i := range active {
			rhs[k] = a.slope(i)
			worst = max(worst, math.Abs(rhs[k]))
		}
		if worst <= enough/10 {
			break
		}
		left, _ = a.move(active, f.Solve(rhs), 1)
		if left >= 0 {
			return left, a.refreshed(), true
		}
		moved = a.refreshed()
	}
	return -1, moved, true
}

// refreshed is refresh, and true.
func (a *activeSet) refreshed() bool {
	a.refresh()
	return true
}

// slope is how fast the objective falls along a coefficient that has its sign.
func (a *activeSet) slope(i int) float64 { return a.grad[i] - a.l2*a.b[i] - a.l1*a.sign[i] }

// move adds a direction, up to a length, to the active coefficients, and stops
// where the first of them would change its sign: that leaves. It returns who did,
// or -1, and the length of the way.
func (a *activeSet) move(active []int, direction []float64, length float64) (int, float64) {
	left := -1
	for k, i := range active {
		if direction[k]*a.sign[i] < 0 {
			if t := math.Abs(a.b[i] / direction[k]); t < length {
				left, length = i, t
			}
		}
	}
	if math.IsInf(length, 1) {
		return -1, 0
	}
	for k, i := range active {
		a.b[i] += length * direction[k]
		if a.b[i]*a.sign[i] < 0 {
			a.b[i] = 0
		}
	}
	if left >= 0 {
		a.b[left], a.sign[left] = 0, 0
	}
	return left, length
}

// along moves along a combination of active inputs that does not vary, on the
// side on which the penalty falls, until one of them leaves. The penalty is linear
// there and bounded from below, so one does.
func (a *activeSet) along(active []int, null []float64) (left int, moved, ok bool) {
	slope := 0.0
	for k, i := range active {
		slope += null[k] * a.slope(i)
	}
	for range 2 {
		direction := make([]float64, len(null))
		for k, x := range null {
			direction[k] = math.Copysign(1, slope) * x
		}
		if left, length := a.move(active, direction, math.Inf(1)); left >= 0 {
			a.refresh()
			return left, length > 0, true
		}
		slope = -slope
	}
	return -1, false, false
}

// worst returns the input without a sign whose condition is off most, or -1.
func (a *activeSet) worst(enough float64) int {
	worst, most := -1, enough
	for j, s := range a.sign {
		if s != 0 || a.held[j] || !(a.g[j*a.p+j] > 0) {
			continue
		}
		if off := math.Abs(a.grad[j]) - a.l1; off > most {
			worst, most = j, off
		}
	}
	return worst
}

// off is by how much the condition is off that is off most.
func (d *descent) off(l1, l2 float64) float64 {
	worst := 0.0
	for j, b := range d.b {
		off := math.Abs(d.grad[j]) - l1
		if b != 0 {
			off = math.Abs(d.grad[j] - l2*b - math.Copysign(l1, b))
		}
		worst = max(worst, off)
	}
	return worst
}

// rest sweeps a descent that has converged until the conditions hold closely, which
// costs less than solving the equations, and finishes it where they do not soon.
func (d *descent) rest(ctx context.Context, l1, l2 float64) error {
	enough := nearly * d.largestGradient()
	for range patience {
		if d.off(l1, l2) <= enough {
			return nil
		}
		d.sweep(l1, l2, false)
	}
	// Where rounding leaves no exact solution the descent's is as good.
	_, err := d.finish(ctx, l1, l2)
	return err
}
