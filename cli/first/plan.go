package first

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// options are the answers that init needs.
type options struct {
	input, topic, brokers string
	target                string
	classify              bool // of a target of a topic
	project, cache, page  string
	output                string
	force                 bool
}

// plan is what is written: the options with all defaults, and what the first rows say.
type plan struct {
	options
	Source   string
	rows     *preview // nil for a topic
	Input    map[string]any
	Cache    map[string]any
	Declared []declared
	Marks    marks
	Counted  int // rows of the file, up to countedRows
	Detector detector
}

// declared is an attribute whose type is declared, and why.
type declared struct{ Name, Type, Why string }

// The caches that init knows by name.
const (
	cacheFile   = "file"
	cacheMemory = "memory"
)

// none switches the page off.
const none = "none"

// newPlan completes the options by what the source shows.
func newPlan(ctx context.Context, o options) (*plan, error) {
	p := &plan{options: o}
	switch {
	case o.input == "" && o.topic == "":
		return nil, errors.New("name --input FILE or --topic TOPIC")
	case o.input != "" && o.topic != "":
		return nil, errors.New("name either --input or --topic")
	}
	if p.project == "" {
		p.project = projectName(o.input + o.topic)
	}
	if err := project.ValidateName("project", p.project); err != nil {
		return nil, err
	}
	if err := p.useCache(); err != nil {
		return nil, err
	}
	if o.topic != "" {
		p.Source = "topic " + o.topic
		p.Input = map[string]any{"sml_kafka": map[string]any{
			"seed_brokers": []any{"${KAFKA:" + o.brokers + "}"}, "topics": []any{o.topic}, "consumer_group": "sml-" + p.project,
		}}
		p.Detector = chooseDetector(0, nil)
		return p, nil
	}
	return p, p.useFile(ctx)
}

// useFile looks at the first rows of the file.
func (p *plan) useFile(ctx context.Context) (err error) {
	p.Source = p.input
	if p.Input, err = inputOf(p.input); err != nil {
		return err
	}
	documents, err := firstRows(ctx, p.Input, countedRows)
	if err != nil {
		return err
	}
	p.Counted = len(documents)
	documents = documents[:min(len(documents), defaultRows)]
	if p.rows, err = learnRows(ctx, p.input, plainLearner, documents); err != nil {
		return err
	}
	if p.rows.Learned == 0 {
		why := "it has no rows"
		if len(p.rows.Refused) > 0 {
			why = p.rows.Refused[0].Error
		}
		return fmt.Errorf("no row of %q can be learned: %s", p.input, why)
	}
	if p.target != "" && p.rows.find(p.target) == nil {
		return fmt.Errorf("target is %q, which is no attribute of %q: it has %s", p.target, p.input, strings.Join(p.rows.names(), ", "))
	}
	p.declare()
	if len(p.Declared) > 0 {
		if p.rows, err = learnRows(ctx, p.input, p.learner(), documents); err != nil { // as the pipeline will
			return err
		}
	}
	p.Detector = chooseDetector(p.Counted, p.rows)
	if csv, ok := p.Input["csv"].(map[string]any); ok {
		csv["batch_count"] = p.Detector.Batch
	} else if p.Detector.Batch > 1 {
		p.Input = batched(p.Input, p.Detector.Batch)
	}
	return nil
}

// batched makes batches of an input that has none of its own: what is learned is stored
// once for each.
func batched(input map[string]any, count int) map[string]any {
	return map[string]any{"broker": map[string]any{
		"inputs": []any{input}, "batching": map[string]any{"count": count, "period": "1s"},
	}}
}

// learner is plainLearner with what is declared.
func (p *plan) learner() string {
	var types []string
	for _, d := range p.Declared {
		types = append(types, strconv.Quote(d.Name)+": "+d.Type)
	}
	return "{ project: preview, cache: memory, " + p.Marks.fields() + "attributes: { " + strings.Join(types, ", ") + " } }"
}

// identifierRows is from how many rows on a text that nearly never occurs twice is taken
// for an identifier.
const identifierRows = 20

// ignored is the type of an attribute that is not learned.
const ignored = "ignore"

// declare notes the attributes whose types the reader would not find by itself, and leaves
// out those that say which row it is: dates, running numbers and identifiers. Where
// nothing else is there to learn, or to predict the target by, none is left out.
func (p *plan) declare() {
	left, least := len(p.rows.Attributes), 1
	if p.target != "" {
		least = 2
	}
	p.Marks = p.rows.common()
	for i := range p.rows.Attributes {
		a := &p.rows.Attributes[i]
		tells := ""
		if a.Name != p.target {
			tells = p.rows.tells(a)
		}
		switch {
		case a.marks != marks{} && p.Marks != marks{}:
			p.Declared = append(p.Declared, declared{a.Name, "continuous", "its texts are numbers with marks"})
		case a.zeros:
			p.Declared = append(p.Declared, declared{a.Name, "categorical", "some of its texts have a leading zero"})
		case a.Numbers:
			p.Declared = append(p.Declared, declared{a.Name, "continuous", ""})
		case a.marks != marks{}, a.bare: // an amount, which may be there once each
		case tells != "":
			p.Declared = append(p.Declared, declared{a.Name, ignored, tells})
			left--
		}
	}
	if left < least {
		p.Declared = slices.DeleteFunc(p.Declared, func(d declared) bool { return d.Type == ignored })
	}
}

// regression reports whether the target is a number.
func (p *plan) regression() bool {
	if p.rows == nil {
		return !p.classify
	}
	return slices.Contains([]string{"continuous", "timestamp"}, p.rows.find(p.target).Type)
}

// useCache finds the cache by its name or address.
func (p *plan) useCache() error {
	switch {
	case p.cache == cacheFile:
		p.Cache = map[string]any{"file": map[string]any{"directory": p.stateFolder()}}
	case p.cache == cacheMemory:
		p.Cache = map[string]any{"memory": map[string]any{"compaction_interval": ""}}
	case strings.HasPrefix(p.cache, "redis://"), strings.HasPrefix(p.cache, "rediss://"):
		p.Cache = map[string]any{"redis": map[string]any{"url": "${REDIS_URL:" + p.cache + "}"}}
	default:
		return fmt.Errorf("cache is %q, want file, memory or an address such as redis://127.0.0.1:6379", p.cache)
	}
	return nil
}

// stateFolder is where a cache of files keeps the project.
func (p *plan) stateFolder() string {
	return filepath.Join(filepath.Dir(p.output), p.project+"-state")
}

var notInName = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// projectName makes a name of a project of the name of a file or topic.
func projectName(source string) string {
	name := strings.TrimSuffix(filepath.Base(source), filepath.Ext(source))
	name = strings.Trim(notInName.ReplaceAllString(name, "-"), "-")
	if name == "" {
		return "first"
	}
	return name[:min(len(name), 100)]
}
