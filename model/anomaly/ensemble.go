package anomaly

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/progress"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// defaultMembers are four views of a row: how rare its values are, how far out
// they lie, how far it lies from the centre in the metric of the correlations, and
// how thin the rows are around it. Only the last sees rings, gaps between
// clusters and dependence that is not linear; it counts rows from when its binning
// is fixed, and until then the others do without it.
func defaultMembers() []any {
	return []any{"hba", "copod", "mahalanobis", map[string]any{"type": "density_forest", "optional": true}}
}

func ensembleEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "ensemble",
		Role:    model.RoleAnomaly,
		Summary: "The recommended detector: a weighted mean of the scores of several anomaly models, each divided by its spread among usual rows. With labelled rows it adds a linear discriminant.",
		Needs:   ensembleNeeds,
	}, readEnsemble, buildEnsemble)
}

// ensembleNeeds are those of the members, and a full summary for the sample of
// rows and the labels.
func ensembleNeeds(d *model.Definition) (model.Needs, error) {
	n := model.Needs{Full: true}
	o, err := model.ReadOptions(d, readEnsemble)
	if err != nil {
		return n, err
	}
	for k := range o.members {
		member := o.definition(d, k)
		entry, err := memberEntry(member.Type)
		if err != nil {
			return n, err
		}
		needs, err := entry.NeedsOf(&member)
		if err != nil {
			return n, err
		}
		for i := range needs.Binnings {
			needs.Binnings[i].Optional = o.members[k].optional
		}
		n.Add(needs)
	}
	return n, nil
}

type ensembleOptions struct {
	members []member
	label   string
	sample  int
	minRows float64
	// measured says that weights follow the structure of what was learned.
	measured bool
}

// member is one row of the option combine.
type member struct {
	typ     string
	options param.Values
	weight  float64
	// optional says that it is left out while it is not ready.
	optional bool
}

func readEnsemble(r *param.Reader) ensembleOptions {
	return ensembleOptions{
		members: param.Objects(r, "combine", defaultMembers(), "The members: types of anomaly models, or objects with `type`, `options`, `weight` and `optional`. A member without a suitable attribute is left out.", readMember),
		label:   r.Attribute("label", param.Optional, "The name of a binary attribute, 1 for an anomaly, that some rows have. It is not an input. The more labelled rows there are, the more weight they have in the score."),
		sample:  r.Integer("sample", defaultSample, param.Between(64, 100_000), "The number of rows that are drawn from the statistics to estimate the spread of each member's scores."),
		minRows: readMinRows(r),
		measured: r.Choice("weights", weightsMeasured, []string{weightsMeasured, weightsGiven},
			"How the members are weighted. `given`: by their `weight`. `measured`: their `weight` times what the statistics tell, without labels: the more the learned rows differ from rows drawn from the attributes' distributions and correlations alone, the more the detectors that count rows in cells weigh. Those that measure distances from one centre or into the tails then count only where a row is farther out than most drawn rows.") == weightsMeasured,
	}
}

// readMember reads one member and checks its options as those of its type. An
// ensemble is no member: that would not end.
func readMember(r *param.Reader) member {
	entries := memberEntries()
	types := make([]string, len(entries))
	for i := range entries {
		types[i] = entries[i].Type
	}
	m := member{
		typ:      r.RequiredChoice("type", types, "The type of anomaly model."),
		options:  r.Options("options", "The options of the type."),
		weight:   r.Number("weight", 1, param.Above(0).UpTo(1e6), "The weight of the member."),
		optional: r.Boolean("optional", false, "Leave the member out while it is not ready. The ensemble waits for any other."),
	}
	if i := slices.Index(types, m.typ); i >= 0 {
		if _, err := entries[i].Bind(&model.Definition{Type: m.typ, Options: m.options}); err != nil {
			r.Refuse(err)
		}
	}
	return m
}

// definition is that of member number i, which takes the inputs of the ensemble.
func (o *ensembleOptions) definition(d *model.Definition, i int) model.Definition {
	m := &o.members[i]
	out := *d
	out.Name, out.Type, out.Target, out.Options, out.Without = fmt.Sprintf("%s-%d", d.Name, i), m.typ, "", m.options, o.label
	if len(out.Name) > 100 {
		out.Name = fmt.Sprintf("member-%d", i)
	}
	return out
}

// ensemble is the built model. Its score is the sum of the members' ones, each
// times its factor.
type ensemble struct {
	inputs  []string
	members []builtMember
	labels  *labelled // nil without labels
	minRows float64
	leftOut []memberReport // members, and why
	// labelReport says what labels there are; nil where none were asked for.
	labelReport *labelsReport
}

type builtMember struct {
	model  model.Model
	factor float64 // weight / (sum of weights * spread of the member's scores)
	place  []int   // of each of its contributions among the inputs
	typ    string
	weight float64 // as a share of all
	spread float64 // of its scores
	floor  float64 // of its scores: what is below counts nothing
	// structure is what a member that counts rows in cells has measured.
	structure *float64
}

var _ model.Model = (*ensemble)(nil)

func buildEnsemble(ctx context.Context, d *model.Definition, o ensembleOptions, e *model.Evidence) (model.Model, error) {
	m := &ensemble{minRows: o.minRows}
	if o.label != "" { // first, as no row mends a wrong one
		if _, err := labelColumn(e.Summary, o.label); err != nil {
			return nil, err
		}
	}
	var weights []float64
	var failed error
	var waiting []model.Model
	for i := range o.members {
		progress.Report(ctx, "member", i, len(o.members))
		definition := o.definition(d, i)
		built, err := buildMember(ctx, &definition, e)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			failed = fmt.Errorf("member %s: %w", definition.Type, err)
			m.leftOut = append(m.leftOut, memberReport{Type: definition.Type, LeftOut: err.Error()})
			continue
		}
		if o.members[i].optional && built.MinRows() > max(o.minRows, e.Summary.Weight()) {
			waiting = append(waiting, built)
			m.leftOut = append(m.leftOut, memberReport{Type: definition.Type, LeftOut: waitsFor(built)})
			continue
		}
		m.minRows = max(m.minRows, built.MinRows())
		m.add(built, definition.Type)
		weights = append(weights, o.members[i].weight)
	}
	if len(m.members) == 0 && len(waiting) == 0 {
		return nil, failed
	}
	if len(m.members) == 0 { // nothing but members to wait for
		m.minRows = math.MaxFloat64
		for _, w := range waiting {
			m.minRows = min(m.minRows, w.MinRows())
		}
		return m, nil
	}
	if err := m.calibrate(ctx, e.Summary, o, weights); err != nil {
		return nil, err
	}
	if o.label == "" {
		return m, nil
	}
	m.labelReport = labelCounts(e.Summary, o.label)
	var err error
	m.labels, err = labelsOf(e.Summary, o.label, m.inputs)
	return m, err
}

// waitsFor says why a member is not ready.
func waitsFor(m model.Model) string {
	if m.MinRows() == math.MaxFloat64 {
		return "its binning is not fixed"
	}
	return fmt.Sprintf("it is ready at %v rows", m.MinRows())
}

// add gives each input one place, so contributions of members to it add up.
func (m *ensemble) add(built model.Model, typ string) {
	b := builtMember{model: built, typ: typ}
	for _, name := range built.Inputs() {
		at := slices.Index(m.inputs, name)
		if at < 0 {
			at = len(m.inputs)
			m.inputs = append(m.inputs, name)
		}
		b.place = append(b.place, at)
	}
	m.members = append(m.members, b)
}

// Inputs returns the inputs of all members.
func (m *ensemble) Inputs() []string { return m.inputs }

// MinRows returns the option min_rows, or what a member that is not left out
// wants if that is more.
func (m *ensemble) MinRows() float64 { return m.minRows }

// Predict adds up the members' scores and contributions, each times its factor,
// and what the labelled rows say.
func (m *ensemble) Predict(values []float64, codes []int32, result *model.Result) {
	result.Resize(len(m.inputs))
	clear(result.Contributions)
	if result.Inner == nil {
		result.Inner = &model.Result{}
	}
	sum := 0.0
	for i := range m.members {
		b := &m.members[i]
		b.model.Predict(values, codes, result.Inner)
		score := result.Inner.Score
		if !(score > b.floor) {
			continue
		}
		factor := b.factor * (1 - b.floor/score)
		sum += factor * score
		for k, c := range result.Inner.Contributions {
			result.Contributions[b.place[k]] += factor * c
		}
	}
	if m.labels != nil {
		sum += m.labels.add(values, result.Contributions)
	}
	result.Score, result.PValue = min(sum, math.MaxFloat64), math.NaN()
}
