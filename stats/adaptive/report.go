package adaptive

import "math"

// Report says what a pool is like.
type Report struct {
	// Rows is the weight of the rows that were learned.
	Rows float64 `json:"rows"`
	// Members are the models, those that are mixed by their losses.
	Members []Member `json:"members"`
}

// Member is one model of a pool.
type Member struct {
	Name string `json:"name"`
	// HalfLife is the number of rows after which a row counts half, 0 where it never
	// fades.
	HalfLife float64 `json:"half_life_rows,omitempty"`
	// Weight is its share in predictions, by Loss: the sum of its losses on the last rows,
	// faded with a half-life of 50 rows.
	Weight float64 `json:"weight"`
	Loss   float64 `json:"loss"`
	// MeanLoss is the same a row.
	MeanLoss float64 `json:"mean_loss"`
	// Nodes counts the nodes of its trees.
	Nodes int `json:"nodes,omitempty"`
}

// Report describes the pool.
func (p *Pool) Report() *Report {
	out := &Report{Rows: p.weight}
	var room Prediction
	room.prepare(p)
	p.sharesBy(&p.block, &room)
	shares := room.shares
	add := func(name string, halfLife float64, nodes int) {
		m := Member{Name: name, HalfLife: halfLife, Nodes: nodes}
		if j := len(out.Members); j < len(shares) {
			m.Weight = shares[j]
			if j < len(p.block.sums[0]) {
				m.Loss = p.block.sums[0][j]
				m.MeanLoss = m.Loss / p.block.rows()
			}
		}
		out.Members = append(out.Members, m)
	}
	for range p.level {
		add("mean", levelHalfLives[len(out.Members)], 0)
	}
	for _, g := range p.groves {
		name, nodes := "trees by residual", 0
		if g.byVariance {
			name = "trees by variance"
		}
		for _, t := range g.trees {
			nodes += len(t.nodes)
		}
		add(name, g.halfLife, nodes)
	}
	for _, f := range p.forests {
		add("forest", f.halfLife, f.nodes())
	}
	for _, l := range p.linears {
		name := "linear"
		if l.expanded {
			name = "splines and waves"
		}
		add(name, l.halfLife, 0)
	}
	if p.near != nil {
		add("nearest rows", 0, 0)
	}
	return out
}

// rows returns the number of rows of which a loss of each member is in the first sums, each as
// far as it has not faded: from the same of squares, which fade more slowly.
func (l *losses) rows() float64 {
	left := math.Log1p(-l.weight*(1-squareFade)) / math.Log(squareFade) // rows since the first
	return max(1, (1-math.Pow(lossFades[0], left))/(1-lossFades[0]))
}
