package drift

// Test is one test of one attribute, or of several. P is null where the test is not defined, as of values that are all
// equal. DF are its degrees of freedom, two where the second is not null.
type Test struct {
	Test      string `json:"test"`
	Statistic Number `json:"statistic"`
	DF        Number `json:"df"`
	DF2       Number `json:"df2,omitempty"`
	P         Number `json:"p"`
}
