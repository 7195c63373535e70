package evaluation

import (
	"fmt"
	"math"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// RunningOptions say over which rows a running evaluation is kept beside that
// of all of them.
type RunningOptions struct {
	// Window is the number of the last rows; 0 for no window. It moves in steps
	// of a tenth of it, so it covers at most as many and usually 0.9 times that.
	Window int
	// HalfLife is after how many rows a row counts half; 0 for no decay.
	HalfLife float64
}

// String lists the options, by the names that they have in sml_score.
func (o RunningOptions) String() string {
	return fmt.Sprintf("window %d, half_life %v", o.Window, o.HalfLife)
}

// Bounds of RunningOptions.
const (
	maxRunningWindow   = 1e12
	maxRunningHalfLife = 1e12
	runningTiles       = 10
)

func (o RunningOptions) check() error {
	if o.Window < 0 || float64(o.Window) > maxRunningWindow {
		return fmt.Errorf("window is %d rows, want 0 to %g", o.Window, float64(maxRunningWindow))
	}
	if !(o.HalfLife >= 0 && o.HalfLife <= maxRunningHalfLife) {
		return fmt.Errorf("half-life is %v rows, want 0 to %g", o.HalfLife, float64(maxRunningHalfLife))
	}
	return nil
}

// Running is a test-then-train evaluation (Gama, Sebastiao, Rodrigues, On
// evaluating stream learning algorithms, Machine Learning 90, 2013): each row
// is predicted first and added here with what it turned out to be. It is an
// additive statistic of either role. It is not safe for concurrent use.
type Running struct {
	role    model.Role
	options RunningOptions
	all     runningPart
	// tiles are the window, oldest first; the last one is being filled.
	tiles []runningTile
	// decayed has a weight of 1 for a row of now; see decay.
	decayed runningPart
	scale   float64
	// history is by the time that At has set last, in seconds since 1970.
	history history
	now     int64
}

// runningTile is a step of the window and how many rows it has had.
type runningTile struct {
	rows int
	part runningPart
}

// runningPart is the statistics of some rows: of one role, the other empty.
type runningPart struct {
	classes classRunning
	numbers numberRunning
}

func (p *runningPart) merge(o *runningPart) {
	p.classes.merge(&o.classes)
	p.numbers.merge(&o.numbers)
}

func (p *runningPart) multiply(f float64) {
	p.classes.multiply(f)
	p.numbers.multiply(f)
}

// clone merges into an empty part, which copies the maps.
func (p *runningPart) clone() runningPart {
	var out runningPart
	out.merge(p)
	return out
}

// NewRunning returns the empty evaluation of regressions or classifications;
// an evaluation of another role, and options out of range, are errors.
func NewRunning(role model.Role, o RunningOptions) (*Running, error) {
	if !Has(role) {
		return nil, fmt.Errorf("running evaluation: role is %q, want %s or %s", role, model.RoleRegression, model.RoleClassification)
	}
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("running evaluation: %w", err)
	}
	return &Running{role: role, options: o, scale: 1}, nil
}

// Has reports whether predictions of the role can be compared with targets.
func Has(role model.Role) bool {
	return role == model.RoleRegression || role == model.RoleClassification
}

// Role returns what is evaluated.
func (r *Running) Role() model.Role { return r.role }

// Rows returns the weight of all rows.
func (r *Running) Rows() float64 { return r.all.classes.weight + r.all.numbers.weight }

// AddClass takes a row of the class actual and the given weight, for which a
// model of the classes predicted result. A class that the model did not know
// counts as wrong and has the least probability. A weight that is not positive
// and finite, and a result that does not fit the classes, are errors.
func (r *Running) AddClass(actual string, classes []string, result *model.Result, weight float64) error {
	return r.AddCalibrated(actual, classes, result, nil, weight)
}

// AddCalibrated is AddClass of a row whose probabilities were calibrated: after has those,
// and result those of the model itself, of which everything else is told. Nil is a row of
// which they were not.
func (r *Running) AddCalibrated(actual string, classes []string, result, after *model.Result, weight float64) error {
	if r.role != model.RoleClassification {
		return fmt.Errorf("running evaluation of %s: a class was added", r.role)
	}
	if err := checkRunningWeight(weight); err != nil {
		return err
	}
	for _, x := range []*model.Result{result, after} {
		if x != nil && (x.Class < 0 || x.Class >= len(classes) || len(x.Probabilities) != len(classes)) {
			return fmt.Errorf("running evaluation: class %d and %d probabilities of %d classes", x.Class, len(x.Probabilities), len(classes))
		}
	}
	one := outcomeOf(actual, classes, result, weight)
	r.record(&tally{classes: one})
	return r.add(func(p *runningPart, scale float64) {
		scaled := one
		scaled.multiply(scale)
		p.classes.add(&scaled, actual, classes, result)
		if after != nil {
			p.classes.addCalibrated(actual, classes, result, after, scaled.weight)
		}
	})
}

// AddNumber takes a row whose target is actual and was predicted to be
// prediction. Numbers that are not finite, or beyond stats.MaxMagnitude, and a
// weight that is not positive and finite are errors.
func (r *Running) AddNumber(actual, prediction, weight float64) error {
	if r.role != model.RoleRegression {
		return fmt.Errorf("running evaluation of %s: a number was added", r.role)
	}
	if err := checkRunningWeight(weight); err != nil {
		return err
	}
	for _, x := range []float64{actual, prediction} {
		if !(math.Abs(x) <= stats.MaxMagnitude) {
			return fmt.Errorf("running evaluation: actual %v and prediction %v, want numbers of magnitude up to %g", actual, prediction, float64(stats.MaxMagnitude))
		}
	}
	one := errorOf(actual, prediction, weight)
	r.record(&tally{numbers: one})
	return r.add(func(p *runningPart, scale float64) {
		scaled := one
		scaled.multiply(scale)
		p.numbers.add(&scaled, actual, prediction)
	})
}

// At says when the rows that are added from now on were scored. Rows that are added
// before any time is known are not in the history.
func (r *Running) At(t time.Time) { r.now = min(max(t.Unix(), 1), mostTime) }

func (r *Running) record(one *tally) {
	if r.now > 0 {
		r.history.add(r.now, one)
	}
}

// maxRunningWeight bounds the weight of a row, so that no sum overflows.
const maxRunningWeight = 1e20

func checkRunningWeight(w float64) error {
	if !(w > 0 && w <= maxRunningWeight) {
		return fmt.Errorf("running evaluation: weight is %v, not a positive number up to %g", w, float64(maxRunningWeight))
	}
	return nil
}

// add gives the row to each part, with what to multiply its sums by. A tile counts rows and not weight, so a window is
// of a number of rows whatever they weigh.
func (r *Running) add(add func(p *runningPart, scale float64)) error {
	add(&r.all, 1)
	if r.options.Window > 0 {
		step := (r.options.Window + runningTiles - 1) / runningTiles
		if last := len(r.tiles) - 1; last < 0 || r.tiles[last].rows >= step {
			if len(r.tiles) == r.options.Window/step {
				copy(r.tiles, r.tiles[1:])
				r.tiles = r.tiles[:last]
			}
			r.tiles = append(r.tiles, runningTile{})
		}
		tile := &r.tiles[len(r.tiles)-1]
		tile.rows++
		add(&tile.part, 1)
	}
	if r.options.HalfLife > 0 {
		r.decay()
		add(&r.decayed, r.scale)
	}
	return nil
}

// decay makes a row of now weigh more than those before: forward decay
// (Cormode and others, ICDE 2009), brought back to 1 before it is out of range.
// Only the weight of new rows grows, so a row costs the same however many came
// before; rescaling all is rare.
func (r *Running) decay() {
	r.scale *= math.Exp2(1 / r.options.HalfLife)
	if r.scale > maxRunningScale {
		r.settle()
	}
}

// maxRunningScale is the weight of a row of now at which that is made 1 again.
const maxRunningScale = 1e50

// settle rescales the decayed part so that a row of now has a weight of 1.
func (r *Running) settle() {
	r.decayed.multiply(1 / r.scale)
	r.scale = 1
}

// Merge adds what o has seen: all rows, the windows of both, and the decayed
// rows, each by its own count of rows. Another role or other options are an
// error that wraps stats.ErrIncompatible. o is not changed.
// Windows of two shards do not hold the newest rows of both, but of each.
func (r *Running) Merge(o *Running) error {
	if o.role != r.role || o.options != r.options {
		return fmt.Errorf("%w: running evaluations of %s with %v and of %s with %v", stats.ErrIncompatible, r.role, r.options, o.role, o.options)
	}
	r.all.merge(&o.all)
	r.history.merge(&o.history)
	for i := range o.tiles {
		// from the newest back, so that steps of about the same age meet
		from := &o.tiles[len(o.tiles)-1-i]
		at := len(r.tiles) - 1 - i
		if at < 0 {
			r.tiles = append([]runningTile{{}}, r.tiles...)
			at = 0
		}
		r.tiles[at].rows = max(r.tiles[at].rows, from.rows)
		r.tiles[at].part.merge(&from.part)
	}
	r.settle()
	theirs := o.decayed.clone()
	theirs.multiply(1 / o.scale)
	r.decayed.merge(&theirs)
	return nil
}

// Clone returns a copy.
func (r *Running) Clone() *Running {
	out := &Running{role: r.role, options: r.options, scale: r.scale, all: r.all.clone(), decayed: r.decayed.clone()}
	out.history.merge(&r.history)
	out.now = r.now
	for i := range r.tiles {
		out.tiles = append(out.tiles, runningTile{rows: r.tiles[i].rows, part: r.tiles[i].part.clone()})
	}
	return out
}
