package state

import (
	"context"
	"errors"
	"iter"
	"slices"
)

// verb is an operation of the store.
type verb byte

const (
	opGet verb = iota
	opAdd
	opSet
	opDelete
)

// operation is what a process is about to do.
type operation struct {
	verb       verb
	key, value string
}

// outcome is how the store answers.
type outcome byte

const (
	answerOK outcome = iota
	answerMissing
	answerTaken
	answerFailed // what happened is not known
)

type answer struct {
	outcome outcome
	value   string
}

// errAnswer is what a failing store returns.
var errAnswer = errors.New("no answer")

// event is what a process tells about itself, for the invariants.
type event struct {
	kind    eventKind
	version uint64
	tokens  string
	err     error
}

type eventKind byte

const (
	eventLoading eventKind = iota // a load begins
	eventLoaded                   // it returned version and tokens
	eventAcked                    // tokens are acknowledged
	eventFailed                   // an error that the protocol does not expect
)

// process is a running program; it is the Store that its program sees.
type process struct {
	yield  func(operation) bool
	answer answer
	events []event
}

var _ Store = (*process)(nil)

// killed ends a program that is not needed any more.
type killed struct{}

func (p *process) tell(e event) { p.events = append(p.events, e) }

func (p *process) do(op operation) (string, error) {
	if !p.yield(op) {
		panic(killed{})
	}
	switch p.answer.outcome {
	case answerMissing:
		return "", ErrNotFound
	case answerTaken:
		return "", ErrExists
	case answerFailed:
		return "", errAnswer
	}
	return p.answer.value, nil
}

func (p *process) Get(_ context.Context, key string) ([]byte, error) {
	v, err := p.do(operation{verb: opGet, key: key})
	return []byte(v), err
}

func (p *process) Add(_ context.Context, key string, value []byte) error {
	_, err := p.do(operation{verb: opAdd, key: key, value: string(value)})
	return err
}

func (p *process) Set(_ context.Context, key string, value []byte) error {
	_, err := p.do(operation{verb: opSet, key: key, value: string(value)})
	return err
}

func (p *process) Delete(_ context.Context, key string) error {
	_, err := p.do(operation{verb: opDelete, key: key})
	return err
}

// stage is where a process stands between two calls of the journal. It is
// immutable, and all that matters of its past is in its key.
type stage interface {
	key() string
	// run goes on to the next stage, nil at the end.
	run(p *process) stage
}

// local is where a process stands: a stage and the answers since. Programs
// are deterministic, so these decide what it does next.
type local struct {
	id       int
	stage    stage
	answers  []answer
	op       operation // what it does next
	finished bool
	children map[answer]move
}

// move leads to a local state, telling events on the way.
type move struct {
	to     *local
	events []event
}

// programs is the graph of all local states that were met.
type programs struct {
	stages map[string]move
	count  int
}

// begin returns where a stage comes to its first operation.
func (g *programs) begin(s stage) move {
	if s == nil {
		g.count++
		return move{to: &local{id: g.count, finished: true}}
	}
	m, ok := g.stages[s.key()]
	if !ok {
		m = g.play(s, nil)
		g.stages[s.key()] = m
	}
	return m
}

// follow returns where an answer leads.
func (g *programs) follow(l *local, a answer) move {
	m, ok := l.children[a]
	if !ok {
		m = g.play(l.stage, append(slices.Clone(l.answers), a))
		if l.children == nil {
			l.children = map[answer]move{}
		}
		l.children[a] = m
	}
	return m
}

// play runs a stage with the answers so far.
func (g *programs) play(s stage, answers []answer) move {
	p := &process{}
	var after stage
	next, stop := iter.Pull(func(yield func(operation) bool) {
		defer func() {
			if r := recover(); r != nil {
				if _, ok := r.(killed); !ok {
					panic(r)
				}
			}
		}()
		p.yield = yield
		after = s.run(p)
	})
	defer stop()
	op, running := next()
	for _, a := range answers {
		p.answer, p.events = a, nil
		op, running = next()
	}
	if running {
		g.count++
		return move{to: &local{id: g.count, stage: s, answers: answers, op: op}, events: p.events}
	}
	m := g.begin(after)
	return move{to: m.to, events: append(slices.Clone(p.events), m.events...)}
}
