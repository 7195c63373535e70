package forest

// counts are the weights of the rows that ended in the nodes of a frame, by class. The
// zero value is empty. They are plain sums: what is taken away may leave less than nothing
// in a node, where a row was counted in one above it before that was split; settled
// gives what that comes to.
type counts struct {
	classes int
	own     []float64 // node by node
}

func (c *counts) nodes() int {
	if c.classes == 0 {
		return 0
	}
	return len(c.own) / c.classes
}

// at returns the weights of a node, which are nil where it has none.
func (c *counts) at(node int32) []float64 {
	from := int(node) * c.classes
	if from+c.classes > len(c.own) {
		return nil
	}
	return c.own[from : from+c.classes]
}

// widen makes room for so many nodes and classes.
func (c *counts) widen(nodes, classes int) {
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

// reserve makes room for so many nodes and no more, where counting would else make more room than it
// needs.
func (c *counts) reserve(nodes int) {
	if n := nodes * c.classes; n > cap(c.own) {
		c.own = append(make([]float64, 0, n), c.own...)
	}
}

// add counts rows of a class that end in a node.
func (c *counts) add(node, class int32, weight float64) {
	if at := int(node)*c.classes + int(class); int(class) < c.classes && at < len(c.own) {
		c.own[at] += weight
		return
	}
	c.widen(int(node)+1, int(class)+1)
	c.own[int(node)*c.classes+int(class)] += weight
}

// merge adds the counts of o, times share, of the same frame or of one that it has grown
// from or into.
func (c *counts) merge(o *counts, share float64) {
	c.widen(o.nodes(), o.classes)
	for i := range o.nodes() {
		to := c.own[i*c.classes:]
		for k, w := range o.own[i*o.classes : (i+1)*o.classes] {
			to[k] += share * w
		}
	}
}

// least is the weight below which a count is what rounding has left of rows that went.
const least = 1e-9

// settled returns the counts with nothing below 0. What a node lacks was counted above it
// before it was made, and is taken off there; what is nowhere on the way was not counted.
func (c *counts) settled(f *frame) *counts {
	owes := false
	for _, w := range c.own {
		owes = owes || w < least && w != 0
	}
	if !owes {
		return c
	}
	out := c.clone()
	for node := min(out.nodes(), f.nodes()) - 1; node >= 0; node-- {
		for k, w := range out.at(int32(node)) {
			if w >= least {
				continue
			}
			out.own[node*out.classes+k] = 0
			if w < 0 && node > 0 {
				out.own[int(f.parent(int32(node)))*out.classes+k] += w
			}
		}
	}
	return &out
}

// narrow returns the counts without the classes behind the last that has any.
func (c *counts) narrow() *counts {
	used := 0
	for i, w := range c.own {
		if w != 0 {
			used = max(used, i%c.classes+1)
		}
	}
	if used == c.classes {
		return c
	}
	out := &counts{classes: used, own: make([]float64, 0, c.nodes()*used)}
	for node := range c.nodes() {
		out.own = append(out.own, c.own[node*c.classes:][:used]...)
	}
	return out
}

// clone returns a deep copy.
func (c *counts) clone() counts {
	return counts{classes: c.classes, own: append([]float64(nil), c.own...)}
}
