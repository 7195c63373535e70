package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	hostbloblang "github.com/redpanda-data/benthos/v4/public/bloblang"
	_ "github.com/redpanda-data/benthos/v4/public/components/io"   // http_server
	_ "github.com/redpanda-data/benthos/v4/public/components/pure" // memory, mapping, sync_response
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/plugin"
)

const batchSize = 1000

// load is a pipeline that learns and one that serves.
type load struct {
	base    string
	client  *http.Client
	pace    atomic.Int64 // rows per second, 0 for no bound
	learned atomic.Int64
	streams []*service.Stream
	ended   sync.WaitGroup
}

// rows is an input of rows at the pace of the load. What it hands out is
// learned when it is acknowledged.
type rows struct {
	load      *load
	documents [][]byte
	next      int
	due       time.Time
}

func (*rows) Connect(context.Context) error { return nil }
func (*rows) Close(context.Context) error   { return nil }

func (r *rows) ReadBatch(ctx context.Context) (service.MessageBatch, service.AckFunc, error) {
	if pace := r.load.pace.Load(); pace > 0 {
		now := time.Now()
		if r.due.Before(now.Add(-time.Second)) {
			r.due = now
		}
		r.due = r.due.Add(batchSize * time.Second / time.Duration(pace))
		select {
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		case <-time.After(r.due.Sub(now)):
		}
	}
	out := make(service.MessageBatch, batchSize)
	for i := range out {
		out[i] = service.NewMessage(r.documents[(r.next+i)%len(r.documents)])
		out[i].MetaSetMut("kafka_topic", "load")
		out[i].MetaSetMut("kafka_partition", 0)
		out[i].MetaSetMut("kafka_offset", r.next+i)
	}
	r.next += batchSize
	return out, func(_ context.Context, err error) error {
		if err == nil {
			r.load.learned.Add(batchSize)
		}
		return nil
	}, nil
}

const learnYAML = `
input: { pageload_rows: {} }
cache_resources:
  - { label: st, memory: { compaction_interval: "" } }
pipeline:
  threads: 1
  processors:
    - sml_score: { cache: st, project: load, model: hba1 }
    - sml_learn: { cache: st, project: load, models: [ { name: hba1, type: hba }, { name: line, type: ols, target: s9 } ] }
output: { drop: {} }
logger: { level: ERROR }
metrics: { none: {} }
http: { enabled: false }
`

const serveYAML = `
http: { enabled: false }
input:
  http_server:
    address: %s
    path: /sml/{rest:(?s:.*)}
    ws_path: ""
    allowed_verbs: [ GET ]
    sync_response:
      status: '${! @status.or("200") }'
      headers: { Content-Type: '${! @content_type.or("application/json") }' }
pipeline:
  processors:
    - sml_http: {}
    - sync_response: {}
output: { drop: {} }
logger: { level: ERROR }
metrics: { none: {} }
`

// start builds both pipelines and runs them.
func start() (*load, error) {
	l := &load{client: &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 1000}}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return nil, err
	}
	l.base = "http://" + address + "/sml/"
	env := service.NewEnvironment()
	functions := hostbloblang.NewEnvironment()
	env.UseBloblangEnvironment(functions)
	if err := plugin.Register(env, functions); err != nil {
		return nil, err
	}
	err = env.RegisterBatchInput("pageload_rows", service.NewConfigSpec(), func(*service.ParsedConfig, *service.Resources) (service.BatchInput, error) {
		return &rows{load: l, documents: documents(10_000)}, nil
	})
	if err != nil {
		return nil, err
	}
	for _, config := range []string{learnYAML, fmt.Sprintf(serveYAML, address)} {
		builder := env.NewStreamBuilder()
		if err := builder.SetYAML(config); err != nil {
			return nil, err
		}
		stream, err := builder.Build()
		if err != nil {
			return nil, err
		}
		l.streams = append(l.streams, stream)
		l.ended.Go(func() { _ = stream.Run(context.Background()) }) // a pipeline that fails shows as a page without rows
	}
	return l, nil
}

func documents(n int) (out [][]byte) {
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		out = append(out, fmt.Appendf(nil, `{"s1":%.3f,"s2":%.3f,"s3":%.3f,"s4":%.3f,"s5":%.3f,"s6":%.3f,"s7":%.3f,"s8":%.3f,"s9":%.3f}`,
			r.NormFloat64(), r.NormFloat64(), r.NormFloat64(), 100*r.NormFloat64(), r.NormFloat64(), r.ExpFloat64(), r.NormFloat64(), r.NormFloat64(), 50+r.NormFloat64()))
	}
	return out
}

// warm waits until there are models to ask about.
func (l *load) warm() error {
	for range 100 {
		if _, err := l.ask(context.Background(), "projects/load/models/hba1/plot"); err == nil && l.learned.Load() > 100_000 {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("nothing was learned, or %s does not answer", l.base)
}

// views are what the page asks each second, by view.
var views = [...][]string{
	{"projects/load/live"},
	{"projects/load/live", "projects/load/summary"},
	{"projects/load/live", "projects/load/plots/correlation", "projects/load/explore/correlation_matrix"},
	{"projects/load/live", "projects/load/models/hba1/scores?label=s9&recent=1", "projects/load/models/hba1/plot?label=s9&usual=1"},
	{"projects/load/live", "projects/load/explore/correlation_matrix", "projects/load/plots/pca", "projects/load/explore/pca"},
	{"projects/load/live", "projects/load/plots/bivariate?a=s1&b=s2", "projects/load/explore/bivariate?a=s1&b=s2"},
}

// poll opens pages, each on a view, until the context ends.
func (l *load) poll(ctx context.Context, pages int) *latencies {
	var (
		group sync.WaitGroup
		mu    sync.Mutex
		out   latencies
	)
	for page := range pages {
		group.Go(func() {
			// Pages are not opened at the same moment.
			wait := time.Duration(page) * time.Second / time.Duration(pages)
			for {
				select {
				case <-ctx.Done():
					return
				case <-time.After(wait):
				}
				began := time.Now()
				for _, path := range views[page%len(views)] {
					took, err := l.ask(ctx, path)
					if ctx.Err() != nil {
						return
					}
					mu.Lock()
					out.all = append(out.all, took)
					if err != nil {
						out.failed++
					}
					mu.Unlock()
				}
				wait = max(0, time.Second-time.Since(began))
			}
		})
	}
	group.Wait()
	return &out
}

func (l *load) ask(ctx context.Context, path string) (took time.Duration, err error) {
	began := time.Now()
	defer func() { took = time.Since(began) }()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, l.base+path, nil)
	if err != nil {
		return 0, err
	}
	response, err := l.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return 0, err
	}
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s: status %d", path, response.StatusCode)
	}
	return 0, nil
}

func (l *load) stop() {
	for _, s := range l.streams {
		_ = s.StopWithin(10 * time.Second) // the process ends
	}
	l.ended.Wait()
}
