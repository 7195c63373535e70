package schema

import (
	"fmt"
	"maps"
	"math"
)

// Reader turns documents into rows. It remembers the order of keys from one
// document to the next, and is for one goroutine at a time; keep one per
// worker, or a pool.
type Reader struct {
	rules  *Rules
	limits Limits
	schema *Schema
	words  *conventions
	root   *object

	collecting bool
	found      collector
	births     map[string]int // of the attributes that the documents of a second reading bring

	cachedKeys  int
	cachedBytes int

	// of the row being read
	row    uint64
	keys   int
	block  *Block
	values []float64
	codes  []int32

	blankValues []float64
	blankCodes  []int32
	scratch     []byte
	settled     Settled // what the string that is read now makes of a new attribute
}

// A reader remembers a bounded number of keys. Beyond it, it forgets all of them.
const (
	maxCachedKeys  = 4 * maxKeys
	maxCachedBytes = 4 << 20
)

// NewReader returns a reader with an empty schema. Nil rules declare nothing.
func NewReader(rules *Rules) *Reader {
	if rules == nil {
		rules = &Rules{}
	}
	r := &Reader{rules: rules, limits: rules.Limits(), collecting: true}
	r.SetSchema(&Schema{})
	return r
}

// SetSchema makes the reader encode under s, nil meaning the empty schema, and
// empties Growth. It costs nothing when s is set already.
func (r *Reader) SetSchema(s *Schema) {
	r.found.reset()
	fresh := r.births == nil // fields do not know of documents that are read again
	if r.births = nil; fresh && s != nil && s == r.schema {
		return
	}
	r.setSchema(s)
}

// Again is SetSchema for the documents that have been read since the last call of either,
// in the same order, under a schema that has grown by what they brought. A document
// that comes before the one that brought an attribute is read as without it. So the rows
// of many documents that are read together are those of one after another.
func (r *Reader) Again(s *Schema) {
	births := maps.Clone(r.births)
	if births == nil {
		births = map[string]int{}
	}
	maps.Copy(births, r.found.births)
	r.found.reset()
	r.births = births
	r.setSchema(s)
}

func (r *Reader) setSchema(s *Schema) {
	if s == nil {
		s = &Schema{}
	}
	r.schema = s
	reading, err := r.rules.ReadingOf(s)
	if err != nil {
		reading = s.reading.Over(DefaultReading()) // Changes tells of it, before anything is read
	}
	r.words = reading.conventions()
	r.blankValues = make([]float64, len(s.numeric))
	for i := range r.blankValues {
		r.blankValues[i] = math.NaN()
	}
	r.blankCodes = make([]int32, len(s.categories))
	for i := range r.blankCodes {
		r.blankCodes[i] = missingCode
	}
	r.forgetKeys()
}

func (r *Reader) forgetKeys() {
	r.root = newObject("")
	r.cachedKeys, r.cachedBytes = 0, 0
}

// Collect decides whether the reader collects attributes and categories that the
// schema does not have. A new reader collects. A reader that does not collect
// skips unknown attributes. A reader that collects refuses a document with an
// attribute beyond MaxAttributes.
func (r *Reader) Collect(collect bool) { r.collecting = collect }

// collects reports whether the reader collects now.
func (r *Reader) collects() bool { return r.collecting && !r.found.clashed }

// Growth returns what was collected since SetSchema, from documents that were
// read without error.
// With attributes for an empty schema comes how they were read.
func (r *Reader) Growth() Growth {
	g := r.found.growth()
	if r.schema.reading == nil && !g.Empty() {
		if reading, err := r.rules.ReadingOf(r.schema); err == nil {
			g.Reading = &reading
		}
	}
	return g
}

// begin appends an empty row to the block.
// The row starts as a copy of blanks, so attributes that the document lacks are
// missing without being visited.
func (r *Reader) begin(b *Block) error {
	if b.Numeric != len(r.blankValues) || b.Categorical != len(r.blankCodes) {
		return fmt.Errorf("block has %d numeric and %d categorical columns, the schema %d and %d",
			b.Numeric, b.Categorical, len(r.blankValues), len(r.blankCodes))
	}
	if r.cachedKeys > maxCachedKeys || r.cachedBytes > maxCachedBytes {
		r.forgetKeys()
	}
	r.row++
	r.found.turn++
	r.keys = 0
	r.block = b
	n, c := len(b.Values), len(b.Codes)
	b.Values = append(b.Values, r.blankValues...)
	b.Codes = append(b.Codes, r.blankCodes...)
	r.values, r.codes = b.Values[n:], b.Codes[c:]
	return nil
}

// end keeps the row, or with an error takes it and what was collected from it
// back.
// A row that clashes with what others have made of an attribute adds nothing either; it
// is read again.
func (r *Reader) end(mark blockMark, err error) error {
	switch {
	case err == nil && r.found.clashed:
		r.block.N++
		r.found.rollback()
	case err != nil:
		r.block.cut(mark)
		r.found.rollback()
	default:
		r.block.N++
		r.found.commit()
	}
	r.block, r.values, r.codes = nil, nil, nil
	if cap(r.scratch) > maxScratch {
		r.scratch = nil
	}
	return err
}

// maxScratch is how much memory a reader keeps for strings with escapes.
const maxScratch = 64 << 10

// clear makes everything that was read from the object missing: a duplicate
// key replaces all of it.
// It recurses into nested objects, as these belong to the value that is replaced.
func (r *Reader) clear(o *object) {
	for _, f := range o.fields {
		if f.column >= 0 {
			r.setMissing(f)
		}
		if f.object != nil {
			r.clear(f.object)
		}
	}
}
