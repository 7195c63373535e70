package schema

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// wide is a schema with everything that an attribute can have.
func wide(t testing.TB) *Schema {
	return schemaOf(t,
		Attribute{Name: "s1", Kind: Continuous},
		Attribute{Name: "state", Kind: Categorical, Values: []string{"up", "", "down"}, Buckets: 7},
		Attribute{Name: "on", Kind: Binary, Declared: true},
		Attribute{Name: "m.tags", Kind: List, Values: []string{"a"}, Separator: "|", Nested: true},
		Attribute{Name: "at", Kind: Timestamp},
	)
}

func TestNewErrors(t *testing.T) {
	long := strings.Repeat("n", maxNameBytes+1)
	tests := []struct {
		name       string
		attributes []Attribute
		want       string
	}{
		{"empty name", []Attribute{{Kind: Binary}}, `attribute name "" has 0 bytes`},
		{"long name", []Attribute{{Name: long, Kind: Binary}}, "has 1001 bytes, want 1 to 1000"},
		{"no kind", []Attribute{{Name: "a"}}, `attribute "a" is of kind 0, which has no column`},
		{"ignored", []Attribute{{Name: "a", Kind: Ignore}}, "is of ignore, which has no column"},
		{"number with categories", []Attribute{{Name: "a", Kind: Binary, Values: []string{"x"}}}, `attribute "a" is binary and has categories`},
		{"twice", []Attribute{{Name: "a", Kind: Binary}, {Name: "a", Kind: List}}, "2 attributes have 1 different names"},
		{"category twice", []Attribute{{Name: "a", Kind: List, Values: []string{"x", "x"}}}, `attribute "a" has a category twice`},
		{"long category", []Attribute{{Name: "a", Kind: List, Values: []string{long}}}, "has a category of 1001 bytes"},
		{"long separator", []Attribute{{Name: "a", Kind: List, Separator: long}}, "has a separator of 1001 bytes"},
		{"negative buckets", []Attribute{{Name: "a", Kind: List, Buckets: -1}}, "has -1 hash buckets"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := New(test.attributes...)
			checkError(t, err, test.want)
		})
	}
}

func TestColumns(t *testing.T) {
	s := wide(t)
	if got, want := s.Numeric(), []int{0, 2, 4}; !slices.Equal(got, want) {
		t.Errorf("numeric columns are attributes %v, want %v", got, want)
	}
	if got, want := s.Categorical(), []int{1, 3}; !slices.Equal(got, want) {
		t.Errorf("categorical columns are attributes %v, want %v", got, want)
	}
	for i, want := range []int{0, 0, 1, 1, 2} {
		if got := s.column(i); got != want {
			t.Errorf("column of attribute %d is %d, want %d", i, got, want)
		}
	}
	if s.Index("on") != 2 || s.Index("off") != -1 || (&Schema{}).Index("on") != -1 {
		t.Errorf("indices %d, %d", s.Index("on"), s.Index("off"))
	}
}

func TestGrow(t *testing.T) {
	base := schemaOf(t, Attribute{Name: "n", Kind: Continuous}, Attribute{Name: "c", Kind: Categorical, Values: []string{"x"}})
	tests := []struct {
		name   string
		growth []Attribute
		limits Limits
		want   string
		added  int
	}{
		{"nothing", nil, Limits{}, "n:continuous c:categorical(x)", 0},
		{"attribute", []Attribute{{Name: "b", Kind: Binary}}, Limits{}, "n:continuous c:categorical(x) b:binary", 1},
		{"attribute with categories", []Attribute{{Name: "l", Kind: List, Values: []string{"p", "q", "p"}}}, Limits{}, "n:continuous c:categorical(x) l:list(p,q)", 3},
		{"categories", []Attribute{{Name: "c", Kind: Categorical, Values: []string{"y", "x", "z"}}}, Limits{}, "n:continuous c:categorical(x,y,z)", 2},
		{"lost race of kinds", []Attribute{{Name: "n", Kind: Categorical, Values: []string{"y"}}, {Name: "c", Kind: Binary}}, Limits{}, "n:continuous c:categorical(x)", 0},
		{"lost race of categories", []Attribute{{Name: "c", Kind: Categorical, Values: []string{"x"}}}, Limits{}, "n:continuous c:categorical(x)", 0},
		{"twice", []Attribute{{Name: "b", Kind: List, Values: []string{"p"}}, {Name: "b", Kind: List, Values: []string{"p", "q"}}}, Limits{}, "n:continuous c:categorical(x) b:list(p,q)", 3},
		{"too many attributes", []Attribute{{Name: "a", Kind: Binary}, {Name: "b", Kind: Binary}}, Limits{MaxAttributes: 3}, "n:continuous c:categorical(x) a:binary", 1},
		{"too many categories", []Attribute{{Name: "c", Kind: Categorical, Values: []string{"y", "z"}}}, Limits{MaxCategories: 2}, "n:continuous c:categorical(x,y)", 1},
		{"not valid", []Attribute{{Name: "", Kind: Binary}, {Name: "a"}, {Name: "c", Kind: Categorical, Values: []string{strings.Repeat("y", maxValueBytes+1)}}}, Limits{}, "n:continuous c:categorical(x)", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, added := base.Grow(Growth{Attributes: test.growth}, test.limits)
			if text := showAttributes(got.Attributes()); text != test.want || added != test.added {
				t.Errorf("%s, %d added, want %s, %d", text, added, test.want, test.added)
			}
			if grown := got != base; grown != (added > 0) || grown != (got.Version() == base.Version()+1) {
				t.Errorf("grown %t, version %d after %d", grown, got.Version(), base.Version())
			}
			if again, added := got.Grow(Growth{Attributes: test.growth}, test.limits); again != got || added != 0 {
				t.Errorf("the same growth adds %d more", added)
			}
			if text := showAttributes(base.Attributes()); text != "n:continuous c:categorical(x)" {
				t.Errorf("the operand became %s", text)
			}
		})
	}
}

// TestGrowSharesNothing grows one schema twice: the branches must not see each
// other's categories.
func TestGrowSharesNothing(t *testing.T) {
	base := schemaOf(t, Attribute{Name: "c", Kind: Categorical, Values: []string{"x"}})
	grow := func(s *Schema, v string) *Schema {
		out, _ := s.Grow(Growth{Attributes: []Attribute{{Name: "c", Kind: Categorical, Values: []string{v}}}}, Limits{})
		return out
	}
	trunk := grow(base, "y")
	left, right := grow(trunk, "left"), grow(trunk, "right")
	if a, b := showAttributes(left.Attributes()), showAttributes(right.Attributes()); a != "c:categorical(x,y,left)" || b != "c:categorical(x,y,right)" {
		t.Errorf("branches are %s and %s", a, b)
	}
}

func TestSchemaBytes(t *testing.T) {
	grown, _ := wide(t).Grow(Growth{Attributes: []Attribute{{Name: "z", Kind: Binary}}}, Limits{})
	for _, s := range []*Schema{{}, wide(t), grown} {
		data, err := s.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var back Schema
		if err := back.UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
		if a, b := fmt.Sprintf("%d %+v", s.version, s.attributes), fmt.Sprintf("%d %+v", back.version, back.attributes); a != b {
			t.Errorf("%s came back as %s", a, b)
		}
		for n := range data {
			if err := new(Schema).UnmarshalBinary(data[:n]); !errors.Is(err, errCorrupt) {
				t.Errorf("cut to %d bytes: error %v", n, err)
			}
		}
	}
}

// TestSchemaBytesFormat holds the format of version 3 to what it was when it
// was fixed: written by hand from the comment of MarshalBinary.
func TestSchemaBytesFormat(t *testing.T) {
	want := "03" + "00" + "02" + // format, version, 2 attributes
		"027331" + "01" + "00" + "00" + "00" + "00" + "06" + "0135" + // s1 continuous, by the string "5"
		"036d2e74" + "04" + "03" + "017c" + "07" + "02" + "0161" + "00" + "00" + "00" + // m.t list, declared, nested, "|", 7 buckets, "a" and ""
		"01" + "0474657874" + "012e" + "046e6f6e65" + "046175746f" + "03555443" + "06616363657074" + // text . none auto UTC accept
		"02" + "00" + "024e41" + // missing: "" and NA
		"01" + "016f" + "02616e" + "0161" // unread: o, "an", "a"
	s := schemaOf(t, Attribute{Name: "s1", Kind: Continuous, Settled: Settled{FromNumberText, "5"}},
		Attribute{Name: "m.t", Kind: List, Declared: true, Nested: true, Separator: "|", Buckets: 7, Values: []string{"a", ""}})
	reading := Reading{Missing: []string{"", "NA"}}.Over(DefaultReading())
	s.reading, s.unread = &reading, []Unread{{"o", "an", "a"}}
	data, err := s.MarshalBinary()
	if got := hex.EncodeToString(data); err != nil || got != want {
		t.Errorf("bytes %s, %v, want %s", got, err, want)
	}
}

func TestUnmarshalErrors(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"nothing", "", "it ends early"},
		{"other format", "050000", "format is 5, this build reads 1 to 4"},
		{"left over", "01000000", "1 bytes left over"},
		{"number not in shortest form", "01800000", "bad number"},
		{"more attributes than bytes", "0100ffff03", "items announced"},
		{"kind without a column", "01000102733106" + "00000000", "which has no column"},
		{"flags", "010001027331" + "0104000000", "has flags 0x4"},
		{"buckets", "010001027331" + "030000ffff7f00", "hash buckets"},
		{"name twice", "010002" + "0161020000" + "0000" + "0161020000" + "0000", "1 different names"},
		{"category twice", "010001" + "0161030000" + "0002" + "01780178", "category twice"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			data, err := hex.DecodeString(test.data)
			if err != nil {
				t.Fatal(err)
			}
			s := wide(t)
			err = s.UnmarshalBinary(data)
			checkError(t, err, test.want)
			if !errors.Is(err, errCorrupt) {
				t.Errorf("error %v is not ErrCorrupt", err)
			}
			if got, want := showAttributes(s.Attributes()), showAttributes(wide(t).Attributes()); got != want {
				t.Errorf("the receiver became %s", got)
			}
		})
	}
}

// FuzzUnmarshalSchema: any bytes give an error that is errCorrupt, or a schema
// that encodes to the same bytes, has unique names and one column per
// attribute, and can be used by a reader.
func FuzzUnmarshalSchema(f *testing.F) {
	for _, s := range []*Schema{{}, wide(f), computing(f)} {
		data, err := s.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)/2])
		f.Add(append(data, 0))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var s Schema
		if err := s.UnmarshalBinary(data); err != nil {
			if !errors.Is(err, errCorrupt) {
				t.Fatalf("error %v is not ErrCorrupt", err)
			}
			return
		}
		again, err := s.MarshalBinary()
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("%x came back as %x, %v", data, again, err)
		}
		if len(s.Numeric())+len(s.Categorical()) != len(s.Attributes()) {
			t.Fatal("columns and attributes differ in number")
		}
		var block Block
		block.Reset(&s)
		r := NewReader(nil)
		r.SetSchema(&s)
		if err := r.ReadJSON([]byte(`{}`), &block); err != nil {
			t.Fatal(err)
		}
	})
}

// TestPlainSchemaIsRead: bytes of format 1 are read as documents were then: every
// string a category, no markers of missing values, times in seconds.
func TestPlainSchemaIsRead(t *testing.T) {
	data, err := hex.DecodeString("01" + "05" + "02" + "027331" + "01" + "00" + "00" + "00" + "00" + "0163" + "03" + "00" + "00" + "00" + "01" + "0161")
	if err != nil {
		t.Fatal(err)
	}
	s := &Schema{}
	if err := s.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	if r, ok := s.Reading(); !ok || !r.equal(new(legacyReading())) || s.Version() != 5 {
		t.Fatalf("reading is %+v, %v, version %d", r, ok, s.Version())
	}
	r := NewReader(nil)
	r.SetSchema(s)
	block := &Block{}
	block.Reset(s)
	checkError(t, r.ReadJSON([]byte(`{"s1":"5.1"}`), block), `value "5.1" is a string, not a number`)
	if err := r.ReadJSON([]byte(`{"c":"NA","new":"5.1"}`), block); err != nil {
		t.Fatal(err)
	}
	if got := showAttributes(r.Growth().Attributes); got != "c:categorical(NA) new:categorical(5.1)" {
		t.Errorf("growth is %s", got)
	}
	grown, _ := s.Grow(r.Growth(), Limits{})
	again, err := grown.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	back := &Schema{}
	if err := back.UnmarshalBinary(again); err != nil {
		t.Fatal(err)
	}
	if reading, _ := back.Reading(); reading.Infer != inferJSON || len(reading.Missing) != 0 || reading.TimestampUnit != "s" {
		t.Errorf("after it was written again it is read as %+v", reading)
	}
}
