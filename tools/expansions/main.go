// Command expansions prints what expansions gain: a linear discriminant and a ridge with and
// without them, on streams as CSV files and on rows that it generates itself.
//
//	go run ./tools/expansions [FILE.csv.gz ...]
//
// The last column of a file is the class. Rows are scored in batches of 50, each by what was
// learned before it.
package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// set is rows with a target, the last attribute.
type set struct {
	name    string
	rows    [][]float64
	numeric bool // the target is a number
}

func run(ctx context.Context, files []string, out io.Writer) error {
	sets := []set{friedman(10_000), rings(5_000)}
	for _, file := range files {
		s, err := read(file)
		if err != nil {
			return fmt.Errorf("read %s: %w", file, err)
		}
		sets = append(sets, s)
	}
	fmt.Fprintln(out, "| rows | measure | linear | splines | linear, splines, fourier |\n|---|---|---|---|---|")
	for i := range sets {
		line := fmt.Sprintf("| %s, %d | %s ", sets[i].name, len(sets[i].rows), sets[i].measure())
		for _, features := range []string{"linear", "splines", "linear,splines,fourier"} {
			quality, err := sets[i].prequential(ctx, strings.Split(features, ","))
			if err != nil {
				return fmt.Errorf("%s: %w", sets[i].name, err)
			}
			line += fmt.Sprintf("| %.3f ", quality)
		}
		fmt.Fprintln(out, line+"|")
	}
	return nil
}

func (s *set) measure() string {
	if s.numeric {
		return "mean absolute error of `ridge`"
	}
	return "accuracy of `lda`"
}

// friedman is the function of J. Friedman, Multivariate Adaptive Regression Splines, 1991, with
// ten attributes, of which five matter, and noise of variance 1.
func friedman(n int) set {
	r, s := rand.New(rand.NewPCG(1, 1)), set{name: "Friedman's function", numeric: true}
	for range n {
		row := make([]float64, 11)
		for i := range 10 {
			row[i] = r.Float64()
		}
		row[10] = 10*math.Sin(math.Pi*row[0]*row[1]) + 20*(row[2]-0.5)*(row[2]-0.5) + 10*row[3] + 5*row[4] + r.NormFloat64()
		s.rows = append(s.rows, row)
	}
	return s
}

// rings are two classes, one around the other.
func rings(n int) set {
	r, s := rand.New(rand.NewPCG(2, 2)), set{name: "two rings"}
	for i := range n {
		class := float64(i % 2)
		angle, radius := 2*math.Pi*r.Float64(), 1+class+0.3*r.NormFloat64()
		s.rows = append(s.rows, []float64{radius * math.Cos(angle), radius * math.Sin(angle), class})
	}
	return s
}

func read(file string) (s set, err error) {
	f, err := os.Open(file)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return s, err
	}
	records := csv.NewReader(z)
	if _, err := records.Read(); err != nil {
		return s, err
	}
	s.name = strings.TrimSuffix(filepath.Base(file), ".csv.gz")
	for {
		record, err := records.Read()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return s, err
		}
		row := make([]float64, len(record))
		for i, text := range record {
			if row[i], err = strconv.ParseFloat(text, 64); err != nil {
				return s, err
			}
		}
		if s.rows = append(s.rows, row); len(s.rows) == mostRows {
			return s, nil
		}
	}
}

// Rows of a file that count at most, and of a batch.
const mostRows, batch = 50_000, 50

// settings are those of the project: everything that is compared is learned in any case.
func (s *set) settings(features []string) live.Settings {
	inputs := []string{}
	for i := range len(s.rows[0]) - 1 {
		inputs = append(inputs, fmt.Sprint("x", i))
	}
	d := model.Definition{Name: "m", Type: "lda", Target: "y", Inputs: inputs, Features: features, Options: map[string]any{"covariance": map[string]any{"estimator": "ridge", "lambda": 0.01}}}
	kind := "categorical"
	if s.numeric {
		kind, d.Type, d.Options = "continuous", "ridge", map[string]any{"lambda": "auto"}
	}
	return live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour, Exact: true, Learn: &live.LearnSettings{
		Schema: schema.Config{Attributes: map[string]string{"y": kind}}, Every: time.Hour, Models: []model.Definition{d},
		Expand: live.Expand{Rows: 500, Splines: inputs, Knots: 9, Fourier: inputs, Columns: 128, Bandwidth: 1, Count: 2, MostProducts: 1},
	}}
}

// prequential scores and then learns every batch, and returns the quality of the rows that
// had a score.
func (s *set) prequential(ctx context.Context, features []string) (quality float64, err error) {
	h, err := live.NewTable().Open(new(live.Scope), s.settings(features), state.NewMemory(), "tool", observer{})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, h.Close(ctx)) }()
	scorer, err := h.Project().NewScorer(live.ScorerSettings{Model: "m"})
	if err != nil {
		return 0, err
	}
	sum, counted := 0.0, 0.0
	for from := 0; from < len(s.rows); from += batch {
		rows := s.rows[from:min(from+batch, len(s.rows))]
		messages := messagesOf(rows, from)
		results, err := scorer.Score(ctx, messages)
		if err != nil {
			return 0, err
		}
		for i, row := range rows {
			if err := messages[i].Err; err != nil {
				return 0, err
			}
			loss, ok, err := s.loss(results.JSON(i), row[len(row)-1])
			if err != nil {
				return 0, err
			}
			if ok {
				sum, counted = sum+loss, counted+1
			}
		}
		if err := h.Project().Learn(ctx, messagesOf(rows, from)); err != nil {
			return 0, err
		}
	}
	return sum / counted, nil
}

func messagesOf(rows [][]float64, from int) (out []live.Message) {
	for i, row := range rows {
		text := []byte("{")
		for k, x := range row[:len(row)-1] {
			text = fmt.Appendf(text, `"x%d":%v,`, k, x)
		}
		text = fmt.Appendf(text, `"y":"%v"}`, row[len(row)-1])
		out = append(out, live.Message{Data: text, Shard: "s", Offset: int64(from + i), HasOffset: true})
	}
	return out
}

// loss returns the absolute error, or 1 for the right class; ok is false while there is no
// model.
func (s *set) loss(result []byte, target float64) (loss float64, ok bool, err error) {
	var r struct {
		Prediction *float64
		Class      *string
	}
	if err := json.Unmarshal(result, &r); err != nil {
		return 0, false, err
	}
	switch {
	case s.numeric && r.Prediction != nil:
		return math.Abs(*r.Prediction - target), true, nil
	case !s.numeric && r.Class != nil:
		if *r.Class == fmt.Sprint(target) {
			loss = 1
		}
		return loss, true, nil
	}
	return 0, false, nil
}

// observer says nothing.
type observer struct{}

func (observer) Learned(string, int, int, int)  {}
func (observer) Built(string, string)           {}
func (observer) Limited(string, string, string) {}
func (observer) Warn(string)                    {}
