package sml

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// checkAnswer is the health of each record.
type checkAnswer struct {
	Project string         `json:"project"`
	Healthy bool           `json:"healthy"`
	Records []healthAnswer `json:"records"`
}

type healthAnswer struct {
	Record   string `json:"record"`
	Shard    string `json:"shard,omitempty"`
	Key      string `json:"key"`
	Version  uint64 `json:"version"`
	Bytes    int    `json:"bytes"`
	CutShort bool   `json:"cut_short"`
	Unseen   uint64 `json:"unseen,omitempty"`
	// Owed are positions that were acknowledged and have to be delivered again; Before are
	// those that had been acknowledged before the first of the shard; Lost is how many
	// cannot be delivered again. Missing says all of this and what to do.
	Owed    [][2]int64 `json:"owed,omitempty"`
	Before  [][2]int64 `json:"before,omitempty"`
	Lost    uint64     `json:"lost,omitempty"`
	Missing string     `json:"missing,omitempty"`
	Error   string     `json:"error,omitempty"`

	incomplete bool // positions prove it
}

// errDamaged is wrapped when check has found damage.
var errDamaged = errors.New("damaged records")

// errMissing is returned when positions prove that rows which were acknowledged are in no
// state any more.
var errMissing = errors.New("rows that were acknowledged are in no state any more, as keys were gone: " +
	"set the source back to the first of their positions, or give them up with `sml epoch`")

// errNotForgotten is wrapped when rows that were to be forgotten count all the same.
var errNotForgotten = errors.New("rows that were to be forgotten are not among those learned, and all rows to forget of their shard count")

// unforgotten says which shards hold rows to forget that cannot be taken away from
// the others; nil for none.
func (p *opened) unforgotten(ctx context.Context) (gone, err error) {
	export, err := p.look(ctx)
	if errors.Is(err, portable.ErrNoProject) {
		return nil, nil // nothing but its records
	}
	if err != nil {
		return nil, err
	}
	_, gone, err = export.Whole()
	return gone, err
}

// errOutOfOrder is wrapped when a shard cannot learn any more.
var errOutOfOrder = errors.New("the shard has learned attributes or their values in another order than the project has them, as after the keys of its schema were lost: " +
	"it learns nothing more. `sml export`, then `sml forget --shard`, then `sml merge --as` keeps all rows")

// outOfOrder notes the shards that cannot learn under the schema; those that were merged never do.
func (p *opened) outOfOrder(ctx context.Context, out *checkAnswer) error {
	known, err := project.Open(ctx, p.store, p.prefix, p.project)
	if err != nil {
		return p.explain(err)
	}
	shards, err := known.OutOfOrder(ctx)
	if err != nil {
		return p.explain(err)
	}
	var first error
	for i := range out.Records {
		r := &out.Records[i]
		if !slices.Contains(shards, r.Shard) || strings.HasPrefix(r.Shard, portable.MergedPrefix) {
			continue
		}
		r.Error, out.Healthy = errOutOfOrder.Error(), false
		if first == nil {
			first = fmt.Errorf("shard %q: %w", r.Shard, errOutOfOrder)
		}
	}
	return first
}

func check(ctx context.Context, o *options) (answer, error) {
	if err := o.want(0, 1, "[PROJECT]"); err != nil {
		return nil, err
	}
	p, err := open(ctx, o, first(o.args), true)
	if err != nil {
		return nil, err
	}
	defer p.close()
	records, err := p.inspect(ctx)
	if err != nil {
		return nil, err
	}
	out := &checkAnswer{Project: p.project, Healthy: true}
	bad, incomplete := 0, false
	for _, h := range records {
		row := healthAnswer{
			Record: h.Record, Shard: h.Shard, Key: h.Key, Version: h.Version, Bytes: h.Bytes, CutShort: h.CutShort, Unseen: h.Unseen,
			Owed: pairsOf(h.Missing.Owed), Before: pairsOf(h.Missing.Before), Lost: h.Missing.Lost, Missing: h.Missing.String(), incomplete: h.Missing.Proved(),
		}
		if h.Err != nil {
			row.Error, out.Healthy = h.Err.Error(), false
			bad++
		}
		if row.incomplete {
			incomplete, out.Healthy = true, false
		}
		out.Records = append(out.Records, row)
	}
	keys, err := p.place().ExamineKeys(ctx, p.project, false)
	if err != nil {
		return nil, p.explain(err)
	}
	for _, k := range keys {
		out.Records, out.Healthy = append(out.Records, healthAnswer{Record: "keys", Shard: k.Shard, Error: errors.Join(k.Damage...).Error()}), false
		bad++
	}
	if bad == 0 {
		gone, err := p.unforgotten(ctx)
		if err != nil {
			return nil, err
		}
		if gone != nil {
			out.Records, out.Healthy = append(out.Records, healthAnswer{Record: "rows to forget", Error: gone.Error()}), false
			return out, fmt.Errorf("%w: %w", errNotForgotten, gone)
		}
		if err := p.outOfOrder(ctx, out); err != nil {
			return out, err
		}
	}
	if incomplete && bad == 0 {
		return out, errMissing
	}
	if bad > 0 {
		return out, fmt.Errorf("%w: %d of %d; `sml repair` says what can be done", errDamaged, bad, len(out.Records))
	}
	return out, nil
}

// inspect looks at all records. A project without any record is unknown.
func (p *opened) inspect(ctx context.Context) ([]state.Health, error) {
	records, err := project.Inspect(ctx, p.store, p.prefix, p.project)
	if err != nil {
		return nil, p.explain(err)
	}
	for _, h := range records {
		if h.Version > 0 || h.CutShort || h.Err != nil {
			return records, nil
		}
	}
	return nil, p.unknown(ctx, fmt.Errorf("%w: %q", portable.ErrNoProject, p.project))
}

func (a *checkAnswer) text(out io.Writer) {
	rows := [][]string{{"RECORD", "VERSION", "BYTES", "HEALTH"}}
	for _, r := range a.Records {
		name := r.Record
		if r.Shard != "" {
			name += " " + clip(r.Shard, 80)
		}
		health := "good"
		switch {
		case r.Error != "":
			health = "DAMAGED: " + r.Error
		case r.CutShort:
			health = "good; a later version is half written, was not acknowledged, and is passed over"
		case r.Version == 0:
			health = "nothing written"
		}
		if r.incomplete && r.Error == "" {
			health = "INCOMPLETE: " + r.Missing
		} else if r.Missing != "" {
			health += "; " + r.Missing
		}
		if r.Unseen > 0 {
			health += fmt.Sprintf("; %d offsets below its highest were never seen: rows that were lost, unless they are markers of transactions or were compacted", r.Unseen)
		}
		rows = append(rows, []string{name, fmt.Sprint(r.Version), fmt.Sprint(r.Bytes), health})
	}
	table(out, rows)
}

// repairAnswer says what was done, or what --yes would do.
type repairAnswer struct {
	Project string         `json:"project"`
	Done    bool           `json:"done"`
	Shards  []remedyAnswer `json:"shards"`
	// Keys are the shards whose damaged statistics per key are given up.
	Keys []keysAnswer `json:"keys,omitempty"`
	// Left are the damaged records for which nothing can be done here.
	Left []string `json:"left,omitempty"`
}

type remedyAnswer struct {
	Shard    string   `json:"shard"`
	Damaged  []uint64 `json:"damaged_versions"`
	Restored uint64   `json:"restored_version"`
	Written  uint64   `json:"written_version"`
	Loss     string   `json:"loss"`
}

type keysAnswer struct {
	Shard  string   `json:"shard"`
	Damage []string `json:"damage"`
}

func repair(ctx context.Context, o *options) (answer, error) {
	if err := o.want(0, 1, "[PROJECT]"); err != nil {
		return nil, err
	}
	p, err := open(ctx, o, first(o.args), true)
	if err != nil {
		return nil, err
	}
	defer p.close()
	records, err := p.inspect(ctx)
	if err != nil {
		return nil, err
	}
	if o.yes {
		if err := p.quiet(ctx, o.force); err != nil {
			return nil, err
		}
	}
	out := &repairAnswer{Project: p.project, Done: o.yes, Shards: []remedyAnswer{}}
	for _, h := range records {
		if h.Err == nil {
			continue
		}
		if h.Record != "shard" {
			out.Left = append(out.Left, fmt.Sprintf("%s: %v", h.Record, h.Err))
			continue
		}
		r, err := p.mend(ctx, h.Shard, o.yes)
		if errors.Is(err, state.ErrStore) {
			return nil, p.explain(err)
		}
		if err != nil {
			out.Left = append(out.Left, fmt.Sprintf("shard %q: %v", h.Shard, err))
			continue
		}
		out.Shards = append(out.Shards, remedyAnswer{Shard: h.Shard, Damaged: r.Damaged, Restored: r.Restored, Written: r.Written, Loss: loss(r)})
	}
	keys, err := p.place().ExamineKeys(ctx, p.project, o.yes)
	if err != nil {
		return nil, p.explain(err)
	}
	for _, k := range keys {
		row := keysAnswer{Shard: k.Shard}
		for _, err := range k.Damage {
			row.Damage = append(row.Damage, err.Error())
		}
		out.Keys = append(out.Keys, row)
	}
	if len(out.Left) > 0 {
		return out, fmt.Errorf("%w are left: restore the project from an export with `sml import --force`", errDamaged)
	}
	return out, nil
}

// mend gives up the damaged versions of a shard if do is set; otherwise it says
// what would be given up.
func (p *opened) mend(ctx context.Context, shard string, do bool) (state.Remedy, error) {
	maker, err := project.MakerOf(ctx, p.store, p.prefix, p.project)
	if err != nil {
		return state.Remedy{}, err
	}
	return state.RepairShard(ctx, p.store, p.base(), shard, maker, do)
}

// loss says what a repair cannot bring back.
func loss(r state.Remedy) string {
	if r.Restored > 0 {
		return fmt.Sprintf("what was learned after version %d; sources with positions are learned again from there when they are read again", r.Restored)
	}
	return "everything that this shard had learned: it begins empty. Read its source from the beginning, or restore an export"
}

func (a *repairAnswer) text(out io.Writer) {
	if len(a.Shards)+len(a.Keys)+len(a.Left) == 0 {
		fmt.Fprintf(out, "project %s: nothing to repair\n", a.Project)
		return
	}
	for _, s := range a.Shards {
		damaged := strings.Trim(fmt.Sprint(s.Damaged), "[]")
		verb, from := "would give up", "an empty shard"
		if s.Restored > 0 {
			from = fmt.Sprintf("version %d", s.Restored)
		}
		if a.Done {
			verb = "gave up"
		}
		fmt.Fprintf(out, "shard %s: %s version %s and go on from %s. Lost: %s\n", s.Shard, verb, damaged, from, s.Loss)
	}
	for _, k := range a.Keys {
		verb := "would give up"
		if a.Done {
			verb = "gave up"
		}
		fmt.Fprintf(out, "shard %s: %s the statistics per key in %d values. Lost: these keys begin anew; the statistics of all rows stay\n", k.Shard, verb, len(k.Damage))
		for _, d := range k.Damage {
			fmt.Fprintf(out, "  %s\n", d)
		}
	}
	for _, l := range a.Left {
		fmt.Fprintf(out, "left: %s\n", l)
	}
	if !a.Done && len(a.Shards)+len(a.Keys) > 0 {
		fmt.Fprintln(out, "Nothing was done: use --yes")
	}
}
