package processors

import (
	"context"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// aside keeps messages that tell of an incident or of a drift from a processor: they are no rows, and would be learned or scored as such. They
// stay behind the messages that they followed.
type aside struct{ service.BatchProcessor }

// tells reports whether a message tells of an incident or of a drift.
func tells(m *service.Message) bool {
	for _, name := range []string{metaIncident, metaDriftEvent} {
		if _, ok := m.MetaGetMut(name); ok {
			return true
		}
	}
	return false
}

// ProcessBatch processes the rows of the batch.
func (p aside) ProcessBatch(ctx context.Context, batch service.MessageBatch) ([]service.MessageBatch, error) {
	var rows, first service.MessageBatch
	behind := map[*service.Message]service.MessageBatch{}
	for _, m := range batch {
		switch {
		case !tells(m):
			rows = append(rows, m)
		case len(rows) == 0:
			first = append(first, m)
		default:
			last := rows[len(rows)-1]
			behind[last] = append(behind[last], m)
		}
	}
	if len(rows) == len(batch) {
		return p.BatchProcessor.ProcessBatch(ctx, batch)
	}
	if len(rows) == 0 {
		return []service.MessageBatch{batch}, nil
	}
	out, err := p.BatchProcessor.ProcessBatch(ctx, rows)
	if err != nil {
		return nil, err
	}
	for i, b := range out {
		merged := first
		for _, m := range b {
			merged = append(append(merged, m), behind[m]...)
			delete(behind, m)
		}
		out[i], first = merged, nil
	}
	for _, left := range behind { // behind a message that the processor has taken out
		out = append(out, left)
	}
	return out, nil
}

// besides returns a constructor of a processor of rows.
func besides(build service.BatchProcessorConstructor) service.BatchProcessorConstructor {
	return func(conf *service.ParsedConfig, resources *service.Resources) (service.BatchProcessor, error) {
		p, err := build(conf, resources)
		if err != nil {
			return nil, err
		}
		return aside{p}, nil
	}
}
