package drift

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/hash"
)

// Report is what Compare found. Attributes are in the order of their p-values.
type Report struct {
	// Drift says that something has changed: an attribute, or all together.
	Drift bool   `json:"drift"`
	Alpha Number `json:"alpha"`
	// MinEffect is the least effect of an attribute that counts as changed.
	MinEffect Number `json:"min_effect"`
	// P is the p-value of all attributes together, the least of those adjusted.
	P Number `json:"p"`
	// Drifted are the names of the attributes that have changed.
	Drifted    []string    `json:"drifted"`
	Reference  States      `json:"reference"`
	Recent     States      `json:"recent"`
	Attributes []Attribute `json:"attributes"`
	Joint      *Joint      `json:"joint,omitempty"`
	// Tiles is the number of tiles of time from which the dependence of rows has been estimated; 0 where rows were taken as
	// independent.
	Tiles int      `json:"tiles"`
	Notes []string `json:"notes,omitempty"`
}

// States is one of the two states. Rows is its weight, EffectiveRows the number of rows that it is worth.
type States struct {
	Name          string `json:"name,omitempty"`
	Rows          Number `json:"rows"`
	EffectiveRows Number `json:"effective_rows"`
}

// Attribute is what is known of one attribute.
type Attribute struct {
	Attribute string `json:"attribute"`
	Kind      string `json:"kind"` // numeric, binary, categorical or list
	// Drift says that P, adjusted for the number of attributes, is below alpha, and Effect not below min_effect.
	Drift     bool   `json:"drift"`
	P         Number `json:"p"`
	PAdjusted Number `json:"p_adjusted"`
	// Effect is the largest difference of the two distribution functions of a number, half of the sum of the differences of
	// shares of other kinds: 0 to 1.
	Effect Number `json:"effect"`
	// Dependent says that rows were not taken as independent; EffectiveRows are then fewer than rows.
	Dependent bool     `json:"dependent,omitempty"`
	Reference Side     `json:"reference"`
	Recent    Side     `json:"recent"`
	Tests     []Test   `json:"tests"`
	Effects   *Effects `json:"effects,omitempty"`
	// NewValues are only in the recent rows; VanishedValues only in the reference, though some were to be expected. At
	// most 20 of each. PooledValues is the number of values so rare that they were tested as one.
	NewValues      []ValueShare `json:"new_values,omitempty"`
	VanishedValues []ValueShare `json:"vanished_values,omitempty"`
	PooledValues   int          `json:"pooled_values,omitempty"`
}

// Side is an attribute in one state. Rows and Missing are weights of the rows that have it and that do not.
type Side struct {
	Rows          Number `json:"rows"`
	EffectiveRows Number `json:"effective_rows"`
	Missing       Number `json:"missing"`
	Mean          Number `json:"mean"`
	Stddev        Number `json:"stddev"`
}

// Test is one test. P is null where it is not defined, as of values that are all equal. DF are degrees of freedom, Error
// is by how much the statistic may be off because values within a bin of a histogram cannot be told apart.
type Test struct {
	Test      string `json:"test"`
	Statistic Number `json:"statistic"`
	DF        Number `json:"df,omitempty"`
	DF2       Number `json:"df2,omitempty"`
	Error     Number `json:"error,omitempty"`
	P         Number `json:"p"`
}

// Effects are sizes of the difference. MeanShift is in pooled standard deviations (Cohen's d), Wasserstein in units of the
// attribute, JensenShannon in bits, PSI that of the reference's deciles or of the values.
type Effects struct {
	MeanShift        Number `json:"mean_shift"`
	StddevRatio      Number `json:"stddev_ratio"`
	Wasserstein      Number `json:"wasserstein"`
	WassersteinError Number `json:"wasserstein_error"`
	JensenShannon    Number `json:"jensen_shannon"`
	PSI              Number `json:"psi"`
}

// Mark is a hash of what the states were: two verdicts of the same rows have the same, but for a rounding.
func (r *Report) Mark() uint64 {
	sum := hash.String(hash.Offset, fmt.Sprintf("%.9g %.9g %.9g", r.Reference.Rows, r.Recent.Rows, r.P))
	for i := range r.Attributes {
		a := &r.Attributes[i]
		sum = hash.String(sum, fmt.Sprintf("%s %.9g %.9g %.9g %.9g", a.Attribute, a.Recent.Mean, a.Recent.Stddev, a.Recent.Missing, a.Effect))
	}
	return sum
}
