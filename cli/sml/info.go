package sml

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// infoAnswer is what a project holds.
type infoAnswer struct {
	Project string `json:"project"`
	Cache   string `json:"cache"`
	Prefix  string `json:"prefix"`
	// Rows is the weight of all rows that count: their number when all weigh 1.
	Rows float64 `json:"rows"`
	// Composition is the settings of the statistics that the project keeps, by the
	// names that they have in sml_learn.
	Composition param.Settings `json:"composition"`
	// Reading is how the text of documents becomes values, by the names of sml_learn.
	Reading param.Settings    `json:"reading"`
	Schema  []attributeAnswer `json:"schema"`
	// Unread are keys with objects or arrays of which nothing is learned.
	Unread []live.UnreadInfo  `json:"unread,omitempty"`
	Shards []shardAnswer      `json:"shards"`
	Models []model.Definition `json:"models"`
	// Waiting says what models wait for before they can be built, by name.
	Waiting map[string]string `json:"waiting_for,omitempty"`
	// Impossible says of models why no row can make them possible, and what to declare.
	Impossible []string           `json:"impossible,omitempty"`
	Binnings   []live.BinningInfo `json:"frames,omitempty"`
	Forests    []live.ForestInfo  `json:"forests,omitempty"`
	// Expansions are the columns that are computed of attributes.
	Expansions []live.ExpansionInfo `json:"expansions,omitempty"`
	Content    string               `json:"content"` // id of the content, as of an export
	// Keys is the number of keys of which the project keeps statistics, nil when
	// it keeps none per key. A key that is in several shards counts in each.
	Keys *int `json:"keys,omitempty"`
	// KeysCover says which rows the statistics of a key are of, where the population has
	// a window or decays.
	KeysCover string `json:"keys_cover,omitempty"`
	// Inexact is how many digits of correlations and regressions with an attribute are
	// right, by its name, where rows have been forgotten that leave fewer than 8.
	Inexact map[string]int `json:"inexact,omitempty"`
	Warning string         `json:"warning,omitempty"`
}

type attributeAnswer struct {
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	Values []string `json:"values,omitempty"`
	Why    string   `json:"why,omitempty"` // what settled the type
}

type shardAnswer struct {
	ID      string  `json:"id"`
	Rows    float64 `json:"rows"`
	Version uint64  `json:"version"`
	Ended   bool    `json:"ended"`
	// Messages is the number of positions that the shard contains. Positions are
	// these positions as intervals, both ends included.
	Messages  uint64     `json:"messages"`
	Positions [][2]int64 `json:"positions"`
	// Missing says which positions were acknowledged and are not in the shard.
	Missing string `json:"missing,omitempty"`
}

func info(ctx context.Context, o *options) (answer, error) {
	if err := o.want(0, 1, "[PROJECT]"); err != nil {
		return nil, err
	}
	p, err := open(ctx, o, first(o.args), true)
	if err != nil {
		return nil, err
	}
	defer p.close()
	export, err := p.read(ctx)
	if !errors.Is(err, portable.ErrKeysChange) {
		if err != nil {
			return nil, err
		}
		return p.describe(export)
	}
	if export, err = p.look(ctx); err != nil {
		return nil, err
	}
	out, err := p.describe(export)
	if err == nil {
		out.Content, out.Keys = "", nil
		out.Warning = strings.TrimPrefix(out.Warning+"; keys are learned too fast to count them now", "; ")
	}
	return out, err
}

func first(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

func (p *opened) describe(e *portable.Export) (*infoAnswer, error) {
	whole, gone, err := e.Whole()
	if err != nil {
		return nil, p.explain(err)
	}
	out := &infoAnswer{
		Project: p.project, Cache: p.label, Prefix: p.prefix, Rows: whole.Weight(), Content: e.ID(), Composition: e.Composition().Kept(),
		Schema: attributeAnswers(e.Schema), Unread: live.Unread(e.Schema), Shards: []shardAnswer{}, Models: []model.Definition{},
	}
	limits, err := project.StoredLimits(e.Models)
	if err != nil {
		return nil, err
	}
	out.Composition = append(out.Composition, limits.Settings()...)
	reading, _ := e.Schema.Reading()
	out.Reading = reading.Over(schema.DefaultReading()).Settings()
	if n, kept := e.Keys(); kept {
		out.Keys = &n
		composition := e.Composition()
		out.KeysCover = composition.KeysCover()
	}
	if gone != nil {
		out.Warning = fmt.Sprintf("rows that were to be forgotten are not among those learned, and stay: %v", gone)
	}
	if err := out.describeInexact(e, whole); err != nil {
		return nil, err
	}
	if out.Binnings, err = live.BinningsOf(whole); err != nil {
		return nil, err
	}
	if out.Forests, err = live.ForestsOf(whole, e.Models); err != nil {
		return nil, err
	}
	summary, err := project.SummaryOf(whole)
	if err != nil {
		return nil, err
	}
	for _, s := range e.Shards {
		missing := s.Positions.Missing()
		out.Shards = append(out.Shards, shardAnswer{
			ID: s.ID, Rows: s.Statistics.Weight(), Version: s.Version, Ended: s.Ended,
			Messages: s.Positions.Count(), Positions: pairs(s.Positions), Missing: missing.String(),
		})
	}
	out.Expansions = live.ExpansionsOf(e.Schema, summary)
	return out, out.describeModels(p.project, e, summary)
}

// describeModels adds the models, and what each lacks or why it is impossible.
func (a *infoAnswer) describeModels(of string, e *portable.Export, summary *stats.Summary) error {
	for _, name := range slices.Sorted(maps.Keys(e.Models)) {
		if project.IsReserved(name) {
			continue
		}
		d, err := catalogue.All().Decode(e.Models[name])
		if err != nil {
			return fmt.Errorf("model %q: %w", name, err)
		}
		a.Models = append(a.Models, d)
		if lacks, _ := model.Lacks(&d, summary); lacks != "" {
			if a.Waiting == nil {
				a.Waiting = map[string]string{}
			}
			a.Waiting[name] = lacks
		}
		if impossible := live.Impossible(of, e.Schema, &d); impossible != "" {
			a.Impossible = append(a.Impossible, fmt.Sprintf("model %q is %s", d.Name, impossible))
		}
	}
	return nil
}

// describeInexact says where rows that were forgotten have taken digits with them.
func (a *infoAnswer) describeInexact(e *portable.Export, whole stats.Additive) error {
	if !slices.ContainsFunc(e.Shards, func(s portable.Shard) bool { return strings.HasPrefix(s.ID, project.ForgetPrefix) }) {
		return nil
	}
	summary, err := project.SummaryOf(whole)
	if err != nil {
		return err
	}
	a.Inexact = summary.Inexact()
	for _, name := range slices.Sorted(maps.Keys(a.Inexact)) {
		a.Warning = strings.TrimPrefix(fmt.Sprintf("%s; rows that were forgotten leave %d right digits of correlations and regressions with %q", a.Warning, a.Inexact[name], name), "; ")
	}
	return nil
}

func attributeAnswers(s *schema.Schema) []attributeAnswer {
	out := []attributeAnswer{}
	for _, a := range s.Attributes() {
		if a.Computed {
			continue
		}
		out = append(out, attributeAnswer{Name: a.Name, Type: a.Kind.String(), Values: a.Values, Why: a.Why()})
	}
	return out
}

func pairs(p *state.Positions) [][2]int64 { return append([][2]int64{}, pairsOf(p.Intervals())...) }

// pairsOf returns intervals as pairs, nil for none.
func pairsOf(intervals []state.Interval) (out [][2]int64) {
	for _, v := range intervals {
		out = append(out, [2]int64{v.First, v.Last})
	}
	return out
}

func (a *infoAnswer) warnings() []string {
	var out []string
	if a.Warning != "" {
		out = append(out, a.Warning)
	}
	for _, s := range a.Shards {
		if s.Missing != "" {
			out = append(out, fmt.Sprintf("shard %q: %s", clip(s.ID, 80), s.Missing))
		}
	}
	return append(out, a.Impossible...)
}

func (a *infoAnswer) text(out io.Writer) {
	about := [][]string{{"project", a.Project}, {"cache", a.Cache}, {"prefix", a.Prefix}, {"rows", number(a.Rows)}, {"content", a.Content}}
	if a.Keys != nil {
		about = append(about, []string{"keys", fmt.Sprint(*a.Keys)})
		if a.KeysCover != "" {
			about = append(about, []string{"keys cover", a.KeysCover})
		}
	}
	table(out, about)
	for _, rows := range [][][]string{a.kept(), a.reads(), a.attributes(), a.unread(), a.expansions(), a.shards(), a.models(), a.binnings(), a.forests()} {
		if rows != nil {
			fmt.Fprintln(out)
			table(out, rows)
		}
	}
}

func (a *infoAnswer) kept() [][]string {
	rows := [][]string{{"KEEPS", "AS"}}
	for _, s := range a.Composition.Flat() {
		rows = append(rows, []string{s.Name, fmt.Sprint(s.Value)})
	}
	return rows
}

func (a *infoAnswer) reads() [][]string {
	rows := [][]string{{"READS", "AS"}}
	for _, s := range a.Reading {
		value := fmt.Sprint(s.Value)
		if list, ok := s.Value.([]string); ok {
			value = fmt.Sprintf("%q", list)
		}
		rows = append(rows, []string{s.Name, value})
	}
	return rows
}

func (a *infoAnswer) attributes() [][]string {
	rows := [][]string{{"ATTRIBUTE", "TYPE", "VALUES", "WHY"}}
	for _, s := range a.Schema {
		rows = append(rows, []string{clip(s.Name, 60), s.Type, clip(strings.Join(s.Values, ", "), 60), s.Why})
	}
	return rows
}

// unread are nil where there is nothing of the kind, as binnings are.
func (a *infoAnswer) unread() [][]string {
	if len(a.Unread) == 0 {
		return nil
	}
	rows := [][]string{{"NOT LEARNED", "IS", "ADVICE"}}
	for _, u := range a.Unread {
		rows = append(rows, []string{clip(u.Name, 60), u.Is, u.Advice})
	}
	return rows
}

func (a *infoAnswer) expansions() [][]string {
	if len(a.Expansions) == 0 {
		return nil
	}
	rows := [][]string{{"COMPUTED", "OF", "COLUMNS", "ROWS", "ROWS BEFORE"}}
	for _, e := range a.Expansions {
		rows = append(rows, []string{clip(e.ID, 60), clip(strings.Join(e.Of, ", "), 60), fmt.Sprint(e.Columns), number(e.Rows), number(e.Before)})
	}
	return rows
}

func (a *infoAnswer) shards() [][]string {
	rows := [][]string{{"SHARD", "ROWS", "VERSION", "MESSAGES", "POSITIONS"}}
	for _, s := range a.Shards {
		id := s.ID
		if s.Ended {
			id += " (ended)"
		}
		rows = append(rows, []string{clip(id, 80), number(s.Rows), fmt.Sprint(s.Version), fmt.Sprint(s.Messages), intervals(s.Positions)})
	}
	return rows
}

func (a *infoAnswer) models() [][]string {
	rows := [][]string{{"MODEL", "TYPE", "TARGET", "INPUTS", "WAITS"}}
	for _, m := range a.Models {
		inputs := strings.Join(m.Inputs, ", ")
		if inputs == "" {
			inputs = "all"
		}
		if len(m.Features) > 0 {
			inputs += " as " + strings.Join(m.Features, ", ")
		}
		rows = append(rows, []string{m.Name, m.Type, m.Target, clip(inputs, 60), a.Waiting[m.Name]})
	}
	return rows
}

func (a *infoAnswer) binnings() [][]string {
	if len(a.Binnings) == 0 {
		return nil
	}
	rows := [][]string{{"BINNING", "COUNTS FOR", "COMPONENTS", "CELLS", "ROWS COUNTED"}}
	for _, f := range a.Binnings {
		rows = append(rows, []string{f.ID[:8], f.Type, fmt.Sprint(f.Components), fmt.Sprint(f.Cells), number(f.Rows)})
	}
	return rows
}

func (a *infoAnswer) forests() [][]string {
	if len(a.Forests) == 0 {
		return nil
	}
	rows := [][]string{{"FOREST", "TARGET", "TREES", "NODES", "CLASSES", "ROWS COUNTED"}}
	for _, f := range a.Forests {
		classes := fmt.Sprint(len(f.Classes))
		if len(f.Classes) == 0 {
			classes = "–" // of a number
		}
		rows = append(rows, []string{clip(f.ID, 8), f.Target, fmt.Sprint(f.Trees), fmt.Sprint(f.Nodes), classes, number(f.Rows)})
	}
	return rows
}

// intervals writes the first few intervals of positions.
func intervals(p [][2]int64) string {
	const most = 3
	var parts []string
	for i, v := range p {
		if i == most {
			parts = append(parts, fmt.Sprintf("and %d more", len(p)-most))
			break
		}
		if v[0] == v[1] {
			parts = append(parts, fmt.Sprint(v[0]))
		} else {
			parts = append(parts, fmt.Sprintf("%d-%d", v[0], v[1]))
		}
	}
	return strings.Join(parts, ", ")
}
