package pool

import "github.com/rpconnect-sml/rpconnect-sml/model"

// report is what Describe returns.
type report struct {
	Target  string   `json:"target"`
	Classes []string `json:"classes,omitempty"`
	Inputs  []string `json:"inputs"`
	// HalfLife is the number of rows after which a loss counts half, Floor the share of a
	// prediction that all members have alike.
	HalfLife float64 `json:"half_life_rows"`
	Floor    float64 `json:"floor"`
	// Threshold is of the second of two classes, left out for none.
	Threshold float64 `json:"threshold,omitempty"`
	// Measure is what losses are: log_loss or absolute_error.
	Measure string          `json:"measure"`
	Members []memberReport  `json:"members"`
	LeftOut []leftOutReport `json:"left_out,omitempty"`
}

// memberReport is a member that answers. Loss is the mean of its last losses, null as long
// as none has been counted.
type memberReport struct {
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	Weight float64  `json:"weight"`
	Loss   *float64 `json:"loss"`
}

// leftOutReport is a member that does not answer, and why.
type leftOutReport struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Why  string `json:"why"`
}

// Describe returns the members with their weights and losses, and those that are left out.
func (m *mixture) Describe() any {
	out := report{Target: m.target, Classes: m.classes, Inputs: append([]string{}, m.inputs...), HalfLife: m.halfLife, Floor: m.floor, Threshold: m.threshold, Measure: "log_loss"}
	if m.isNumber {
		out.Measure = "absolute_error"
	}
	for k := range m.members {
		out.Members = append(out.Members, memberReport{Name: m.members[k].Name, Type: m.members[k].Type, Weight: m.standings[k].Weight, Loss: model.Finite(m.standings[k].Loss)})
	}
	for k := range m.leftOut {
		out.LeftOut = append(out.LeftOut, leftOutReport{Name: m.leftOut[k].Name, Type: m.leftOut[k].Type, Why: m.leftOut[k].LeftOut})
	}
	return out
}
