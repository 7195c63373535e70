package processors

import (
	"fmt"
	"math"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// Fields of sml_learn about which statistics are kept.
const (
	learnMaxPatterns    = "max_patterns"
	learnPrecision      = "precision"
	learnBins           = "histogram_bins"
	learnGivenBins      = "conditional_bins"
	learnPartition      = "partition"
	learnFolds          = "folds"
	learnWindow         = "window"
	learnDecay          = "decay"
	compositionPeriod   = "period"
	compositionRows     = "rows"
	compositionTiles    = "tiles"
	compositionLateness = "lateness"
	compositionHalfLife = "half_life"
	compositionBeside   = "beside"
)

func compositionFields() []*service.ConfigField {
	beside := service.NewBoolField(compositionBeside).Description("Whether the whole history is kept as well, and stays the main answer.").Default(false)
	return []*service.ConfigField{
		service.NewStringField(learnPartition).
			Description("A categorical or binary attribute by whose values there is one full set of statistics each, as quadratic discriminants need. It multiplies the memory by the number of values.").
			Default("").
			Advanced(),
		service.NewIntField(learnFolds).
			Description("Hash the rows into that many folds, so that models can be cross-validated without a second look at the data; 0 for none.").
			Default(0).
			Advanced().
			LintRule(`root = if this != 0 && (this < 2 || this > 100) { [ "folds is " + this.string() + ", must be 0, or 2 to 100" ] }`),
		service.NewObjectField(learnWindow,
			service.NewDurationField(compositionPeriod).Description("The window's length in event time, which `timestamp` gives.").Example("1h").Default("0s"),
			service.NewIntField(compositionRows).Description("The window's length in rows of each shard, instead of `period`.").Default(0),
			service.NewIntField(compositionTiles).Description("In how many steps old rows leave. A row that comes late goes to its tile while that is in the window.").Default(12),
			service.NewDurationField(compositionLateness).Description("How far a row's time may lie behind the newest one of its shard, in whole tiles; rows that come later are left out of the window. `0s` takes them as long as the window has their tile, and only then is the answer the same for every order of the rows.").Default("0s"),
			beside,
		).Description("Keep what is recent: old rows leave the statistics. Off unless `period` or `rows` is given.").Advanced(),
		service.NewObjectField(learnDecay,
			service.NewDurationField(compositionHalfLife).Description("After which time a row weighs half; `0s` for none.").Example("24h").Default("0s"),
			beside,
		).Description("Let old rows weigh less: forward decay over event time, which `timestamp` gives.").Advanced(),
		service.NewStringEnumField(learnPrecision, "auto", "extended", "double").
			Description("Arithmetic of the co-moments. `extended` carries about 31 digits, `double` 16 and is faster with many attributes; `auto` takes `extended` up to 64 attributes.").
			Default("auto").
			Advanced(),
		service.NewIntField(learnBins).
			Description("The most bins that the histogram of an attribute may have.").
			Default(512).
			Advanced().
			LintRule(`root = if this < 16 || this > 65536 { [ "histogram_bins is " + this.string() + ", must be 16 to 65536" ] }`),
		service.NewIntField(learnGivenBins).
			Description("The most bins of a histogram of each number given each category, and given each value of a binary attribute: for the conditional medians of `bivariate`. `0` keeps none; a histogram costs time and memory for each category and number.").
			Default(0).
			Advanced().
			LintRule(`root = if this != 0 && (this < 16 || this > 65536) { [ "conditional_bins is " + this.string() + ", must be 0, or 16 to 65536" ] }`),
		service.NewIntField(learnMaxPatterns).
			Description("The most combinations of present attributes that have a block of co-moments of their own. Rows of further ones go to a pairwise block: as exact, and slower.").
			Default(64).
			Advanced().
			LintRule(`root = if this < 1 || this > 65536 { [ "max_patterns is " + this.string() + ", must be 1 to 65536" ] }`),
	}
}

// readComposition reads which statistics are kept.
func readComposition(conf *service.ParsedConfig, c *project.Composition) error {
	precision, err := conf.FieldString(learnPrecision)
	if err != nil {
		return err
	}
	switch precision {
	case "extended":
		c.Summary.ExtendedUpTo = math.MaxInt32
	case "double":
		c.Summary.ExtendedUpTo = -1
	}
	if c.Summary.HistogramBins, err = conf.FieldInt(learnBins); err != nil {
		return err
	}
	if c.Summary.ConditionalBins, err = conf.FieldInt(learnGivenBins); err != nil {
		return err
	}
	if c.Summary.MaxPatterns, err = conf.FieldInt(learnMaxPatterns); err != nil {
		return err
	}
	if c.Partition, err = conf.FieldString(learnPartition); err != nil {
		return err
	}
	if c.Folds, err = conf.FieldInt(learnFolds); err != nil {
		return err
	}
	if err := readRecent(conf, c); err != nil {
		return err
	}
	_, err = c.Maker(nil)
	return err
}

func readRecent(conf *service.ParsedConfig, c *project.Composition) (err error) {
	w := conf.Namespace(learnWindow)
	if c.Window.Period, err = w.FieldDuration(compositionPeriod); err != nil {
		return err
	}
	if c.Window.Rows, err = w.FieldInt(compositionRows); err != nil {
		return err
	}
	if c.Window.Tiles, err = w.FieldInt(compositionTiles); err != nil {
		return err
	}
	if c.Window.Lateness, err = w.FieldDuration(compositionLateness); err != nil {
		return err
	}
	if c.Window.Beside, err = w.FieldBool(compositionBeside); err != nil {
		return err
	}
	d := conf.Namespace(learnDecay)
	if c.Decay.HalfLife, err = d.FieldDuration(compositionHalfLife); err != nil {
		return err
	}
	if c.Decay.Beside, err = d.FieldBool(compositionBeside); err != nil {
		return err
	}
	switch {
	case c.Window.Period < 0:
		return fmt.Errorf("%s.%s: %v is negative", learnWindow, compositionPeriod, c.Window.Period)
	case c.Window.Rows < 0:
		return fmt.Errorf("%s.%s: %d is negative", learnWindow, compositionRows, c.Window.Rows)
	case c.Window.Tiles < 1:
		return fmt.Errorf("%s.%s: %d is less than 1", learnWindow, compositionTiles, c.Window.Tiles)
	case c.Decay.HalfLife < 0:
		return fmt.Errorf("%s.%s: %v is negative", learnDecay, compositionHalfLife, c.Decay.HalfLife)
	}
	return nil
}
