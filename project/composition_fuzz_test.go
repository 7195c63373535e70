package project_test

import (
	"bytes"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// FuzzDecodeComposition: no panic for any bytes. A record that is taken has one
// encoding, whatever order and spaces it came with, and its statistics can be
// made or are refused.
func FuzzDecodeComposition(f *testing.F) {
	for _, record := range []string{
		`{}`,
		`{"partition":"kind","folds":3}`,
		`{"window":{"period":"1h30m0s","tiles":6,"beside":true}}`,
		`{"window":{"rows":100,"tiles":4},"decay":{"half_life":"1h0m0s","beside":true}}`,
		`{"decay":{"half_life":"-1s"}}`,
		`{"summary":{"histogram_bins":512,"max_patterns":3},"entities":{"on":true,"pairs":true}}`,
	} {
		f.Add([]byte(record))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := project.DecodeComposition(data)
		if err != nil {
			return
		}
		_, _ = c.Maker(nil) // settings out of range are refused there
		first, err := c.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := project.DecodeComposition(first)
		if err != nil {
			t.Fatalf("%s encodes to %s: %v", data, first, err)
		}
		if second, err := again.Encode(); err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%s encodes to %s, and that to %s (%v)", data, first, second, err)
		}
	})
}
