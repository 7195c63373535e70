package processors

import (
	"github.com/redpanda-data/benthos/v4/public/service"
	"go.opentelemetry.io/otel/trace"

	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// observer passes the reports of package live on to the host's log and metrics.
type observer struct {
	*accounts
	log     *service.Logger
	rows    *service.MetricCounter
	replays *service.MetricCounter
	failed  *service.MetricCounter
	builds  *service.MetricCounter
	limits  *service.MetricCounter
	scored  *service.MetricCounter
	stops   *service.MetricCounter
	missing *service.MetricCounter
	quality *service.MetricGauge
	drift   *service.MetricGauge
	drifts  *service.MetricCounter
	events  *service.MetricCounter
	open    *service.MetricGauge
	store   storeMetrics
	tracer  trace.Tracer
}

var (
	_ live.Observer   = (*observer)(nil)
	_ live.Meter      = (*observer)(nil)
	_ live.Tracer     = (*observer)(nil)
	_ live.Accountant = (*observer)(nil)
	_ live.Stopper    = (*observer)(nil)
	_ live.Misser     = (*observer)(nil)

	_ live.DriftObserver    = (*observer)(nil)
	_ live.IncidentObserver = (*observer)(nil)
)

func newObserver(resources *service.Resources, accounts *accounts) *observer {
	m := resources.Metrics()
	return &observer{
		accounts: accounts,
		log:      resources.Logger(),
		rows:     m.NewCounter("sml_rows_learned_total", "project"),
		replays:  m.NewCounter("sml_replays_skipped_total", "project"),
		failed:   m.NewCounter("sml_rows_failed_total", "project"),
		builds:   m.NewCounter("sml_model_builds_total", "project"),
		limits:   m.NewCounter("sml_limits_reached_total", "project", "limit"),
		stops:    m.NewCounter("sml_stops_total", "project", "reason"),
		missing:  m.NewCounter("sml_positions_missing_total", "project", "reason"),
		scored:   m.NewCounter("sml_rows_scored_total", "project", "processor"),
		quality:  m.NewGauge("sml_evaluation", "project", "model", "measure"),
		drift:    m.NewGauge("sml_drift", "project", "name", "attribute", "test"),
		drifts:   m.NewCounter("sml_drift_events_total", "project", "name", "event"),
		events:   m.NewCounter("sml_incidents_total", "project", "name", "event"),
		open:     m.NewGauge("sml_incidents_open", "project", "name"),
		store:    newStoreMetrics(m),
		tracer:   resources.OtelTracer().Tracer(tracerName),
	}
}

// Learned counts the rows of one batch.
func (o *observer) Learned(project string, rows, replays, failed int) {
	o.rows.Incr(int64(rows), project)
	o.replays.Incr(int64(replays), project)
	o.failed.Incr(int64(failed), project)
}

// Done takes rows off those that wait, and counts those that were scored or judged.
// Rows that were learned are told by Learned.
func (o *observer) Done(project string, rows int) {
	o.accounts.Done(project, rows)
	if o.processor == scoreName || o.processor == thresholdName {
		o.scored.Incr(int64(rows), project, o.processor)
	}
}

// Stopped counts attempts to learn that a reason stood against.
func (o *observer) Stopped(project, reason string) { o.stops.Incr(1, project, reason) }

// Missing counts positions whose rows were acknowledged and are not in the statistics.
func (o *observer) Missing(project, reason string, positions uint64) {
	o.missing.Incr(int64(positions), project, reason)
}

// Built counts one model build.
func (o *observer) Built(project, _ string) { o.builds.Incr(1, project) }

// Limited counts and logs a limit that was reached.
func (o *observer) Limited(project, limit, message string) {
	o.limits.Incr(1, project, limit)
	o.log.Warnf("project %q has reached %s: %s", project, limit, message)
}

// Warn logs a text that no call returns as an error.
func (o *observer) Warn(message string) { o.log.Warn(message) }

// Evaluated sets one measure of the quality of a model's predictions.
func (o *observer) Evaluated(project, model, measure string, value float64) {
	o.quality.SetFloat64(value, project, model, measure)
}

// Drift sets a number of a test of an attribute.
func (o *observer) Drift(project, name, attribute, test string, value float64) {
	o.drift.SetFloat64(value, project, name, attribute, test)
}

// DriftEvent counts a drift that has begun or ended.
func (o *observer) DriftEvent(project, name, event string) {
	o.drifts.Incr(1, project, name, event)
}

// Incidents counts incidents that were opened or closed.
func (o *observer) Incidents(project, name, event string, count int) {
	o.events.Incr(int64(count), project, name, event)
}

// OpenIncidents sets how many incidents of a name are open.
func (o *observer) OpenIncidents(project, name string, count int) {
	o.open.Set(int64(count), project, name)
}
