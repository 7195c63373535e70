package model

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Needs is what a model is read off, beyond the weight, mean and spread of each
// numeric attribute by itself. A project that keeps less for its keys, or counts
// in frames, learns from it which models it can build.
type Needs struct {
	// Full says that the model needs a full summary, such as pairs of attributes
	// or counts of categories.
	Full bool
	// Histograms says that it needs the histograms of the attributes.
	Histograms bool
	// Frames are those whose counts it is read off; none for most types.
	Frames []FrameNeed
}

// FrameNeed is a frame that rows are counted in for a model. It is settled once
// per project and then kept: later ranges would be another frame.
type FrameNeed struct {
	// Key finds the frame again. Definitions that need the same frame share it.
	Key string
	// Optional says that the model scores without the frame too.
	Optional bool
	// Settle returns the frame with the ranges that the summary's attributes have.
	// While there are fewer rows than it wants, or no attribute varies, the error
	// wraps stats.ErrTooFew.
	Settle func(s *stats.Summary, seed uint64) (stats.Frame, error)
}

// Add makes the needs those of both.
func (n *Needs) Add(o Needs) {
	n.Full, n.Histograms = n.Full || o.Full, n.Histograms || o.Histograms
	n.Frames = append(n.Frames, o.Frames...)
}

// Settle returns the frames, as FrameNeed.Settle does each; none where none is
// needed.
func (n *Needs) Settle(s *stats.Summary, seed uint64) ([]stats.Frame, error) {
	var out []stats.Frame
	for _, need := range n.Frames {
		f, err := need.Settle(s, seed)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// Needs returns what a definition needs. One that is not valid is an error as of
// Validate.
func (c Catalogue) Needs(d Definition) (Needs, error) {
	if err := c.Validate(&d); err != nil {
		return Needs{}, err
	}
	entry, err := c.Lookup(d.Type)
	if err != nil {
		return Needs{}, err
	}
	return entry.NeedsOf(&d)
}

// NeedsOf returns what a valid definition of the type needs: a full summary where
// the entry says nothing.
func (e *Entry) NeedsOf(d *Definition) (Needs, error) {
	if e.Needs == nil {
		return Needs{Full: true}, nil
	}
	n, err := e.Needs(d)
	if err != nil {
		return n, fmt.Errorf("model %q: %w", d.Name, err)
	}
	return n, nil
}

// Such returns the types of a role whose needs, by the defaults of their options,
// the condition holds for, in order.
func (c Catalogue) Such(role Role, condition func(Needs) bool) []string {
	var out []string
	for i := range c {
		if c[i].Role != role {
			continue
		}
		if n, err := c[i].NeedsOf(&Definition{Name: c[i].Type, Type: c[i].Type}); err == nil && condition(n) {
			out = append(out, c[i].Type)
		}
	}
	return out
}
