package first

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/processors"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// attribute is what the first rows say of one attribute.
type attribute struct {
	Name string `json:"name"`
	Type string `json:"type"`
	// Why says what settled the type.
	Why string `json:"why,omitempty"`
	// Count and Missing are the rows with and without a value.
	Count   float64 `json:"count"`
	Missing float64 `json:"missing"`
	// Min, Mean and Max are those of numbers, Distinct the number of different values
	// of others.
	Min      *float64 `json:"min,omitempty"`
	Mean     *float64 `json:"mean,omitempty"`
	Max      *float64 `json:"max,omitempty"`
	Distinct *float64 `json:"distinct,omitempty"`
	// Numbers says that all values are texts of numbers and are counted as categories.
	Numbers bool `json:"texts_of_numbers,omitempty"`
	// Hint says what its texts may mean, and what to set then.
	Hint string `json:"hint,omitempty"`

	marks marks // by which its texts are numbers
	bare  bool  // says that its texts are numbers by marks that are not certain
	zeros bool  // says that it is a number whose texts have leading zeros
}

// refusal is rows that would be refused for one reason.
type refusal struct {
	Rows  int    `json:"rows"`
	First int    `json:"first_row"` // from 1 on
	Error string `json:"error"`
	shape string
}

// preview is what the first rows of a source come to.
type preview struct {
	Source     string      `json:"source"`
	Rows       int         `json:"rows"`
	Learned    int         `json:"learned"`
	Attributes []attribute `json:"attributes"`
	Refused    []refusal   `json:"refused"`
	// Unread are the keys with objects or arrays of which nothing is learned.
	Unread []live.UnreadInfo `json:"unread,omitempty"`

	documents [][]byte
}

// find returns the attribute of that name, nil for none.
func (p *preview) find(name string) *attribute {
	for i := range p.Attributes {
		if p.Attributes[i].Name == name {
			return &p.Attributes[i]
		}
	}
	return nil
}

// names lists the attributes.
func (p *preview) names() (out []string) {
	for i := range p.Attributes {
		out = append(out, p.Attributes[i].Name)
	}
	return out
}

// silent is an observer for a project that is looked at once.
type silent struct{}

func (silent) Learned(string, int, int, int)  {}
func (silent) Built(string, string)           {}
func (silent) Limited(string, string, string) {}
func (silent) Warn(string)                    {}

// learnRows learns the rows into a project in memory, with the settings of an
// sml_learn, YAML of the fields under its name, and says what became of them.
func learnRows(ctx context.Context, source, learner string, rows [][]byte) (*preview, error) {
	settings, err := processors.ReadSettings("sml_learn", learner)
	if err != nil {
		return nil, err
	}
	h, err := live.NewTable().Open(new(live.Scope), settings, state.NewMemory(), "preview", silent{})
	if err != nil {
		return nil, err
	}
	out, err := look(ctx, h.Project(), source, rows)
	return out, errors.Join(err, h.Close(ctx))
}

func look(ctx context.Context, p *live.Project, source string, rows [][]byte) (*preview, error) {
	out := &preview{Source: source, Rows: len(rows), Attributes: []attribute{}, Refused: []refusal{}, documents: rows}
	messages := make([]live.Message, len(rows))
	for i, row := range rows {
		messages[i] = live.Message{Data: row, Shard: "preview"}
	}
	if err := p.Learn(ctx, messages); err != nil {
		return nil, err
	}
	for i := range messages {
		if messages[i].Err == nil {
			out.Learned++
			continue
		}
		out.refuse(i+1, messages[i].Err.Error())
	}
	info, err := p.Info(ctx)
	if err != nil {
		return nil, err
	}
	out.Unread = info.Unread
	question, err := explore.Lookup("univariate")
	if err != nil {
		return nil, err
	}
	for _, a := range info.Schema {
		query, err := live.NewQuery(question, "", param.Values{"attribute": a.Name})
		if err != nil {
			return nil, err
		}
		answer, err := p.Ask(ctx, query)
		if errors.Is(err, explore.ErrUnknownAttribute) { // no row with it is learned
			out.Attributes = append(out.Attributes, attribute{Name: a.Name, Type: a.Type, Why: a.Why, Missing: float64(out.Learned)})
			continue
		}
		if err != nil {
			return nil, err
		}
		described, err := describe(a.Name, a.Type, answer.Value)
		if err != nil {
			return nil, err
		}
		if described.Why = a.Why; described.Distinct != nil {
			*described.Distinct = different(messages, a.Name, *described.Distinct)
		}
		described.Numbers = described.Type == "categorical" && allNumbers(rows, a.Name)
		if described.hint(textsOf(rows, a.Name)); described.Numbers {
			described.Hint = fmt.Sprintf("its texts are numbers; `attributes: { %q: continuous }` learns them as such", a.Name)
		}
		out.Attributes = append(out.Attributes, described)
	}
	return out, nil
}

// different counts the texts of an attribute in the rows that were learned, as the answer
// about many categories is an estimate. Where texts are not all that there is, it is that.
func different(messages []live.Message, name string, estimate float64) float64 {
	texts := map[string]bool{}
	for i := range messages {
		var document map[string]json.RawMessage
		if messages[i].Err != nil || json.Unmarshal(messages[i].Data, &document) != nil {
			continue
		}
		value, there := document[name]
		var text string
		if !there || string(value) == "null" {
			continue
		}
		if json.Unmarshal(value, &text) != nil {
			return estimate
		}
		if !slices.ContainsFunc(schema.DefaultReading().Missing, func(marker string) bool { return strings.EqualFold(strings.TrimSpace(text), marker) }) {
			texts[text] = true
		}
	}
	if len(texts) == 0 || float64(len(texts)) < estimate/2 {
		return estimate // the name is a path, or the texts are lists
	}
	return float64(len(texts))
}

// digits are what differs between errors of one kind.
var digits = regexp.MustCompile(`"[^"]*"|[0-9.eE+-]*[0-9]`)

// refuse notes a row that is refused.
func (p *preview) refuse(row int, text string) {
	shape := digits.ReplaceAllString(text, "#")
	for i := range p.Refused {
		if p.Refused[i].shape == shape {
			p.Refused[i].Rows++
			return
		}
	}
	p.Refused = append(p.Refused, refusal{Rows: 1, First: row, Error: text, shape: shape})
}

// describe reads the answer about one attribute.
func describe(name, typ string, answer any) (attribute, error) {
	out := attribute{Name: name, Type: typ}
	text, err := json.Marshal(answer)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		return out, fmt.Errorf("attribute %q: %w", name, err)
	}
	out.Name, out.Type = name, typ
	return out, nil
}

// identifiers are longer or begin with a zero.
const mostDigits = 15

// allNumbers reports whether an attribute is a text of a whole JSON number in every
// row in which it is a text that is not empty.
func allNumbers(rows [][]byte, name string) bool {
	found := false
	for _, row := range rows {
		var document map[string]any
		decoder := json.NewDecoder(bytes.NewReader(row))
		if err := decoder.Decode(&document); err != nil {
			continue
		}
		text, ok := document[name].(string)
		if !ok || text == "" {
			continue
		}
		if _, err := strconv.ParseFloat(text, 64); err != nil || !json.Valid([]byte(text)) || len(text) > mostDigits+1 {
			return false
		}
		found = true
	}
	return found
}
