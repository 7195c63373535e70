package stats

import (
	"fmt"
	"slices"
	"strings"
)

// Detectors counts, for each binning that is installed, the rows in every cell of
// every component: what detectors with a fixed random structure are read off.
// Counts add and subtract exactly.
//
// A binning has the rows that were learned since it was installed; its own weight
// says how many. Merging unites binnings. What is subtracted and was learned
// before a binning was installed is not in it: then its counts end at 0.
type Detectors struct {
	weight   float64
	binnings []binningCounts // by ID
}

var _ Additive = (*Detectors)(nil)

// binningCounts is one installed binning.
type binningCounts struct {
	id     string
	cells  *Cells
	weight float64
	counts []float64 // of all components in turn, perCell of each cell; nil while there are none

	columns []int // by input, for layout
	layout  *Layout
	found   []int32
}

// NewDetectors returns the empty statistic with these binnings.
func NewDetectors(binnings ...Binning) (*Detectors, error) {
	d := &Detectors{}
	for _, f := range binnings {
		if err := d.Install(f); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// Install adds a binning, which starts empty; one that is there already stays as
// it is.
func (d *Detectors) Install(f Binning) error {
	cells, err := newCells(f)
	if err != nil {
		return err
	}
	at, found := d.find(f.ID())
	if found {
		return nil
	}
	if len(d.binnings) >= maxBinnings {
		return fmt.Errorf("there are %d binnings, which is the most", maxBinnings)
	}
	d.binnings = slices.Insert(d.binnings, at, binningCounts{id: f.ID(), cells: cells})
	return nil
}

func (d *Detectors) find(id string) (int, bool) {
	return slices.BinarySearchFunc(d.binnings, id, func(f binningCounts, id string) int { return strings.Compare(f.id, id) })
}

// bind finds the columns of the inputs under a layout.
func (f *binningCounts) bind(layout *Layout) {
	if f.layout == layout && f.columns != nil {
		return
	}
	f.columns, f.layout = f.columns[:0], layout
	for _, name := range f.cells.binning.Inputs {
		f.columns = append(f.columns, layout.NumericIndex(name))
	}
	f.found = make([]int32, f.cells.binning.Components)
}

// learn counts the rows.
func (f *binningCounts) learn(layout *Layout, rows *Rows) {
	f.bind(layout)
	if f.counts == nil {
		f.counts = make([]float64, f.cells.binning.numbers())
	}
	if f.cells.binning.Type == LocalDensity {
		f.learnClusters(rows)
		return
	}
	for i := range rows.N {
		w := rows.Weight(i)
		f.weight += w
		f.cells.Find(rows.Row(i), f.columns, f.found)
		for k, cell := range f.found {
			if cell != NoCell {
				f.counts[k*f.cells.binning.Cells+int(cell)] += w
			}
		}
	}
}

// Learn counts the rows in every binning.
func (d *Detectors) Learn(layout *Layout, rows *Rows) error {
	if err := rows.Validate(layout); err != nil {
		return err
	}
	for i := range rows.N {
		d.weight += rows.Weight(i)
	}
	for i := range d.binnings {
		if rows.N > 0 {
			d.binnings[i].learn(layout, rows)
		}
	}
	return nil
}

// Forget takes the rows away; more weight than there is is an error.
func (d *Detectors) Forget(layout *Layout, rows *Rows) error {
	part := d.Empty()
	if err := part.Learn(layout, rows); err != nil {
		return err
	}
	return d.Subtract(part)
}

// Empty returns a statistic with the same binnings and no rows.
func (d *Detectors) Empty() *Detectors {
	out := &Detectors{}
	for i := range d.binnings {
		out.binnings = append(out.binnings, binningCounts{id: d.binnings[i].id, cells: d.binnings[i].cells})
	}
	return out
}

// Weight returns the weight of all rows, whatever binnings there were.
func (d *Detectors) Weight() float64 { return d.weight }

// Binnings returns the IDs of the binnings, ascending.
func (d *Detectors) Binnings() []string {
	out := make([]string, len(d.binnings))
	for i := range d.binnings {
		out[i] = d.binnings[i].id
	}
	return out
}

// Counts returns the structure of the binning of that ID, the weight of the rows
// it has seen and the weight in each cell, component by component, perCell numbers
// of each; nil where it is not installed. Counts are nil while there are none. They must not be
// changed.
func (d *Detectors) Counts(id string) (cells *Cells, weight float64, counts []float64) {
	at, found := d.find(id)
	if !found {
		return nil, 0, nil
	}
	f := &d.binnings[at]
	return f.cells, f.weight, f.counts
}
