package anomaly

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// defaultMembers are three views of a row: how rare its values are, how far
// out they lie, and how unusual they are together.
func defaultMembers() []any { return []any{"hba", "copod", "mahalanobis"} }

func ensembleEntry() model.Entry {
	return model.Entry{
		Type:    "ensemble",
		Role:    model.RoleAnomaly,
		Summary: "The recommended detector: a weighted mean of the scores of several anomaly models, each divided by its spread among usual rows. With labelled rows it adds a linear discriminant.",
		Options: []model.Option{
			{Name: "combine", Default: defaultMembers(), Description: "The members: names of anomaly models, or objects with `type`, `options` and `weight` (1). A member without a suitable attribute is left out."},
			{Name: "label", Default: "", Description: "The name of a binary attribute, 1 for an anomaly, that some rows have. It is not an input. The more labelled rows there are, the more weight they have in the score."},
			{Name: "sample", Default: defaultSample, Description: "The number of rows that are drawn from the statistics to estimate the spread of each member's scores, 64 to 100000."},
			minRowsOption(),
		},
		Check: func(d *model.Definition) error { _, err := ensembleOptionsOf(d); return err },
		Needs: ensembleNeeds,
		Build: buildEnsemble,
	}
}

// ensembleNeeds are those of the members, and a full summary for the sample of
// rows and the labels.
func ensembleNeeds(d *model.Definition) (model.Needs, error) {
	n := model.Needs{Full: true}
	o, err := ensembleOptionsOf(d)
	if err != nil {
		return n, err
	}
	for _, m := range o.members {
		entry, err := memberEntry(m.definition.Type)
		if err != nil {
			return n, err
		}
		m.definition.Without = o.label
		needs, err := entry.NeedsOf(&m.definition)
		if err != nil {
			return n, err
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
}

// member is one row of the option combine.
type member struct {
	definition model.Definition
	weight     float64
}

func ensembleOptionsOf(d *model.Definition) (o ensembleOptions, err error) {
	if o.members, err = membersOf(d); err != nil {
		return o, err
	}
	if v, ok := d.Options["label"]; ok {
		if o.label, ok = v.(string); !ok {
			return o, fmt.Errorf("options.label: %v, want the name of an attribute", v)
		}
	}
	if o.sample, err = d.Whole("sample", defaultSample, 64, 100000); err != nil {
		return o, err
	}
	o.minRows, err = minRows(d)
	return o, err
}

// membersOf reads the option combine.
func membersOf(d *model.Definition) ([]member, error) {
	list, ok := d.Options["combine"]
	if !ok {
		list = defaultMembers()
	}
	items, ok := list.([]any)
	if names, isNames := list.([]string); isNames {
		ok = true
		for _, name := range names {
			items = append(items, name)
		}
	}
	if !ok || len(items) == 0 {
		return nil, fmt.Errorf("options.combine: %v, want a list of anomaly models", list)
	}
	var out []member
	for i, item := range items {
		m := member{weight: 1, definition: model.Definition{Name: fmt.Sprintf("%s-%d", d.Name, i), Inputs: d.Inputs}}
		if len(m.definition.Name) > 100 {
			m.definition.Name = fmt.Sprintf("member-%d", i)
		}
		switch v := item.(type) {
		case string:
			m.definition.Type = v
		case map[string]any:
			if err := m.read(v); err != nil {
				return nil, fmt.Errorf("options.combine.%d: %w", i, err)
			}
		default:
			return nil, fmt.Errorf("options.combine.%d: %v, want the name of an anomaly model or an object", i, item)
		}
		if err := m.check(); err != nil {
			return nil, fmt.Errorf("options.combine.%d: %w", i, err)
		}
		out = append(out, m)
	}
	return out, nil
}

func (m *member) read(object map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		v, ok := object[name], true
		switch name {
		case "type":
			m.definition.Type, ok = v.(string)
		case "options":
			m.definition.Options, ok = v.(map[string]any)
		case "weight":
			m.weight, ok = model.AsFloat(v)
			ok = ok && m.weight > 0 && m.weight <= 1e6
		default:
			return fmt.Errorf("unknown field %q (there are type, options, weight)", name)
		}
		if !ok {
			return fmt.Errorf("%s is %v", name, v)
		}
	}
	return nil
}

// check looks the type up where the ensemble is none itself, which would not end.
func (m *member) check() error {
	if m.definition.Type == "ensemble" {
		return fmt.Errorf("type is %q, which cannot be a member", m.definition.Type)
	}
	for _, e := range memberEntries() {
		if e.Type == m.definition.Type {
			return m.definition.CheckOptions(&e)
		}
	}
	return fmt.Errorf("type is %q, want an anomaly model", m.definition.Type)
}

// ensemble is the built model. Its score is the sum of the members' ones, each
// times its factor.
type ensemble struct {
	inputs  []string
	members []builtMember
	labels  *labelled // nil without labels
	minRows float64
	// labelReport says what labels there are; nil where none were asked for.
	labelReport *LabelsReport
}

type builtMember struct {
	model  model.Model
	factor float64 // weight / (sum of weights * spread of the member's scores)
	place  []int   // of each of its contributions among the inputs
	typ    string
	weight float64 // as a share of all
	spread float64 // of its scores
}

var _ model.Model = (*ensemble)(nil)

func buildEnsemble(d *model.Definition, e *model.Evidence) (model.Model, error) {
	o, err := ensembleOptionsOf(d)
	if err != nil {
		return nil, err
	}
	m := &ensemble{minRows: o.minRows}
	var weights []float64
	var failed error
	total := 0.0
	for i := range o.members {
		definition := o.members[i].definition
		definition.Without = o.label
		built, err := buildMember(&definition, e)
		if err != nil {
			failed = fmt.Errorf("member %s: %w", definition.Type, err)
			continue
		}
		m.minRows = max(m.minRows, built.MinRows())
		m.add(built, definition.Type)
		weights = append(weights, o.members[i].weight)
		total += o.members[i].weight
	}
	if len(m.members) == 0 {
		return nil, failed
	}
	spreads, err := m.spreads(e.Summary, o.sample)
	if err != nil {
		return nil, err
	}
	for i := range m.members {
		m.members[i].weight, m.members[i].spread = weights[i]/total, spreads[i]
		if spreads[i] > 0 {
			m.members[i].factor = weights[i] / total / spreads[i]
		}
	}
	if o.label == "" {
		return m, nil
	}
	m.labelReport = labelCounts(e.Summary, o.label)
	m.labels, err = labelsOf(e.Summary, o.label, m.inputs)
	return m, err
}

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

// MinRows returns the option min_rows, or what a member wants if that is more.
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
		sum += b.factor * result.Inner.Score
		for k, c := range result.Inner.Contributions {
			result.Contributions[b.place[k]] += b.factor * c
		}
	}
	if m.labels != nil {
		sum += m.labels.add(values, result.Contributions)
	}
	result.Score, result.PValue = min(sum, math.MaxFloat64), math.NaN()
}
