package processors

import (
	"fmt"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// Fields of expand.
const (
	learnExpand     = "expand"
	expandRows      = "rows"
	expandSplines   = "splines"
	expandBins      = "bins"
	expandProducts  = "products"
	expandFourier   = "fourier"
	expandNames     = "attributes"
	expandKnots     = "knots"
	expandBasis     = "basis"
	expandCount     = "bins"
	expandPairs     = "pairs"
	expandMost      = "max"
	expandColumns   = "columns"
	expandBandwidth = "bandwidth"
	expandSeed      = "seed"

	basisHats    = "hats"
	basisNatural = "natural"
)

func expandField() *service.ConfigField {
	names := func(of string) *service.ConfigField {
		return service.NewStringListField(expandNames).Description(of).Default([]any{})
	}
	return service.NewObjectField(learnExpand,
		service.NewIntField(expandRows).Description("The number of first values of an attribute that settle its knots or bins, and of first rows that settle the Fourier features: 20 to 100,000. The batch that completes them is learned with the columns; rows of earlier batches lack them. Products need none of this.").Default(500),
		service.NewObjectField(expandSplines,
			names("Continuous attributes, by name or pattern, of which splines are computed: columns such as `spline(price,3)`."),
			service.NewIntField(expandKnots).Description("The number of knots, 3 to 64, at quantiles of the first values from 2 to 98 %. It gives one column fewer.").Default(9),
			service.NewStringEnumField(expandBasis, basisHats, basisNatural).Description("`hats` are piecewise linear and constant beyond the outer knots. `natural` are cubic and straight beyond them.").Default(basisHats),
		).Description("A smooth function of each attribute by itself."),
		service.NewObjectField(expandBins,
			names("Continuous attributes, by name or pattern, that are divided into bins: columns such as `bin(age,3)`, 1 within the bin and else 0."),
			service.NewIntField(expandCount).Description("The number of bins, 2 to 64, each with about as many of the first values. It gives one column fewer.").Default(8),
		).Description("A step function of each attribute by itself."),
		service.NewObjectField(expandProducts,
			service.NewStringListField(expandPairs).Description("Pairs of continuous attributes, with a colon between them, such as `price:size`, or `price:price` for a square: columns such as `product(price,size)`.").Default([]any{}),
			names("Continuous attributes, by name or pattern, of which all pairs are multiplied."),
			service.NewIntField(expandMost).Description("The largest number of products of `attributes`, 1 to 5,000. The pairs of the attributes that were seen first come first.").Default(100),
		).Description("Products of two attributes."),
		service.NewObjectField(expandFourier,
			names("Continuous attributes that random Fourier features are computed of, together, by name or pattern: columns such as `fourier(cos,17)`. A pattern leaves out the targets of models that are defined by then, as no model can use columns that are computed of its target."),
			service.NewIntField(expandColumns).Description("The number of columns: an even number from 2 to 2,048.").Default(128),
			service.NewFloatField(expandBandwidth).Description("The bandwidth of the kernel, as a factor of the median distance of the first rows: 0.001 to 1,000. Smaller ones follow finer structure.").Default(1.0),
			service.NewIntField(expandSeed).Description("The seed of the random frequencies.").Default(0),
		).Description("Any smooth function of the attributes together (Rahimi and Recht 2007): a model that is linear in these columns is one with a Gaussian kernel."),
	).Description("Compute columns of continuous attributes and learn them beside these. Models use them that ask for them by `features`. What is computed is settled once per project, by the first rows, and then stays. The columns are part of no answer and no model that does not ask for them. Each costs as much as an attribute.").Advanced()
}

func readExpand(conf *service.ParsedConfig, x *live.Expand) error {
	if err := parseExpand(conf, x); err != nil {
		return err
	}
	if err := x.Validate(); err != nil {
		return fmt.Errorf("%s.%w", learnExpand, err)
	}
	if x.IsZero() {
		*x = live.Expand{}
	}
	return nil
}

func parseExpand(conf *service.ParsedConfig, x *live.Expand) (err error) {
	list := func(into *[]string, path ...string) {
		if err == nil {
			*into, err = conf.FieldStringList(path...)
		}
	}
	integer := func(into *int, path ...string) {
		if err == nil {
			*into, err = conf.FieldInt(path...)
		}
	}
	integer(&x.Rows, expandRows)
	list(&x.Splines, expandSplines, expandNames)
	integer(&x.Knots, expandSplines, expandKnots)
	list(&x.Bins, expandBins, expandNames)
	integer(&x.Count, expandBins, expandCount)
	list(&x.Pairs, expandProducts, expandPairs)
	list(&x.Products, expandProducts, expandNames)
	integer(&x.MostProducts, expandProducts, expandMost)
	list(&x.Fourier, expandFourier, expandNames)
	integer(&x.Columns, expandFourier, expandColumns)
	integer(&x.Seed, expandFourier, expandSeed)
	if err != nil {
		return err
	}
	if x.Bandwidth, err = conf.FieldFloat(expandFourier, expandBandwidth); err != nil {
		return err
	}
	basis, err := conf.FieldString(expandSplines, expandBasis)
	if err != nil {
		return err
	}
	if basis != basisHats && basis != basisNatural {
		return fmt.Errorf("%s.%s.%s is %q, want %s or %s", learnExpand, expandSplines, expandBasis, basis, basisHats, basisNatural)
	}
	x.Natural = basis == basisNatural
	return nil
}
