package wire

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	w := NewWriter(nil)
	w.Byte(7)
	w.Bool(true)
	w.Uvarint(math.MaxUint64)
	w.Varint(math.MinInt64)
	w.Varint(-1)
	w.Uint64(1 << 63)
	w.Float64(math.Copysign(0, -1))
	w.Float64s([]float64{1, math.Inf(1)})
	w.String("naïve")
	w.Blob([]byte{0, 1})
	w.Raw([]byte{9})
	r := NewReader(w.Bytes())
	if r.PeekByte() != 7 || r.Byte() != 7 || !r.Bool() || r.Uvarint() != math.MaxUint64 || r.Varint() != math.MinInt64 || r.Varint() != -1 || r.Uint64() != 1<<63 {
		t.Error("an integer came back otherwise")
	}
	if v := r.Float64(); math.Float64bits(v) != 1<<63 {
		t.Errorf("-0 came back as %v", v)
	}
	two := make([]float64, 2)
	if r.Float64s(two); two[0] != 1 || !math.IsInf(two[1], 1) {
		t.Errorf("numbers came back as %v", two)
	}
	if s := r.String(); s != "naïve" {
		t.Errorf("text came back as %q", s)
	}
	if b := r.Blob(); !bytes.Equal(b, []byte{0, 1}) || !bytes.Equal(r.Rest(), []byte{9}) {
		t.Error("bytes came back otherwise")
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestDamage: each damage is an error that wraps ErrCorrupt, is kept, and
// makes every later call return zero values.
func TestDamage(t *testing.T) {
	for _, c := range []struct {
		name  string
		bytes []byte
		read  func(r *Reader)
	}{
		{name: "cut number", bytes: []byte{1, 2, 3}, read: func(r *Reader) { r.Uint64() }},
		{name: "boolean of 2", bytes: []byte{2}, read: func(r *Reader) { r.Bool() }},
		{name: "integer without end", bytes: []byte{0x80}, read: func(r *Reader) { r.Uvarint() }},
		{name: "integer in a longer form", bytes: []byte{0x81, 0x00}, read: func(r *Reader) { r.Uvarint() }},
		{name: "length beyond the end", bytes: []byte{200, 1, 'a'}, read: func(r *Reader) { r.Blob() }},
		{name: "count that cannot be", bytes: []byte{5, 0, 0}, read: func(r *Reader) { r.Count(8) }},
		{name: "infinite", bytes: []byte{0, 0, 0, 0, 0, 0, 0xf0, 0x7f}, read: func(r *Reader) { r.Finite() }},
		{name: "left over", bytes: []byte{1, 1}, read: func(r *Reader) { r.Byte() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := NewReader(c.bytes)
			c.read(r)
			if err := r.Close(); !errors.Is(err, ErrCorrupt) {
				t.Fatalf("error is %v, want ErrCorrupt", err)
			}
			if r.Byte() != 0 || r.Uvarint() != 0 || r.String() != "" || r.Remaining() != 0 {
				t.Error("a failed reader goes on reading")
			}
		})
	}
}

func TestEnvelope(t *testing.T) {
	record := Seal(KindShard, 3, []byte("payload"))
	version, payload, err := Open(record, KindShard)
	if err != nil || version != 3 || string(payload) != "payload" {
		t.Fatalf("opened version %d, %q, %v", version, payload, err)
	}
	if kind, ok := KindOf(record); !ok || kind != KindShard {
		t.Errorf("kind is %d, %v", kind, ok)
	}
	if _, _, err := Open(record, KindSchema); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), "kind is 3") {
		t.Errorf("another kind says %v", err)
	}
	for i := range record {
		damaged := bytes.Clone(record)
		damaged[i] ^= 0x20
		if _, _, err := Open(damaged, KindShard); !errors.Is(err, ErrCorrupt) {
			t.Errorf("damage at byte %d says %v", i, err)
		}
		if _, _, err := Open(record[:i], KindShard); !errors.Is(err, ErrCorrupt) {
			t.Errorf("cut at byte %d says %v", i, err)
		}
	}
	if _, _, err := Open(append(bytes.Clone(record), 0), KindShard); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a trailing byte says %v", err)
	}
}

// FuzzOpen: no bytes make Open panic, and what it accepts is what Seal writes.
func FuzzOpen(f *testing.F) {
	f.Add(Seal(KindShard, 1, []byte("x")))
	f.Add(Seal(KindShard, 1, nil))
	f.Add([]byte("rSML"))
	f.Fuzz(func(t *testing.T, record []byte) {
		version, payload, err := Open(record, KindShard)
		if err == nil && !bytes.Equal(Seal(KindShard, version, payload), record) {
			t.Error("accepted what Seal does not write")
		}
	})
}
