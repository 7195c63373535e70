package schema

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"
)

// asDocument is a document of one attribute.
func asDocument(t testing.TB, name string, value any) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{name: value})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// settledCases are first values and what they make of an attribute.
var settledCases = []struct {
	first  any
	kind   Kind // 0: nothing, the value is missing
	reason Reason
}{
	{"5.1", Continuous, FromNumberText}, {"-3", Continuous, FromNumberText}, {"0", Continuous, FromNumberText}, {"0.5", Continuous, FromNumberText},
	{"1e5", Continuous, FromNumberText}, {" 7 ", Continuous, FromNumberText}, {"123456789012345", Continuous, FromNumberText}, {"0.30000000000000004", Continuous, FromNumberText},
	{"1234567890123456", Categorical, FromLongDigits}, {"-1234567890123456.5", Categorical, FromLongDigits}, {"007", Categorical, FromLeadingZero}, {"-01", Categorical, FromLeadingZero}, {"00.5", Categorical, FromLeadingZero},
	{"abc", Categorical, FromText}, {"1.2.3", Categorical, FromText}, {"+5", Categorical, FromText}, {".5", Categorical, FromText}, {"5.", Categorical, FromText}, {"0x10", Categorical, FromText},
	{"1e400", Categorical, FromText}, {"1e80", Categorical, FromText}, {"5,1", Categorical, FromText}, {"1 000", Categorical, FromText}, {"2024-03-31", Categorical, FromText}, {"yes", Categorical, FromText},
	{"true", Binary, FromTruthText}, {"FALSE", Binary, FromTruthText},
	{5.1, Continuous, FromNumber}, {true, Binary, FromTruth},
	{"", 0, 0}, {" ", 0, 0}, {"NaN", 0, 0}, {"nan", 0, 0}, {"NA", 0, 0}, {"n/a", 0, 0}, {"NULL", 0, 0}, {"None", 0, 0}, {"-", 0, 0}, {nil, 0, 0},
}

// TestFirstValueSettles: the first value that is not missing makes the kind, in both
// forms of document; with infer json every string is a category.
func TestFirstValueSettles(t *testing.T) {
	for _, c := range settledCases {
		doc := asDocument(t, "a", c.first)
		t.Run(doc, func(t *testing.T) {
			for _, structured := range []bool{false, true} {
				r := NewReader(nil)
				var err error
				if structured {
					err = r.ReadStructured(map[string]any{"a": c.first}, &Block{})
				} else {
					err = r.ReadJSON([]byte(doc), &Block{})
				}
				if err != nil {
					t.Fatal(err)
				}
				g := r.Growth().Attributes
				if c.kind == 0 {
					if len(g) != 0 {
						t.Errorf("a missing value makes %v", g)
					}
					continue
				}
				if len(g) != 1 || g[0].Kind != c.kind || g[0].Settled.Reason != c.reason || g[0].Why() == "" {
					t.Errorf("growth %+v, want %v by reason %d", g, c.kind, c.reason)
				}
			}
			if text, ok := c.first.(string); ok {
				_, s := learned(t, rulesOf(t, Config{Reading: Reading{Infer: inferJSON, Missing: []string{}}}), doc)
				if a := s.Attributes(); len(a) != 1 || a[0].Kind != Categorical || a[0].Values[0] != text {
					t.Errorf("with infer json %q makes %v", text, a)
				}
			}
		})
	}
}

// drawnNumber draws a number and its text under marks, of the form that people
// publish.
func drawnNumber(r *rand.Rand, decimal, thousands string) (float64, string) {
	whole, digits := r.IntN(10_000_000), r.IntN(4)
	if r.IntN(2) == 0 {
		whole %= 1000
	}
	fraction := ""
	if digits > 0 {
		fraction = fmt.Sprintf("%0*d", digits, r.IntN(int(math.Pow10(digits))))
	}
	plain, text := strconv.Itoa(whole), strconv.Itoa(whole)
	if thousands != noMark && r.IntN(4) > 0 {
		for i := len(text) - 3; i > 0; i -= 3 {
			text = text[:i] + thousands + text[i:]
		}
	}
	if fraction != "" {
		plain, text = plain+"."+fraction, text+decimal+fraction
	}
	if r.IntN(3) == 0 {
		plain, text = "-"+plain, "-"+text
	}
	v, _ := strconv.ParseFloat(plain, 64) // a number by its making
	return v, text
}

// TestDrawnMarks: numbers with any marks are read to the number that they were made
// of, and make an attribute continuous; a group that is not of three digits does not.
func TestDrawnMarks(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	for _, decimal := range decimalMarks {
		for _, thousands := range thousandsMarks {
			if decimal == thousands {
				continue
			}
			rules := rulesOf(t, Config{Reading: Reading{DecimalMark: decimal, ThousandsMark: thousands}})
			reader, s := learned(t, rules, asDocument(t, "a", "1"))
			words := rules.reading.Over(DefaultReading()).conventions()
			for range 300 {
				want, text := drawnNumber(r, decimal, thousands)
				if kind, reason := words.settle([]byte(text)); kind != Continuous {
					t.Fatalf("%q with marks %q and %q is %v by reason %d", text, decimal, thousands, kind, reason)
				}
				var b Block
				b.Reset(s)
				if err := reader.ReadJSON([]byte(asDocument(t, "a", text)), &b); err != nil || b.Values[0] != want {
					t.Fatalf("%q with marks %q and %q is read as %v, %v, want %v", text, decimal, thousands, b.Values, err, want)
				}
			}
			if thousands == noMark {
				continue
			}
			for _, wrong := range []string{"1" + thousands + "5", "1234" + thousands + "567", thousands + "123", "1" + thousands, "1" + thousands + thousands + "000", "1" + thousands + "0000", "1" + decimal + "5" + thousands + "000"} {
				if strings.TrimSpace(wrong) != wrong {
					continue // blanks around a number are none of its marks
				}
				if kind, _ := words.settle([]byte(wrong)); kind != Categorical {
					t.Errorf("%q with marks %q and %q is %v", wrong, decimal, thousands, kind)
				}
				if err := reader.ReadJSON([]byte(asDocument(t, "a", wrong)), &Block{Numeric: 1}); err == nil {
					t.Errorf("%q with marks %q and %q is a number", wrong, decimal, thousands)
				}
			}
		}
	}
}

// TestMissingOfEachKind: each marker in any case and with blanks around it is a
// missing value of each kind, declared or settled; without markers it is not.
func TestMissingOfEachKind(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 2))
	declared := map[string]string{"c": "continuous", "b": "binary", "k": "categorical", "l": "list", "t": "timestamp"}
	rules := rulesOf(t, Config{Attributes: declared, Separator: "|"})
	reader, s := learned(t, rules, `{"c":1,"b":true,"k":"x","l":["x"],"t":5,"n":"5","w":"word"}`)
	for _, m := range defaultMissing {
		for range 20 {
			text := []byte(m)
			for i := range text {
				if r.IntN(2) == 0 {
					text[i] = strings.ToUpper(string(text[i]))[0]
				} else {
					text[i] = strings.ToLower(string(text[i]))[0]
				}
			}
			spaced := strings.Repeat(" ", r.IntN(3)) + string(text) + strings.Repeat("\t", r.IntN(2))
			for _, a := range s.Attributes() {
				var b Block
				b.Reset(s)
				if err := reader.ReadJSON([]byte(asDocument(t, a.Name, spaced)), &b); err != nil || show(s, &b) != "" {
					t.Errorf("%q of %s is read as %q, %v", spaced, a.Name, show(s, &b), err)
				}
			}
		}
	}
	none, s := learned(t, rulesOf(t, Config{Reading: Reading{Missing: []string{"?"}}}), `{"k":"NA","q":"?"}`)
	if got := showAttributes(s.Attributes()); got != "k:categorical(NA)" || none == nil {
		t.Errorf("with the marker ? alone: %s", got)
	}
}

// TestMarkerThatWasACategory: a category that is a marker by now is missing, and
// keeps its code for the rows of before.
func TestMarkerThatWasACategory(t *testing.T) {
	s := schemaOf(t, Attribute{Name: "k", Kind: Categorical, Values: []string{"none", "x"}})
	r := NewReader(rulesOf(t, Config{Reading: Reading{Missing: []string{"none"}}}))
	r.SetSchema(s)
	var b Block
	b.Reset(s)
	for _, doc := range []string{`{"k":"none"}`, `{"k":"x"}`, `{"k":" None"}`} {
		if err := r.ReadJSON([]byte(doc), &b); err != nil {
			t.Fatal(err)
		}
		if err := r.ReadStructured(map[string]any{"k": strings.Split(doc, `"`)[3]}, &b); err != nil {
			t.Fatal(err)
		}
	}
	if got := show(s, &b); got != "; ; k=x; k=x; ; " {
		t.Errorf("rows are %q", got)
	}
}

// TestTruthValues: words of truth in any case where the attribute is declared binary,
// true and false where it was settled.
func TestTruthValues(t *testing.T) {
	declared, s := learned(t, rulesOf(t, Config{Attributes: map[string]string{"b": "binary"}}), `{"b":1,"i":true}`)
	for text, want := range map[string]float64{
		"yes": 1, "No": 0, "Y": 1, "n": 0, "ON": 1, "off": 0, "t": 1, "F": 0, "true": 1, "False": 0, "1": 1, "0": 0, " yes ": 1,
	} {
		var b Block
		b.Reset(s)
		if err := declared.ReadJSON([]byte(asDocument(t, "b", text)), &b); err != nil || b.Values[0] != want {
			t.Errorf("%q is read as %v, %v, want %v", text, b.Values, err, want)
		}
	}
	for text, fits := range map[string]bool{"false": true, "TRUE": true, "1": true, "yes": false, "maybe": false, "2": false} {
		err := declared.ReadJSON([]byte(asDocument(t, "i", text)), &Block{Numeric: 2})
		if (err == nil) != fits {
			t.Errorf("%q after true: %v", text, err)
		}
	}
	checkError(t, declared.ReadJSON([]byte(`{"i":"yes"}`), &Block{Numeric: 2}), "attributes: { i: binary }")
}

// timeCases name their seconds by `date -u -d TEXT +%s` of GNU coreutils, in the zone.
var timeCases = []struct {
	text, zone string
	want       float64
}{
	{"2024-03-31T02:30:00Z", "", 1711852200}, {"2024-03-31 02:30:00", "", 1711852200}, {"2024-03-31", "", 1711843200}, {"2024-03-31T02:30:00+02:00", "", 1711845000},
	{"2024-03-31 02:30:00.25", "", 1711852200.25}, {"2024-03-31 02:30", "", 1711852200}, {"2024-03-31 02:30:00 UTC", "", 1711852200}, {"2024/03/31", "", 1711843200},
	{"2024-03-31 02:30:00", "Asia/Tokyo", 1711819800}, {"2024-03-31", "America/New_York", 1711857600}, {"2024-07-01 12:00:00", "Europe/Berlin", 1719828000}, {"2024-01-01 12:00:00", "+05:30", 1704090600},
	// Clocks skip 02:30 in Berlin on that day: it is read with the offset of before, +01:00.
	{"2024-03-31 02:30:00", "Europe/Berlin", 1711848600}, {"2024-03-31 01:59:59", "Europe/Berlin", 1711846799}, {"2024-03-31 03:00:00", "Europe/Berlin", 1711846800},
	// 02:30 occurs twice on that day, first with +02:00.
	{"2024-10-27 02:30:00", "Europe/Berlin", 1729989000}, {"2024-10-27 03:00:00", "Europe/Berlin", 1729994400},
	{"1711852200", "", 1711852200}, {"1711852200123", "", 1711852200.123}, {"1711852200123456", "", 1711852200.123456}, {"1711852200123456789", "", 1711852200.1234567},
}

func TestTimes(t *testing.T) {
	for _, c := range timeCases {
		t.Run(c.text+" "+c.zone, func(t *testing.T) {
			config := Config{Attributes: map[string]string{"t": "timestamp"}, Reading: Reading{Timezone: c.zone}}
			r, s := learned(t, rulesOf(t, config), `{"t":1}`)
			docs := []string{asDocument(t, "t", c.text)}
			if v, err := strconv.ParseInt(c.text, 10, 64); err == nil {
				docs = append(docs, asDocument(t, "t", v))
			}
			for _, doc := range docs {
				for range 2 { // the second time by the fast way
					var b Block
					b.Reset(s)
					if err := r.ReadJSON([]byte(doc), &b); err != nil || math.Abs(b.Values[0]-c.want) > 1e-6 {
						t.Fatalf("%s is read as %.9f, %v, want %v", doc, b.Values, err, c.want)
					}
				}
			}
			texts, err := NewTexts(config.Reading)
			if err != nil {
				t.Fatal(err)
			}
			if ns, err := texts.Nanoseconds(c.text); err != nil || math.Abs(float64(ns)/1e9-c.want) > 1e-6 {
				t.Errorf("%d nanoseconds, %v, want %v seconds", ns, err, c.want)
			}
		})
	}
	for _, text := range []string{"yesterday", "2024-13-01", "2024-03-31 25:00:00", "31.03.2024", "2024-03-31 02:30:00 CET", ""} {
		texts, _ := NewTexts(Reading{})
		if _, err := texts.Nanoseconds(text); err == nil {
			t.Errorf("%q is a time", text)
		}
	}
}

// TestDrawnUnits: moments from 1990 to 2100 in each unit are told apart by size, and
// read alike where the unit is named; so are drawn local times with the clock's own
// reading of the zone.
func TestDrawnUnits(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 3))
	zones := []string{"UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo"}
	for range 2000 {
		second := 631152000 + r.Int64N(4102444800-631152000)
		for unit, per := range map[string]int64{unitSeconds: 1, unitMillis: 1e3, unitMicros: 1e6, unitNanos: 1e9} {
			for _, named := range []string{unitAuto, unit} {
				texts, err := NewTexts(Reading{TimestampUnit: named})
				if err != nil {
					t.Fatal(err)
				}
				if ns, err := texts.Nanoseconds(strconv.FormatInt(second*per, 10)); err != nil || ns != second*1e9 {
					t.Fatalf("%d %s as %s is %d ns, %v", second*per, unit, named, ns, err)
				}
			}
		}
		name := zones[r.IntN(len(zones))]
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		texts, err := NewTexts(Reading{Timezone: name})
		if err != nil {
			t.Fatal(err)
		}
		text := time.Unix(second, 0).In(zone).Format("2006-01-02 15:04:05")
		ns, err := texts.Nanoseconds(text)
		if back := time.Unix(0, ns).In(zone).Format("2006-01-02 15:04:05"); err != nil || back != text || ns > second*1e9 {
			t.Fatalf("%s in %s is read as %s, %v, the moment was %d", text, name, back, err, second)
		}
	}
}

// TestReadingIsStored: what a learner sets is stored with its first attributes, a
// reader without settings reads alike, and a later learner's settings win.
func TestReadingIsStored(t *testing.T) {
	set := Reading{DecimalMark: ",", Missing: []string{"?"}, Timezone: "Asia/Tokyo"}
	_, s := learned(t, rulesOf(t, Config{Reading: set}), `{"a":"1,5"}`)
	bytes, err := s.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	back := &Schema{}
	if err := back.UnmarshalBinary(bytes); err != nil {
		t.Fatal(err)
	}
	r := NewReader(nil)
	r.Collect(false)
	r.SetSchema(back)
	b := &Block{}
	b.Reset(back)
	for _, doc := range []string{`{"a":"2,5"}`, `{"a":"?"}`} {
		if err := r.ReadJSON([]byte(doc), b); err != nil {
			t.Fatal(err)
		}
	}
	if got := show(back, b); got != "a=2.5; " {
		t.Errorf("a reader without settings reads %q", got)
	}
	changes, err := rulesOf(t, Config{Reading: Reading{DecimalMark: "."}}).Changes(back)
	if err != nil || changes.Reading == nil || changes.Reading.DecimalMark != "." || changes.Reading.Timezone != "Asia/Tokyo" {
		t.Errorf("changes are %+v, %v", changes.Reading, err)
	}
	if same, err := rulesOf(t, Config{}).Changes(back); err != nil || !same.Empty() {
		t.Errorf("no settings change %+v, %v", same, err)
	}
	if _, err := rulesOf(t, Config{Reading: Reading{ThousandsMark: ",", DecimalMark: "."}}).Changes(back); err != nil {
		t.Errorf("other marks on both sides: %v", err)
	}
}

func TestReadingRefuses(t *testing.T) {
	for want, r := range map[string]Reading{
		`infer: "xml"`: {Infer: "xml"}, `decimal_mark: ";"`: {DecimalMark: ";"}, `thousands_mark: "."`: {ThousandsMark: "."}, `timestamp_unit: "h"`: {TimestampUnit: "h"},
		`timezone: "Mars/Base"`: {Timezone: "Mars/Base"}, `timezone: "Local"`: {Timezone: "Local"}, `schema_changes: "maybe"`: {Changes: "maybe"},
	} {
		_, err := NewRules(Config{Reading: r})
		checkError(t, err, want)
	}
}

// TestUnread: an object or array that nobody declared is listed once, with a
// declaration that learns it when it is made; a row that fails lists nothing.
func TestUnread(t *testing.T) {
	doc := `{"x":1,"motor":{"temp":5,"state":"on","ok":true,"code":"12","deep":{"v":1}},"tags":["a","b"],"vector":[1,2],"none":{}}`
	r, s := learned(t, nil, doc)
	advices := map[string]string{}
	for _, u := range s.Unread() {
		advices[u.Name] = u.Advice
	}
	if len(advices) != 4 {
		t.Fatalf("unread is %+v", s.Unread())
	}
	if err := r.ReadJSON([]byte(doc), &Block{Numeric: 1}); err != nil || !r.Growth().Empty() {
		t.Errorf("the second time it is told again: %+v, %v", r.Growth(), err)
	}
	want := "declare attributes: { motor.code: continuous, motor.deep.v: continuous, motor.ok: binary, motor.state: categorical, motor.temp: continuous } to learn it"
	if !strings.HasPrefix(advices["motor"], want) || !strings.Contains(advices["tags"], "{ tags: list }") || !strings.Contains(advices["vector"], "root.first = this.vector.index(0)") {
		t.Errorf("advices are %q", advices)
	}
	declared := map[string]string{"motor.temp": "continuous", "motor.state": "categorical", "tags": "list", "vector": "ignore"}
	changes, err := rulesOf(t, Config{Attributes: declared}).Changes(s)
	if err != nil || strings.Join(changes.Read, " ") != "motor tags vector" {
		t.Errorf("declared: %q, %v", changes.Read, err)
	}
	if grown, _ := s.Grow(changes, Limits{}); len(grown.Unread()) != 1 {
		t.Errorf("still unread: %+v", grown.Unread())
	}
	fresh := NewReader(nil)
	for _, doc := range []string{`{"o":{"a":1},"x":1e999}`, `{"o":{"a":1}}`} {
		_ = fresh.ReadJSON([]byte(doc), &Block{}) // the first fails
	}
	if g := fresh.Growth(); len(g.Unread) != 1 {
		t.Errorf("growth is %+v", g)
	}
	scored := NewReader(nil)
	for range 2 {
		if err := scored.ReadJSON([]byte(`{"x":1,"sml":{"m":{"score":3}}}`), &Block{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := scored.ReadStructured(map[string]any{"x": 1.0, "sml": map[string]any{"m": 1.0}}, &Block{}); err != nil || len(scored.Growth().Unread) != 0 {
		t.Errorf("results of scorers are unread: %+v, %v", scored.Growth(), err)
	}
	structured := NewReader(nil)
	if err := structured.ReadStructured(map[string]any{"o": map[string]any{"a": 1.0}, "l": []any{"p"}}, &Block{}); err != nil || len(structured.Growth().Unread) != 2 {
		t.Errorf("structured: %+v, %v", structured.Growth(), err)
	}
}

// TestNames: patterns reach names with slashes, a byte order mark is no part of a
// name, and a name that is empty is refused.
func TestNames(t *testing.T) {
	rules := rulesOf(t, Config{Attributes: map[string]string{"http/*": "categorical", "a?b": "ignore", "q/*/p99": "continuous"}})
	_, s := learned(t, rules, "\ufeff{\"\ufeffid\":1,\"http/code/x\":200,\"a/b\":5,\"q/a/b/p99\":\"7\"}")
	if got := showAttributes(s.Attributes()); got != "id:continuous http/code/x:categorical(200) q/a/b/p99:continuous" {
		t.Errorf("attributes are %s", got)
	}
	for _, doc := range []any{map[string]any{"": 1.0}, map[string]any{"\ufeff": 1.0}} {
		checkError(t, NewReader(nil).ReadStructured(doc, &Block{}), "a key that is empty")
	}
}

// TestChangesRefused: with schema_changes refuse a row with a new attribute fails,
// but for one that is declared by its name; new categories are taken.
func TestChangesRefused(t *testing.T) {
	rules := rulesOf(t, Config{Reading: Reading{Changes: changesRefuse}, Attributes: map[string]string{"named": "continuous", "p*": "continuous"}})
	r, s := learned(t, rules, `{"x":1,"k":"a"}`, `{"x":1,"y":2}`)
	if len(s.Attributes()) != 3 {
		t.Fatalf("the first batch makes %s", showAttributes(s.Attributes()))
	}
	b := &Block{}
	b.Reset(s)
	for doc, want := range map[string]string{
		`{"x":1,"k":"b"}`: "", `{"x":1,"named":1}`: "", `{"x":1,"new":null}`: "", `{"x":1,"new":{"a":1}}`: "",
		`{"x":1,"new":1}`: `attribute "new": the project does not have it, and schema_changes is refuse`, `{"x":1,"pattern":1}`: `attribute "pattern"`, `{"new":"s"}`: `attribute "new"`,
	} {
		checkError(t, r.ReadJSON([]byte(doc), b), want)
	}
}

// TestBegin: a project is begun with attributes by their names.
func TestBegin(t *testing.T) {
	s, err := Begin(Config{Attributes: map[string]string{"x": "continuous", "m.t": "binary"}, Reading: Reading{Infer: inferJSON}})
	if err != nil || showAttributes(s.Attributes()) != "m.t:binary x:continuous" || s.reading.Infer != inferJSON {
		t.Errorf("schema is %s, %v", showAttributes(s.Attributes()), err)
	}
	for _, c := range []Config{{Attributes: map[string]string{"x": "ignore"}}, {Attributes: map[string]string{"x*": "binary"}}, {Attributes: map[string]string{"x": "number"}}} {
		_, err := Begin(c)
		checkError(t, err, "attributes.x")
	}
}
