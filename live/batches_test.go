package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// valuesOfAll are values of all sorts, which make attributes of other types, or none.
var valuesOfAll = []string{
	`1`, `0`, `2.5`, `-7`, `"45249"`, `"02139"`, `"abc"`, `"x y"`, `true`, `false`, `"true"`, `"no"`, `null`, `"NA"`, `""`, `"-"`,
	`{"x":1}`, `{}`, `["a","b"]`, `[1,2]`, `{"double":1.5}`, `{"string":"abc"}`, `1e400`, `"1.234,5"`, `"2024-03-31"`,
}

// wildRow draws a document whose attributes may have any sort of value; now and then
// it is no JSON.
func wildRow(r *rand.Rand) string {
	var members []string
	for _, name := range r.Perm(5)[:1+r.IntN(4)] {
		members = append(members, fmt.Sprintf(`"%c":%s`, 'a'+name, valuesOfAll[r.IntN(len(valuesOfAll))]))
	}
	if r.IntN(30) == 0 {
		return "{" + strings.Join(members, ",")
	}
	return "{" + strings.Join(members, ",") + "}"
}

// TestRowsOfABatchAreReadInOrder: rows that are learned together give what they give one
// after another: the schema, which rows are refused and why, and every number.
func TestRowsOfABatchAreReadInOrder(t *testing.T) {
	for seed := range drawn.Seeds(300) {
		r := rand.New(rand.NewPCG(seed, 71))
		s := settings(true)
		s.Learn.Models = nil
		s.Learn.Schema.Reading = schema.Reading{Infer: []string{"text", "json"}[r.IntN(2)]}
		if r.IntN(3) == 0 {
			s.Learn.Schema.MaxCategories = 3
		}
		if r.IntN(4) == 0 {
			s.Learn.Schema.Attributes = map[string]string{string(rune('a' + r.IntN(5))): []string{"continuous", "categorical", "list", "binary"}[r.IntN(4)]}
		}
		rows := make([]string, 2+r.IntN(25))
		for i := range rows {
			rows[i] = wildRow(r)
		}
		structured := r.IntN(2) == 0
		want := learnedInBatches(t, s, rows, structured, func() int { return 1 })
		got := learnedInBatches(t, s, rows, structured, func() int { return 1 + r.IntN(len(rows)) })
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d, %v: rows %s\ntogether %s\none by one %s", seed, s.Learn.Schema, strings.Join(rows, "\n"), got, want)
		}
	}
}

// learnedInBatches returns the attributes, the error of each row and the bytes of the
// statistics, as text.
func learnedInBatches(t *testing.T, s live.Settings, rows []string, structured bool, size func() int) string {
	t.Helper()
	ctx := context.Background()
	h, _ := open(t, state.NewMemory(), s)
	defer func() {
		if err := h.Close(ctx); err != nil {
			t.Fatal(err)
		}
	}()
	out := &strings.Builder{}
	for from := 0; from < len(rows); {
		to := min(len(rows), from+size())
		var messages []live.Message
		for i := from; i < to; i++ {
			m := live.Message{Data: []byte(rows[i]), Shard: "s", Offset: int64(i), HasOffset: true}
			var v any
			if structured && json.Unmarshal(m.Data, &v) == nil {
				m.Data, m.Value = nil, v
			}
			messages = append(messages, m)
		}
		if err := h.Project().Learn(ctx, messages); err != nil {
			t.Fatal(err)
		}
		for i := range messages {
			if fmt.Fprintf(out, "row %d: %v", from+i, messages[i].Outcome); !structured { // which of two errors is told depends on which keys are known
				fmt.Fprintf(out, " %v", messages[i].Err)
			}
		}
		from = to
	}
	info, err := h.Project().Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(out, "%+v\n%+v\n", info.Schema, info.Unread)
	summary, err := h.Project().Summary(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range summary.Layout().Numeric {
		m := summary.Moments(i)
		fmt.Fprintf(out, "%s: %v, mean %.9g, deviation %.9g\n", c.Name, m.Weight(), m.Mean(), m.Stddev(0))
	}
	for i, c := range summary.Layout().Categorical {
		fmt.Fprintf(out, "%s %q: %v\n", c.Name, c.Values, summary.Present(i))
		for code := range int32(len(c.Values) + 1) {
			fmt.Fprintf(out, " %v", summary.Categories(i).Count(code))
		}
	}
	return out.String()
}
