package processors

import (
	"fmt"
	"strings"
	"sync"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// placeFields say where a message comes from, for a component that counts what it says
// of each message once. What counts is a word for what is counted.
func placeFields(what string) []*service.ConfigField {
	return []*service.ConfigField{
		service.NewInterpolatedStringField(learnShard).
			Description("The shard for messages that have no Kafka metadata. Where none of `shard`, `position` and `source` is set, all three are those of the `sml_learn` of the project in this process (of several, the one nearest in the configuration); they are then worked out at this component, so they must not depend on what is set between the two.").
			Optional().
			Advanced(),
		service.NewInterpolatedStringField(learnPosition).
			Description("The position of a message within its shard, for messages without Kafka metadata: an integer that grows. Without it, a message of `sml_s3` has its object as shard and its number there as position. By it a message that is delivered again is known, and " + what + " once. Without a position it counts each time. In a process that does not learn the project, set it as the learner has it.").
			Example(`${! json("seq") }`).
			Optional().
			Advanced(),
		sourceField(),
	}
}

// placer finds where messages come from: by fields of its component or, where none of
// them is set, as the component does that learns the project.
type placer struct {
	handle *live.Handle
	path   string
	log    *service.Logger

	own *places // nil for those of the learner

	mu       sync.Mutex
	borrowed *places // nil while there is no learner
	warned   bool
}

// places are the expressions of one component. Each may count messages, so no two
// components share them.
type places struct{ shard, position, source *service.InterpolatedString }

// readPlacer reads the fields of placeFields; it needs its handle before it places.
func readPlacer(conf *service.ParsedConfig, resources *service.Resources) (*placer, error) {
	p := &placer{path: where(resources), log: resources.Logger()}
	var own places
	for _, f := range own.fields() {
		if !conf.Contains(f.name) {
			continue
		}
		var err error
		if *f.into, err = conf.FieldInterpolatedString(f.name); err != nil {
			return nil, err
		}
		p.own = &own
	}
	return p, nil
}

// placeField is one expression by the name of its field.
type placeField struct {
	name string
	into **service.InterpolatedString
}

func (p *places) fields() []placeField {
	return []placeField{{learnShard, &p.shard}, {learnPosition, &p.position}, {learnSource, &p.source}}
}

// readPlaces returns the expressions of a component that learns.
func readPlaces(conf *service.ParsedConfig) (out live.Places, err error) {
	for _, f := range []struct {
		name string
		into *string
	}{{learnShard, &out.Shard}, {learnPosition, &out.Position}, {learnSource, &out.Source}} {
		if !conf.Contains(f.name) {
			continue
		}
		if *f.into, err = conf.FieldString(f.name); err != nil {
			return out, err
		}
	}
	return out, nil
}

// ofLearner returns expressions of the placer's own that say the same as the learner's,
// nil where there are none.
func (p *placer) ofLearner() *places {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.borrowed != nil {
		return p.borrowed
	}
	near, ok := p.handle.PlacesNear(p.path)
	if !ok {
		return nil
	}
	out := &places{}
	texts := []string{near.Shard, near.Position, near.Source}
	for i, f := range out.fields() {
		if texts[i] == "" {
			continue
		}
		read, err := service.NewInterpolatedString(texts[i])
		if err != nil {
			p.log.Errorf("%s of the sml_learn of this project cannot be read at %s: %v", f.name, p.path, err)
			return nil
		}
		*f.into = read
	}
	p.borrowed = out
	return out
}

// place fills in where the messages of a batch come from. A message of which the
// component's own fields do not say it has an error; one of which those of the learner
// do not say it here has no position, which is logged once.
func (p *placer) place(batch service.MessageBatch, messages []live.Message) {
	from := p.own
	if from == nil {
		from = p.ofLearner()
	}
	if from == nil {
		from = &places{}
	}
	texts := &featureTexts{shard: newBatchText(batch, from.shard), position: newBatchText(batch, from.position), source: newBatchText(batch, from.source)}
	if !texts.shard.set() {
		texts.shard = batchText{static: defaultShard, isStatic: true}
	}
	names := &shardNames{}
	for i, m := range batch {
		into := &messages[i]
		err := texts.place(m, i, names, into)
		if err == nil && strings.HasPrefix(into.Shard, project.ReservedShard) {
			err = fmt.Errorf("%s: %q begins with ~, which is reserved", learnShard, into.Shard)
		}
		switch {
		case err == nil:
		case p.own == nil:
			into.Shard, into.HasOffset = defaultShard, false
			p.warn(err)
		default:
			into.Shard, into.HasOffset = "", false
			if into.Err == nil {
				into.Err = err
			}
		}
	}
}

// warn says once that the learner's expressions do not work here.
func (p *placer) warn(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.warned {
		p.warned = true
		p.log.Warnf("%s takes where a message comes from over from the sml_learn of the project, which fails here: such messages have no position, and count each time that they are delivered. Set position and shard of this component. %v", p.path, err)
	}
}
