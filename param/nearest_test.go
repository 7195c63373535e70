package param

import (
	"math/rand/v2"
	"testing"
)

// TestNearest: a name with one letter changed, left out, put in or swapped leads back
// to the name that was meant; another word leads nowhere.
func TestNearest(t *testing.T) {
	known := []string{"folds", "histogram_bins", "conditional_bins", "max_patterns", "precision", "window.rows", "attribute", "part"}
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		want := known[r.IntN(len(known))]
		typo := []byte(want)
		at := r.IntN(len(typo))
		switch r.IntN(4) {
		case 0:
			typo[at] = 'z'
		case 1:
			typo = append(typo[:at], typo[at+1:]...)
		case 2:
			typo = append(typo[:at], append([]byte{'q'}, typo[at:]...)...)
		case 3:
			if at > 0 {
				typo[at-1], typo[at] = typo[at], typo[at-1]
			}
		}
		if got := nearest(string(typo), known); got != want {
			t.Errorf("%s leads to %q, want %q", typo, got, want)
		}
	}
	for _, other := range []string{"", "zzzzz", "x", "verify", "refresh"} {
		if got := nearest(other, known); got != "" {
			t.Errorf("%q leads to %q, want nothing", other, got)
		}
	}
	if got := DidYouMean("fold", known); got != "; did you mean folds?" {
		t.Errorf("the phrase is %q", got)
	}
}
