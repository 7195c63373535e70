package model

// Role says what a model is for, and so which fields of a Result it fills in.
type Role string

// The roles.
const (
	RoleAnomaly        Role = "anomaly"
	RoleRegression     Role = "regression"
	RoleClassification Role = "classification"
)

// Model is what a definition has been built into. It never changes and is safe
// for concurrent use.
type Model interface {
	// Inputs returns the names of the attributes that count, in the order of
	// the contributions. It must not be changed.
	Inputs() []string
	// Predict fills result for one encoded row: values as the numeric columns
	// of the layout that the model was built under, NaN for missing, and codes
	// as its categorical ones. Rows of a later layout may be longer, those of
	// an earlier one shorter: what lacks is missing. Nothing is allocated once
	// result has been used.
	Predict(values []float64, codes []int32, result *Result)
	// MinRows is how many rows must have been learned before a result means
	// anything.
	MinRows() float64
	// Describe returns everything that is known about the model, such as
	// coefficients and their errors: a plain struct for JSON. No value in it is
	// NaN or infinite when encoded; what is undefined is null.
	Describe() any
}

// Classifier is a model whose results have a class.
type Classifier interface {
	Model
	// Classes returns the classes, in the order of Result.Probabilities. It
	// must not be changed.
	Classes() []string
	// Decide returns the class that is predicted of probabilities of all classes: not
	// always the most probable one.
	Decide(probabilities []float64) int
}

// DefaultMinRows is how many rows a model wants before it says anything.
const DefaultMinRows = 32

// Interval is a range around a prediction.
type Interval struct {
	Low, High float64
}

// Result is what Predict fills in; it is reused from row to row. A model fills
// in the fields of its role and leaves the others alone.
type Result struct {
	// Score is an anomaly model's: 0 or more, higher is stranger, always finite.
	Score float64
	// PValue is the probability of a score at least as high, where the model's
	// theory gives one; else NaN. Anomaly models must set it.
	PValue float64

	// Prediction is a regression's; Interval holds the next value with the
	// model's confidence when HasInterval is set.
	Prediction  float64
	Interval    Interval
	HasInterval bool

	// Class is the index of the predicted class among the classes,
	// Probabilities are parallel to these and add up to 1.
	Class         int
	Probabilities []float64

	// Calibration says whether the probabilities are calibrated; models leave it alone.
	Calibration CalibrationState

	// Contributions is each input's part of the score, of the prediction's
	// distance from the mean, or of the log odds of the predicted class.
	Contributions []float64

	scratch []float64
	found   []int32

	// Room is kept from row to row for a model that needs more to work in than numbers.
	Room any

	// Inner is the result of a member, for models made of others.
	Inner *Result
}

// Resize makes room for n contributions.
func (r *Result) Resize(n int) { r.Contributions = resized(r.Contributions, n) }

// ResizeClasses makes room for n probabilities.
func (r *Result) ResizeClasses(n int) { r.Probabilities = resized(r.Probabilities, n) }

// Work returns n numbers for a model to work with within one call of Predict.
func (r *Result) Work(n int) []float64 {
	r.scratch = resized(r.scratch, n)
	return r.scratch
}

// Cells returns n cells for a model that counts.
func (r *Result) Cells(n int) []int32 {
	if cap(r.found) < n {
		r.found = make([]int32, n)
	}
	return r.found[:n]
}

// resized returns a slice of length n, the given one where it is large enough.
func resized(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}

// OtherLabel names the level of the values that the dictionary has no room for.
const OtherLabel = "(other)"
