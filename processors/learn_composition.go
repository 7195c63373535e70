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
	compositionAhead    = "ahead"
	compositionBeside   = "beside"
)

func compositionFields() []*service.ConfigField {
	ahead := service.NewDurationField(compositionAhead).Description("How far the time of a row may be ahead of the clock. A row that is further ahead is marked as failed, logged and counted (`sml_rows_left_out_total`, reason `ahead`), as it would move everything before it out of sight until its time comes. `0s` means one minute.").Default("0s")
	beside := service.NewBoolField(compositionBeside).Description("Keep the whole history in parallel. The history then stays the main answer.").Default(false)
	return []*service.ConfigField{
		service.NewStringField(learnPartition).
			Description("A categorical or binary attribute. The project keeps one full set of statistics for each of its values, which quadratic discriminants need. This multiplies the memory by the number of values.").
			Default("").
			Advanced(),
		service.NewIntField(learnFolds).
			Description("The number of folds into which rows are hashed, so that models can be cross-validated without a second pass over the data. 0 means none.").
			Default(0).
			Advanced().
			LintRule(`root = if this != 0 && (this < 2 || this > 100) { [ "folds is " + this.string() + ", must be 0, or 2 to 100" ] }`),
		service.NewObjectField(learnWindow,
			service.NewDurationField(compositionPeriod).Description("The least length of the window in event time: it holds up to one tile more. `timestamp` gives the time of a row.").Example("1h").Default("0s"),
			service.NewIntField(compositionRows).Description("The least number of rows of each shard in the window, instead of `period`: it holds up to one tile more.").Default(0),
			service.NewIntField(compositionTiles).Description("The number of tiles of the window. Old rows leave one tile at a time. A late row goes into its own tile while that tile is in the window.").Default(12),
			service.NewDurationField(compositionLateness).Description("How far the time of a row may lie behind the newest row of its shard, rounded to whole tiles. Later rows are left out of the window. `0s` accepts a row as long as the window has its tile; only then is the answer the same for every order of the rows. Rows that are left out are logged and counted (`sml_rows_left_out_total`, reason `late`).").Default("0s"),
			ahead,
			beside,
		).Description("Keep only recent rows: old rows leave the statistics, a tile at a time. At least `period` or `rows` are kept, and at most one tile more. The window of `period` ends with the newest row, unless that row is further ahead of all others than the window is long: then it waits until a second one is there. Set `period` or `rows` to switch it on.").Advanced(),
		service.NewObjectField(learnDecay,
			service.NewDurationField(compositionHalfLife).Description("The time after which a row has half its weight. `0s` means no decay.").Example("24h").Default("0s"),
			ahead,
			beside,
		).Description("Give old rows less weight: forward decay over event time. `timestamp` gives the time of a row. Weights are relative to the newest row; tests, errors and intervals are those of the effective number of rows, (sum w)² / sum w².").Advanced(),
		service.NewStringEnumField(learnPrecision, "auto", "extended", "double").
			Description("The arithmetic of the co-moments. `extended` has about 31 digits. `double` has 16 digits and is faster with many attributes. `auto` takes `extended` up to 64 attributes.").
			Default("auto").
			Advanced(),
		service.NewIntField(learnBins).
			Description("The maximum number of bins of the histogram of an attribute.").
			Default(512).
			Advanced().
			LintRule(`root = if this < 16 || this > 65536 { [ "histogram_bins is " + this.string() + ", must be 16 to 65536" ] }`),
		service.NewIntField(learnGivenBins).
			Description("The maximum number of bins of conditional histograms: one histogram for each number given each category or value of a binary attribute. `bivariate` needs them for conditional medians. `0` keeps none. Each histogram costs time and memory.").
			Default(0).
			Advanced().
			LintRule(`root = if this != 0 && (this < 16 || this > 65536) { [ "conditional_bins is " + this.string() + ", must be 0, or 16 to 65536" ] }`),
		service.NewIntField(learnMaxPatterns).
			Description("The maximum number of presence patterns (combinations of attributes that a row has) with their own block of co-moments. Rows with further patterns go into a pairwise block, which is as exact but slower.").
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
	if c.Window.Ahead, err = w.FieldDuration(compositionAhead); err != nil {
		return err
	}
	if c.Window.Beside, err = w.FieldBool(compositionBeside); err != nil {
		return err
	}
	d := conf.Namespace(learnDecay)
	if c.Decay.HalfLife, err = d.FieldDuration(compositionHalfLife); err != nil {
		return err
	}
	if c.Decay.Ahead, err = d.FieldDuration(compositionAhead); err != nil {
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
