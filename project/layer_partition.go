package project

import (
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// Partition names an attribute by whose values there is a summary each; empty for
// none.
type Partition string

var _ Layer = Partition("")

func partitionRow() row { return newRow("partition", stageSplit, (*Partition).options) }

func (p *Partition) options(f *param.Fields) {
	param.Var(f, (*string)(p), param.Parameter{
		Name: "partition", Kind: param.KindAttribute, Default: "",
		Description: "A categorical or binary attribute. The project keeps one full set of statistics for each of its values, which quadratic discriminants need. This multiplies the memory by the number of values.",
	})
}

func (p Partition) isOn() bool { return p != "" }

func (p Partition) over(inner stats.Maker, _ stats.SummaryMaker) (stats.Maker, error) {
	return wrap.PartitionMaker{Inner: inner, Attribute: string(p)}, nil
}
