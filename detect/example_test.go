package detect_test

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/detect"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// A tour: a detector with options, a stream whose mean moves, and a state that is stored
// and read on the way.
func Example() {
	options := param.Values{"delta": 0.001}
	d, err := detect.New("adwin", options)
	if err != nil {
		panic(err)
	}
	for i := range 2000 {
		x := float64(i % 10)
		if i >= 1000 {
			x += 5
		}
		if d.Add(x) == detect.Change {
			_, mean := d.Window()
			fmt.Printf("value %d: change %d, the mean is now about %.1f\n", i, d.Changes(), mean)
		}
		if i == 500 {
			var w wire.Writer
			d.Encode(&w)
			if d, err = detect.New("adwin", options); err != nil {
				panic(err)
			}
			r := wire.NewReader(w.Bytes())
			if d.Decode(r); r.Close() != nil {
				panic(r.Close())
			}
		}
	}
	// Output:
	// value 1023: change 1, the mean is now about 6.6
}
