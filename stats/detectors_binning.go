package stats

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// BinningType is a way to divide the space of the rows into cells at random.
type BinningType string

// The types of binning.
const (
	// HalfSpaceTrees halves the range of a random attribute, then that of
	// another, Depth times, in a space that is shifted at random (Tan, Ting and
	// Liu, IJCAI 2011).
	HalfSpaceTrees BinningType = "half_space_trees"
	// Loda puts sparse random projections into Cells bins of equal width
	// (Pevny, Machine Learning 2016).
	Loda BinningType = "loda"
	// RSHash puts rows onto a randomly shifted grid over some random attributes
	// and hashes its boxes to Cells places (Sathe and Aggarwal, ICDM 2016).
	RSHash BinningType = "rs_hash"
	// DensityForest cuts the range of a random attribute at a random place, then
	// that of another, as HalfSpaceTrees do in the middle. Volumes of cells differ,
	// so counts are read as densities.
	DensityForest BinningType = "density_forest"
	// LocalDensity puts rows into the cell of the nearest of at most Cells random
	// points. A cell also has sums of the values and of their squares: it is a
	// micro-cluster (Lang and Schubert, SISAP 2020).
	LocalDensity BinningType = "local_density"
)

// Binning is the fixed part of a detector that counts: everything that decides
// into which cells a row falls. Counts under equal binnings add; a binning never
// changes, so all shards agree.
type Binning struct {
	Type BinningType
	// Key says what the binning is for, at most maxBinningKey bytes; it decides no
	// cell.
	Key  string
	Seed uint64
	// Inputs are names of numeric attributes, Low and High, parallel to them,
	// about where their values lie; values outside have cells too.
	Inputs    []string
	Low, High []float64
	// Components is how many trees, projections or grids there are.
	Components int
	// Cells is how many cells each component has; for trees a power of 2.
	Cells int
}

// Bounds on binnings.
const (
	MaxBinningInputs = 4096
	MaxBinningCells  = 1 << 17 // of all components
	maxBinningKey    = 100
	maxBinnings      = 256
	minCells         = 4
)

// Validate checks the binning; the error names the field and its value.
func (f *Binning) Validate() error {
	switch f.Type {
	case HalfSpaceTrees, DensityForest:
		if f.Cells&(f.Cells-1) != 0 {
			return fmt.Errorf("binning cells is %d, want a power of 2 for %s", f.Cells, f.Type)
		}
	case Loda, RSHash, LocalDensity:
	default:
		return fmt.Errorf("binning type is %q, want %s, %s, %s, %s or %s", f.Type, HalfSpaceTrees, Loda, RSHash, DensityForest, LocalDensity)
	}
	if f.Components < 1 || f.Cells < minCells || f.Components > MaxBinningCells/f.Cells {
		return fmt.Errorf("binning has %d components of %d cells, want at least 1 of %d and together at most %d", f.Components, f.Cells, minCells, MaxBinningCells)
	}
	if len(f.Key) > maxBinningKey {
		return fmt.Errorf("binning key has %d bytes, at most %d", len(f.Key), maxBinningKey)
	}
	if len(f.Inputs) < 1 || len(f.Inputs) > MaxBinningInputs || len(f.Low) != len(f.Inputs) || len(f.High) != len(f.Inputs) {
		return fmt.Errorf("binning has %d inputs, %d lower and %d upper bounds, want 1 to %d of each", len(f.Inputs), len(f.Low), len(f.High), MaxBinningInputs)
	}
	if numbers := f.Components * f.Cells * f.perCell(); f.Type == LocalDensity && numbers > maxClusterNumbers {
		return fmt.Errorf("binning has %d components of %d cells of %d numbers, together at most %d", f.Components, f.Cells, f.perCell(), maxClusterNumbers)
	}
	seen := make(map[string]bool, len(f.Inputs))
	for i, name := range f.Inputs {
		low, high := f.Low[i], f.High[i]
		if name == "" || seen[name] {
			return fmt.Errorf("binning input %d is %q, which is empty or occurs twice", i, name)
		}
		seen[name] = true
		if !(low < high) || math.Abs(low) > MaxMagnitude || math.Abs(high) > MaxMagnitude || math.IsInf(1/(high-low), 0) {
			return fmt.Errorf("binning input %q reaches from %v to %v, want an ascending range", name, low, high)
		}
	}
	return nil
}

// ID identifies the binning: the first 16 bytes of the SHA-256 of its bytes, in
// hexadecimal.
func (f *Binning) ID() string {
	w := wire.NewWriter(nil)
	f.Encode(w)
	sum := sha256.Sum256(w.Bytes())
	return hex.EncodeToString(sum[:16])
}

// Encode appends type, key, seed, components, cells, the number of inputs, and of
// each name and bounds.
func (f *Binning) Encode(w *wire.Writer) {
	w.String(string(f.Type))
	w.String(f.Key)
	w.Uint64(f.Seed)
	w.Uvarint(uint64(f.Components))
	w.Uvarint(uint64(f.Cells))
	w.Uvarint(uint64(len(f.Inputs)))
	for i, name := range f.Inputs {
		w.String(name)
		w.Float64(f.Low[i])
		w.Float64(f.High[i])
	}
}

// DecodeBinning reads what Encode wrote and validates it.
func DecodeBinning(r *wire.Reader) (Binning, error) {
	f := Binning{Type: BinningType(r.String()), Key: r.String(), Seed: r.Uint64()}
	components, cells := r.Uvarint(), r.Uvarint()
	n := r.Count(17)
	if r.Err() != nil {
		return f, r.Err()
	}
	if components > MaxBinningCells || cells > MaxBinningCells {
		return f, fmt.Errorf("binning has %d components of %d cells, at most %d together", components, cells, MaxBinningCells)
	}
	f.Components, f.Cells = int(components), int(cells)
	for range n {
		f.Inputs = append(f.Inputs, r.String())
		f.Low, f.High = append(f.Low, r.Finite()), append(f.High, r.Finite())
	}
	if r.Err() != nil {
		return f, r.Err()
	}
	return f, f.Validate()
}
