package sml

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
)

// TestCourseText: of drawn courses, the text has the newest step only: a line for each of
// its members, the heaviest first, however many steps there are.
func TestCourseText(t *testing.T) {
	for seed := range drawn.Seeds(50) {
		r := rand.New(rand.NewPCG(seed, 17))
		members, steps := 1+r.IntN(8), 1+r.IntN(64)
		var list []string
		for i := range steps {
			var standings []string
			for k := range members {
				standings = append(standings, fmt.Sprintf(`"m%d":{"weight":%g,"loss":%d}`, k, float64(k+1)/100, 1000*i+k))
			}
			list = append(list, fmt.Sprintf(`{"from":"2026-01-01T00:00:00Z","seconds":1,"rows":%d,"loss":%d,"members":{%s}}`, i+1, 7000+i, strings.Join(standings, ",")))
		}
		var out bytes.Buffer
		writeModel(&out, fmt.Appendf(nil, `{"name":"best","course":{"measure":"log_loss","rows":99,"names":[],"steps":[%s]}}`, strings.Join(list, ",")))
		want := fmt.Sprintf("name  best\n\nmembers, of the last %d of 99 rows\n", steps)
		_, lines, ok := strings.Cut(out.String(), want)
		got := strings.Split(strings.TrimSpace(lines), "\n")
		if !ok || len(got) != members+2+min(1, steps-1) {
			t.Fatalf("seed %d: %d members, %d steps, text\n%s", seed, members, steps, out.String())
		}
		for k := range members {
			if fields := strings.Fields(got[members-k]); len(fields) != 3 || fields[0] != fmt.Sprintf("m%d", k) || fields[2] != fmt.Sprint(1000*(steps-1)+k) {
				t.Errorf("seed %d: line %q is not that of m%d", seed, got[members-k], k)
			}
		}
	}
}
