package explore

import (
	"context"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/drift"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Two are the states that a question compares, with the names under which they were asked.
type Two struct {
	Reference, Recent         *stats.Summary
	ReferenceName, RecentName string
	// Tiles are the statistics of consecutive steps of time, oldest first, from which is known how rows that follow each other depend on
	// each other. They may be none.
	Tiles []*stats.Summary
}

// comparison answers a question about two states whose arguments have been read.
type comparison func(ctx context.Context, two Two) (any, error)

// referenceName is the argument of questions that compare two states.
const referenceName = "reference"

// Reference returns the name of the state that a question compares with, "" for that of its own choice. compares is false for a question
// about one state.
func (q *Question) Reference(args param.Values) (name string, compares bool) {
	if q.two == nil {
		return "", false
	}
	name, _ = args[referenceName].(string)
	return name, true
}

// AskTwo answers a question that compares two states. The answer is a plain struct whose JSON form has no NaN.
func (q *Question) AskTwo(ctx context.Context, two Two, args param.Values) (any, error) {
	r := param.NewReader(args, param.Texts)
	compare := q.two(r)
	if err := r.Close(); err != nil {
		return nil, fmt.Errorf("%s: %w", q.Name, err)
	}
	out, err := compare(ctx, two)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", q.Name, err)
	}
	return out, nil
}

// comparingStates are the questions about two states.
func comparingStates() []Question {
	return []Question{{
		Name:    "drift",
		Summary: "What has changed between two states of the project: tests, effect sizes and a verdict for each attribute and for all together.",
		two:     askDrift,
	}, {
		Name:    "data_drift",
		Summary: "How far two states of the project are apart, as one number and one for each numeric attribute, by one of four metrics.",
		two:     askDataDrift,
	}}
}

func askDrift(r *param.Reader) comparison {
	o := drift.Options{
		Attributes: r.Attributes("attributes", param.Optional, "The attributes that are compared; all when empty."),
		Alpha:      r.Number("alpha", 0.01, param.Above(0).Below(1), "The rate of wrong verdicts where nothing has changed."),
		MinEffect:  r.Number("min_effect", 0, param.Between(0, 1), "The least `effect` of an attribute that counts as changed. With many rows the least change is significant."),
	}
	o.Joint = r.Choice("joint", drift.JointReport, []string{drift.JointReport, drift.JointVerdict, drift.JointOff}, "Whether the numeric attributes are also compared together, and whether that counts for the verdict.")
	referenceOf(r)
	return func(ctx context.Context, two Two) (any, error) {
		o := o
		o.Tiles = two.Tiles
		out, err := drift.Compare(ctx, two.Reference, two.Recent, o)
		if err != nil {
			return nil, err
		}
		out.Reference.Name, out.Recent.Name = two.ReferenceName, two.RecentName
		return out, nil
	}
}

// metrics are the names of the metrics of data_drift.
func metrics() []string {
	return []string{"global", "marginal_stat", "marginal_non_stat", "pca_reconstruction_error"}
}

func askDataDrift(r *param.Reader) comparison {
	attributes := r.Attributes("attributes", param.Optional, "Numeric or binary attributes; all of both states when empty.")
	metric := r.Choice("metric", metrics()[0], metrics(), "The metric.")
	referenceOf(r)
	return func(ctx context.Context, two Two) (any, error) {
		joint, err := drift.Jointly(ctx, two.Reference, two.Recent, drift.JointOptions{Attributes: attributes})
		if err != nil {
			return nil, err
		}
		return joint.Metrics(two.Reference, two.Recent)[metric], nil
	}
}

// referenceOf declares the state that is compared with; who asks chooses it.
func referenceOf(r *param.Reader) {
	r.Text(referenceName, param.Optional, "The state that is compared with: history, window, decay, earlier (the history without the window), older or newer (halves of the window); shard:, key: or project: and a name. By default earlier for the window, history for decayed statistics and keys, and the halves of a window that is kept alone.")
}
