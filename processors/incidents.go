package processors

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/incident"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

const incidentsName = "sml_incidents"

// metaIncident is the metadata of a message that tells of an incident: opened or closed.
const metaIncident = "sml_incident"

// incidents is the processor. One instance serves all pipeline threads.
type incidents struct {
	handle  *live.Handle
	grouper *live.Grouper
	places  *placer
	log     *service.Logger
	now     func() time.Time

	alarm *bloblang.Executor
	// score, blame, key and timestamp are nil where they are not configured.
	score     *bloblang.Executor
	blame     *bloblang.Executor
	key       *service.InterpolatedString
	timestamp *service.InterpolatedString
	texts     *schema.Texts // that read times
	path      []string      // of the result
}

func newIncidents(table *live.Table) service.BatchProcessorConstructor {
	return func(conf *service.ParsedConfig, resources *service.Resources) (service.BatchProcessor, error) {
		p := &incidents{log: resources.Logger(), now: time.Now}
		settings, err := incidentSettings(conf)
		if err == nil {
			err = p.read(conf)
		}
		if err == nil {
			p.places, err = readPlacer(conf, resources)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), err)
		}
		if p.handle, err = open(conf, resources, table, incidentsName, nil); err != nil {
			return nil, err
		}
		p.places.handle = p.handle
		if p.grouper, err = live.NewGrouper(p.handle.Project(), settings); err != nil {
			return nil, fmt.Errorf("%s: %w", where(resources), errors.Join(err, p.handle.Close(context.Background())))
		}
		return p, nil
	}
}

// ProcessBatch adds a result to each message of the batch, and behind each message those
// that tell of the incidents which it has closed or opened. With durability batch it
// returns when the state is stored or ctx ends.
func (p *incidents) ProcessBatch(ctx context.Context, batch service.MessageBatch) ([]service.MessageBatch, error) {
	b := &live.IncidentBatch{Messages: make([]live.Message, len(batch)), Rows: make([]incident.Row, len(batch))}
	p.say(batch, b)
	p.places.place(batch, b.Messages)
	p.handle.Arrive(b.Messages)
	err := persist(ctx, p.log, incidentsName, func() error { return p.grouper.Take(ctx, b) })
	if err != nil {
		p.handle.GiveUp(b.Messages, err)
		return nil, err
	}
	out := make(service.MessageBatch, 0, len(batch))
	for i, m := range batch {
		out = append(out, m)
		into := &b.Messages[i]
		if into.Err != nil {
			m.SetError(into.Err)
			continue
		}
		// The message counts also where its document has no place for the result.
		if into.Err = insertResult(m, into.Data, p.path, b.JSON(i), incidentsResultPath); into.Err != nil {
			m.SetError(into.Err)
		}
		for _, e := range p.grouper.Events(b, i) {
			told, err := tellIncident(m, &e)
			if err != nil {
				return nil, err
			}
			out = append(out, told)
		}
	}
	p.handle.Settle(b.Messages)
	return []service.MessageBatch{out}, nil
}

// tellIncident returns the message that tells of an incident. It has nothing of the message
// that caused it, whose position would be counted twice behind it.
func tellIncident(cause *service.Message, e *incident.Event) (*service.Message, error) {
	text, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("incident %s: %w", e.ID, err)
	}
	m := service.NewMessage(text).WithContext(cause.Context())
	m.MetaSetMut(metaIncident, e.Event)
	return m, nil
}

// say fills in what each message of the batch says.
func (p *incidents) say(batch service.MessageBatch, b *live.IncidentBatch) {
	alarms, query := batch.BloblangExecutor(p.alarm), &alarmQueries{}
	if p.score != nil {
		query.score = batch.BloblangExecutor(p.score)
	}
	if p.blame != nil {
		query.blame = batch.BloblangExecutor(p.blame)
	}
	keys, times := newBatchText(batch, p.key), newBatchText(batch, p.timestamp)
	for i, m := range batch {
		into := &b.Messages[i]
		content(m, into)
		if into.Err != nil {
			continue
		}
		if into.Key, into.Err = keys.at(i); into.Err == nil {
			into.Err = checkKeyLength(into.Key)
		}
		if into.Err != nil {
			into.Err = fmt.Errorf("%s: %w", incidentsKey, into.Err)
			continue
		}
		if into.Time, into.Err = timeOf(m, &times, p.texts, p.now, i); into.Err != nil {
			continue
		}
		row := &b.Rows[i]
		if row.Verdict, into.Err = verdict(alarms, i); into.Err == nil && row.Verdict == incident.Alarm {
			into.Err = query.describe(row, i)
		}
	}
}

// alarmQueries are the mappings that describe an alarm; nil for those that are not set.
type alarmQueries struct {
	score, blame *service.MessageBatchBloblangExecutor
}

// verdict says whether message i is an alarm.
func verdict(query *service.MessageBatchBloblangExecutor, i int) (incident.Verdict, error) {
	v, err := mapped(query, i)
	if err != nil {
		return incident.Unsaid, fmt.Errorf("%s: %w", incidentsAlarm, err)
	}
	switch is := v.(type) {
	case nil:
		return incident.Unsaid, nil
	case bool:
		if is {
			return incident.Alarm, nil
		}
		return incident.Usual, nil
	}
	return incident.Unsaid, fmt.Errorf("%s: %s is neither true, false nor null", incidentsAlarm, shortJSON(v))
}

// describe fills in score and contributions of message i, which is an alarm.
func (q *alarmQueries) describe(row *incident.Row, i int) error {
	score, err := mapped(q.score, i)
	if err != nil {
		return fmt.Errorf("%s: %w", incidentsScore, err)
	}
	if row.Score, err = finite(score); err != nil {
		return fmt.Errorf("%s: %w", incidentsScore, err)
	}
	blame, err := mapped(q.blame, i)
	if err != nil || blame == nil {
		if err != nil {
			err = fmt.Errorf("%s: %w", incidentsBlame, err)
		}
		return err
	}
	object, ok := blame.(map[string]any)
	if !ok {
		return fmt.Errorf("%s: %s is no object of attributes and numbers", incidentsBlame, shortJSON(blame))
	}
	row.Contributions = make(map[string]float64, len(object))
	for name, v := range object {
		if row.Contributions[name], err = finite(v); err != nil {
			return fmt.Errorf("%s: %q: %w", incidentsBlame, name, err)
		}
	}
	return nil
}

// Close writes what is not stored yet and closes the project.
func (p *incidents) Close(ctx context.Context) error { return p.handle.Close(ctx) }
