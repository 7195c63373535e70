package wrap

import (
	"regexp"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// ofGo are names of types, and values with the names of fields, in the text of an error.
var ofGo = regexp.MustCompile(`\*?\b(stats|wrap|keyed|model|project)\.[A-Z]|map\[|\[\]|\{\w+:|%!|another kind`)

// TestRefusalsAreInWords: whichever statistics do not go together, the error names both
// by what they are to a user, and no type of the program.
func TestRefusalsAreInWords(t *testing.T) {
	all := append(lawTable(), lawCase{name: "other options", maker: stats.SummaryMaker{Options: stats.SummaryOptions{HistogramBins: 100, ConditionalBins: 20}}})
	refused := 0
	for _, a := range all {
		for _, b := range all {
			into, from := statstest.Learned(t, a.maker, statstest.LawRows(3, 5)), statstest.Learned(t, b.maker, statstest.LawRows(3, 5))
			for verb, err := range map[string]error{"merge": into.Merge(from), "subtract": into.Subtract(from)} {
				if err == nil {
					continue
				}
				refused++
				if found := ofGo.FindString(err.Error()); found != "" {
					t.Errorf("%s of %s and %s says %q, with %q", verb, a.name, b.name, err, found)
				}
			}
		}
	}
	if refused < 100 {
		t.Errorf("%d refusals, want those of all pairs", refused)
	}
}
