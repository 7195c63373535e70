package processors

import (
	"context"

	"github.com/redpanda-data/benthos/v4/public/service"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// storeMetrics are the metrics about projects and their caches.
type storeMetrics struct {
	flushes   *service.MetricCounter
	bytes     *service.MetricCounter
	fenced    *service.MetricCounter
	retries   *service.MetricCounter
	dropped   *service.MetricCounter
	holes     *service.MetricCounter
	inHoles   *service.MetricCounter
	latency   *service.MetricTimer
	shards    *service.MetricGauge
	staleness *service.MetricGauge
	down      *service.MetricGauge
	unseen    *service.MetricGauge

	entitiesResident *service.MetricGauge
	entitiesLoaded   *service.MetricGauge
	entitiesEvicted  *service.MetricGauge
}

func newStoreMetrics(m *service.Metrics) storeMetrics {
	return storeMetrics{
		flushes:   m.NewCounter("sml_flushes_total", "project"),
		bytes:     m.NewCounter("sml_record_bytes_total", "project"),
		fenced:    m.NewCounter("sml_writes_fenced_total", "project"),
		retries:   m.NewCounter("sml_cache_retries_total", "project"),
		dropped:   m.NewCounter("sml_rows_dropped_total", "project"),
		holes:     m.NewCounter("sml_position_holes_closed_total", "project"),
		inHoles:   m.NewCounter("sml_replays_in_closed_holes_total", "project"),
		latency:   m.NewTimer("sml_flush_latency_ns", "project"),
		shards:    m.NewGauge("sml_shards", "project"),
		staleness: m.NewGauge("sml_staleness_seconds", "project"),
		down:      m.NewGauge("sml_cache_down", "project"),
		unseen:    m.NewGauge("sml_offsets_unseen", "project"),

		entitiesResident: m.NewGauge("sml_entities_resident", "project"),
		entitiesLoaded:   m.NewGauge("sml_entities_loaded", "project"),
		entitiesEvicted:  m.NewGauge("sml_entities_evicted", "project"),
	}
}

// Stored counts the records that were written and the attempts that failed. The
// latency is sampled: it is the slowest of the last records of all shards.
func (o *observer) Stored(project string, did state.Counters) {
	o.store.flushes.Incr(int64(did.Flushes), project)
	o.store.bytes.Incr(int64(did.Bytes), project)
	o.store.fenced.Incr(int64(did.Fenced), project)
	o.store.retries.Incr(int64(did.Retries), project)
	o.store.dropped.Incr(int64(did.Dropped), project)
	o.store.holes.Incr(int64(did.HolesClosed), project)
	o.store.inHoles.Incr(int64(did.LateInHole), project)
	if did.Flushes > 0 {
		o.store.latency.Timing(did.LastFlush.Nanoseconds(), project)
	}
}

// Gauged sets the gauges to the present state of the project.
func (o *observer) Gauged(project string, now live.Gauges) {
	o.store.shards.Set(int64(now.Shards), project)
	o.store.staleness.SetFloat64(now.Staleness.Seconds(), project)
	down := int64(0)
	if now.Down {
		down = 1
	}
	o.store.down.Set(down, project)
	o.store.unseen.Set(int64(now.Unseen), project)
	o.store.entitiesResident.Set(int64(now.Entities.Resident), project)
	o.store.entitiesLoaded.Set(int64(now.Entities.Loaded), project)
	o.store.entitiesEvicted.Set(int64(now.Entities.Evicted), project)
}

// tracerName is the instrumentation scope of the spans.
const tracerName = "rpconnect-sml"

// Span begins a span of the host's tracer.
func (o *observer) Span(ctx context.Context, name, project string) (context.Context, func(error)) {
	ctx, span := o.tracer.Start(ctx, name, trace.WithAttributes(attribute.String("project", project)))
	return ctx, func(err error) {
		if err != nil {
			span.RecordError(err)
			span.SetStatus(codes.Error, err.Error())
		}
		span.End()
	}
}
