package forest

// Counts are the weights of the classes in the nodes of a frame.
type Counts struct {
	touched []bool
	classes int
	cells   []float64 // node by node
}

// At returns the weights of the classes in a node; nil where it has none.
func (c *Counts) At(node int32) []float64 {
	from := int(node) * c.classes
	if from+c.classes > len(c.cells) {
		return nil
	}
	return c.cells[from : from+c.classes]
}

// grow makes room for so many nodes and classes.
func (c *Counts) grow(nodes, classes int) {
	if classes > c.classes {
		wide := make([]float64, nodes*classes)
		for i := 0; i*c.classes < len(c.cells); i++ {
			copy(wide[i*classes:], c.cells[i*c.classes:(i+1)*c.classes])
		}
		c.classes, c.cells = classes, wide
	}
	if n := nodes * c.classes; n > len(c.cells) {
		c.cells = append(c.cells, make([]float64, n-len(c.cells))...)
	}
}

// Add counts a row in all nodes on its way.
func (c *Counts) Add(f *Frame, row []float64, class int32, weight float64) (leaf int32) {
	c.grow(len(f.nodes), int(class)+1)
	for len(c.touched) < len(f.nodes) {
		c.touched = append(c.touched, true)
	}
	at := int32(0)
	for {
		c.cells[int(at)*c.classes+int(class)] += weight
		c.touched[at] = true
		n := &f.nodes[at]
		if n.left == 0 {
			return at
		}
		at = n.next(row)
	}
}
