package processors

import (
	"fmt"
	"sync"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/account"
	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// Fields of every processor that keeps an account of rows.
const (
	fieldLeftOut    = "left_out"
	leftOutInterval = "interval"
	leftOutValues   = "values"
)

// accountField is how a processor tells of rows that do not count.
func accountField() *service.ConfigField {
	return service.NewObjectField(fieldLeftOut,
		service.NewDurationField(leftOutInterval).
			Description("The time between two lines about one reason. The first row of a reason is told at once.").
			Default(account.DefaultInterval.String()),
		service.NewBoolField(leftOutValues).
			Description("Show the value of one row in each line, cut to 60 bytes. `false` leaves the values of rows out of the log.").
			Default(true),
	).Description("How the log tells of rows that do not count: one line for each interval and reason, with their number and an example. The metric `sml_rows_left_out_total` counts them by `reason`.").Advanced()
}

// accounts keeps the account of the rows of one processor: each that was delivered
// is done, is left out for a reason, or waits. It is safe for concurrent use.
type accounts struct {
	processor string
	ledger    *account.Ledger
	delivered *service.MetricCounter
	leftOut   *service.MetricCounter
	waiting   *service.MetricGauge
	noted     *service.MetricCounter

	mu    sync.Mutex
	waits map[string]int64 // rows that wait, by project
}

var _ live.Accountant = (*accounts)(nil)

func newAccounts(conf *service.ParsedConfig, resources *service.Resources, processor string) (*accounts, error) {
	conf = conf.Namespace(fieldLeftOut)
	interval, err := conf.FieldDuration(leftOutInterval)
	if err != nil {
		return nil, err
	}
	if interval < time.Second {
		return nil, fmt.Errorf("%s.%s: %v is less than 1s", fieldLeftOut, leftOutInterval, interval)
	}
	values, err := conf.FieldBool(leftOutValues)
	if err != nil {
		return nil, err
	}
	m := resources.Metrics()
	return &accounts{
		processor: processor,
		ledger: account.NewLedger(account.Settings{
			Component: where(resources), Interval: interval, HideValues: !values, Log: func(line string) { resources.Logger().Warn(line) },
		}),
		delivered: m.NewCounter("sml_rows_delivered_total", "project", "processor"),
		leftOut:   m.NewCounter("sml_rows_left_out_total", "project", "processor", "reason"),
		waiting:   m.NewGauge("sml_rows_waiting", "project", "processor"),
		noted:     m.NewCounter("sml_rows_noted_total", "project", "processor", "reason"),
		waits:     map[string]int64{},
	}, nil
}

// wait adds to the rows that wait. The sum is kept here, as not all exporters of
// metrics can add to a gauge.
func (a *accounts) wait(project string, rows int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waits[project] += int64(rows)
	a.waiting.Set(a.waits[project], project, a.processor)
}

// Delivered counts rows that have arrived.
func (a *accounts) Delivered(project string, rows int) {
	a.delivered.Incr(int64(rows), project, a.processor)
	a.wait(project, rows)
}

// Done takes rows off those that wait.
func (a *accounts) Done(project string, rows int) {
	a.wait(project, -rows)
}

// LeftOut counts rows that do not count, and logs them. Rows that the user's filter
// leaves out are counted only.
func (a *accounts) LeftOut(project string, reason live.Outcome, rows int, example account.Example) {
	a.wait(project, -rows)
	a.leftOut.Incr(int64(rows), project, a.processor, string(reason))
	if reason != live.ReasonFiltered {
		a.ledger.Count(fmt.Sprintf("%s %q", a.subject(), project), string(reason), rows, example)
	}
}

// Noted counts rows that the account has elsewhere or not at all, and logs them.
func (a *accounts) Noted(project string, reason live.Outcome, rows int, example account.Example) {
	a.noted.Incr(int64(rows), project, a.processor, string(reason))
	a.ledger.Note(fmt.Sprintf("%s %q", a.subject(), project), string(reason), rows, example)
}

// subject says what the name is that rows are counted under.
func (a *accounts) subject() string {
	switch a.processor {
	case featuresName:
		return "features"
	case changeName:
		return "changes"
	}
	return "project"
}

// Closed tells of everything that is untold.
func (a *accounts) Closed() { a.ledger.Close() }
