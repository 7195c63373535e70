package forest

// Counts are the weights of the rows that ended in the nodes of a frame, by class. The
// zero value is empty.
type Counts struct {
	classes int
	own     []float64 // node by node
}

// Classes returns the number of classes that have been counted.
func (c *Counts) Classes() int { return c.classes }

// at returns the weights of a node, which are nil where it has none.
func (c *Counts) at(node int32) []float64 {
	from := int(node) * c.classes
	if from+c.classes > len(c.own) {
		return nil
	}
	return c.own[from : from+c.classes]
}

// widen makes room for so many nodes and classes.
func (c *Counts) widen(nodes, classes int) {
	if classes > c.classes {
		wide := make([]float64, max(nodes, c.nodes())*classes)
		for i := range c.nodes() {
			copy(wide[i*classes:], c.own[i*c.classes:(i+1)*c.classes])
		}
		c.classes, c.own = classes, wide
	}
	if n := nodes * c.classes; n > len(c.own) {
		c.own = append(c.own, make([]float64, n-len(c.own))...)
	}
}

func (c *Counts) nodes() int {
	if c.classes == 0 {
		return 0
	}
	return len(c.own) / c.classes
}

// Add counts rows of a class that end in a node.
func (c *Counts) Add(node, class int32, weight float64) {
	c.widen(int(node)+1, int(class)+1)
	c.own[int(node)*c.classes+int(class)] += weight
}

// Take takes rows of a class away that now end in a node of f. Those that came before
// the node did lie in one above it; what is nowhere on the way was not learned, and is
// what is returned.
func (c *Counts) Take(f *Frame, node, class int32, weight float64) (rest float64) {
	if int(class) >= c.classes {
		return weight
	}
	for rest = weight; ; node = f.parent(node) {
		if own := c.at(node); own != nil {
			part := min(rest, own[class])
			own[class] -= part
			rest -= part
		}
		if rest <= 0 || node == 0 {
			return rest
		}
	}
}

// Merge adds the counts of other, of the same frame or of one that it has grown from or into.
func (c *Counts) Merge(o *Counts) {
	c.widen(o.nodes(), o.classes)
	for i := range o.nodes() {
		for k, w := range o.own[i*o.classes : (i+1)*o.classes] {
			c.own[i*c.classes+k] += w
		}
	}
}

// Reduce takes the counts of other away, as [Counts.Take] does each.
func (c *Counts) Reduce(f *Frame, o *Counts) {
	for i := range o.nodes() {
		for k, w := range o.own[i*o.classes : (i+1)*o.classes] {
			if w > 0 {
				c.Take(f, int32(i), int32(k), w)
			}
		}
	}
}

// Scale multiplies every weight by x.
func (c *Counts) Scale(x float64) {
	for i := range c.own {
		c.own[i] *= x
	}
}

// Clone returns a deep copy.
func (c *Counts) Clone() *Counts {
	return &Counts{classes: c.classes, own: append([]float64(nil), c.own...)}
}
