package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/incident"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// IncidentSettings say how alarms are grouped into incidents, and how that is kept.
type IncidentSettings struct {
	// Name tells the groupings of a project apart.
	Name  string
	Rules incident.Rules
	// Durable makes Take return when the store has the state with its rows. Otherwise it is
	// written each Every, and a crash may lose or repeat that much of it.
	Durable bool
	Every   time.Duration
	// Verify says what happens to rows that are not what was taken at their positions.
	Verify state.Verify
	// Ahead is how far the time of a row may be ahead of the clock.
	Ahead time.Duration
}

// validate returns an error that names the setting that is wrong.
func (s *IncidentSettings) validate() error {
	switch {
	case s.Name == "":
		return errors.New("name is empty")
	case len(s.Name) > 100 || strings.ContainsAny(s.Name, "/@"):
		return fmt.Errorf("name is %.120q, want 1 to 100 bytes without / and @", s.Name)
	case !s.Durable && s.Every < 10*time.Millisecond:
		return fmt.Errorf("every is %v, less than 10ms", s.Every)
	case s.Ahead <= 0:
		return fmt.Errorf("ahead is %v, must be above 0", s.Ahead)
	}
	return s.Rules.Validate()
}

// Incidents are those of a project. They are safe for concurrent use.
type Incidents struct {
	home    *home
	outage  *outage
	stops   *stops
	missing *missingRows
	// directory is that of the shards of incidents, others reads those of other processes.
	directory *state.Directory
	others    *state.ShardReader[*incident.State]
	turn      atomic.Uint64 // whose turn it is to be looked at
	alarm     atomic.Bool   // keys were gone since the last look

	mu   sync.Mutex
	logs map[string]*incidentLog // of the components of this process, by name
}

func newIncidents(h *home, o *outage, s *stops, m *missingRows) *Incidents {
	base := project.IncidentsBase(h.base())
	return &Incidents{
		home: h, outage: o, stops: s, missing: m, logs: map[string]*incidentLog{},
		directory: state.NewDirectory(h.store, base), others: state.NewShardReader(h.store, base, incident.Codec()),
	}
}

// incidentShard is the incidents of one name and source.
type incidentShard = state.Shard[*incident.State]

// incidentLog is the incidents of one name, of the sources that this process has open.
type incidentLog struct {
	of       *Incidents
	settings IncidentSettings
	sources  openings[*incidentShard] // by id of their shards
}

// Grouper groups the alarms of one component into incidents. Components of a process that
// name the same share it. It is safe for concurrent use.
type Grouper struct {
	project *Project
	log     *incidentLog
}

// NewGrouper returns a grouper. Settings out of range are an error, and so are those that
// differ from the ones of another component of that name.
func NewGrouper(p *Project, settings IncidentSettings) (*Grouper, error) {
	settings.Rules = settings.Rules.WithDefaults()
	if err := settings.validate(); err != nil {
		return nil, err
	}
	log, err := p.incidents.named(&settings)
	if err != nil {
		return nil, err
	}
	return &Grouper{project: p, log: log}, nil
}

// IncidentsOf returns the incidents of a project.
func IncidentsOf(p *Project) *Incidents { return p.incidents }

// named returns the incidents of a name, which components of the same settings share.
func (x *Incidents) named(settings *IncidentSettings) (*incidentLog, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if l, ok := x.logs[settings.Name]; ok {
		if l.settings != *settings {
			return nil, fmt.Errorf("name: %q is that of another sml_incidents of project %q in this process, which has other settings: give each a name of its own", settings.Name, x.home.project)
		}
		return l, nil
	}
	l := &incidentLog{of: x, settings: *settings}
	x.logs[settings.Name] = l
	return l, nil
}

// all returns what the components of this process group.
func (x *Incidents) all() []*incidentLog {
	x.mu.Lock()
	defer x.mu.Unlock()
	var out []*incidentLog
	for _, l := range x.logs {
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b *incidentLog) int { return strings.Compare(a.settings.Name, b.settings.Name) })
	return out
}

// open opens the incidents of a source at first use.
func (l *incidentLog) open(ctx context.Context, source string) (*incidentShard, error) {
	x, id := l.of, l.settings.Name+"/"+source
	shard, err := l.sources.get(ctx, id, func() (shard *incidentShard, err error) {
		err = state.Retry(ctx, func() error {
			shard, err = state.OpenShard(ctx, x.home.store, project.IncidentsBase(x.home.base()), id, incident.Codec(), state.ShardOptions{
				Durable: l.settings.Durable, Directory: x.directory,
				Fenced:   func() { x.fenced(id) },
				Gap:      func(gap []state.Interval, owed bool) { x.missing.between(id, gap, owed) },
				Unknown:  func(positions []state.Interval) { x.missing.unknown(id, positions) },
				Restored: func(lost error) { x.restored(id, lost) },
			})
			return x.outage.waiting(err)
		})
		return shard, err
	})
	if err != nil {
		return nil, fmt.Errorf("open incidents %q of project %q: %w", id, x.home.project, err)
	}
	return shard, nil
}

// fenced tells that another process has written a shard.
func (x *Incidents) fenced(id string) {
	x.stops.note(stopFenced, "incidents "+id, fmt.Sprintf("another process has written incidents %q while this one groups its alarms; what it wrote is taken over, and no row is taken twice. "+
		"After a rebalance this is said once. When it comes again, two processes take rows of one shard: give each a shard of its own, such as `shard: local-${HOSTNAME}`", id))
}

// restored tells that the record of a shard was gone and has been written again.
func (x *Incidents) restored(id string, lost error) {
	x.alarm.Store(true)
	x.stops.note(stopLost, "incidents "+id, fmt.Sprintf("keys of incidents %q are gone from cache %q, as when it is flushed, evicts keys or is set back; what this process holds has been written again, and nothing was acknowledged before (%v)", id, x.home.cache, lost))
}

// refresh reads the incidents of other processes, and makes sure that the store has those
// of this one: one shard after each interval, all of them once something was gone.
func (x *Incidents) refresh(ctx context.Context) error {
	if err := x.others.Refresh(ctx); err != nil {
		return err
	}
	var mine []*incidentShard
	for _, l := range x.all() {
		mine = append(mine, l.sources.all()...)
	}
	if len(mine) == 0 {
		return nil
	}
	all := x.alarm.Swap(false)
	restored, err := x.directory.Keep(ctx, all)
	if restored {
		x.alarm.Store(true)
	}
	if turn := x.turn.Add(1) % uint64(len(mine)); !all {
		mine = mine[turn : turn+1]
	}
	for _, shard := range mine {
		err = errors.Join(err, shard.Keep(ctx))
	}
	if err != nil {
		x.alarm.Store(true)
	}
	for _, l := range x.all() {
		l.gauge()
	}
	return err
}

// interval is how often what is not stored yet is written.
func (x *Incidents) interval() time.Duration {
	out := x.home.refresh
	for _, l := range x.all() {
		if !l.settings.Durable {
			out = min(out, l.settings.Every)
		}
	}
	return out
}

// flush writes what is not stored yet; of shards that are written with each batch only
// when all are asked for, as only an interrupted batch can be left. That another process
// was first is told, and no failure.
func (x *Incidents) flush(ctx context.Context, all bool) error {
	var failed []error
	for _, l := range x.all() {
		if l.settings.Durable && !all {
			continue
		}
		for _, shard := range l.sources.all() {
			err := shard.Flush(ctx)
			var dropped *state.DroppedError
			if errors.As(err, &dropped) {
				x.home.warn("incidents: %v", dropped)
				err = nil
			}
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}
