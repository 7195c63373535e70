package live

import (
	"context"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// scorePiece scores messages [from, to) with one model.
// The bands are those before the piece: a score is judged by earlier scores and not
// by itself.
func (s *Scorer) scorePiece(ctx context.Context, built *builtModel, w *scoring, messages []Message, from, to int) error {
	built, err := s.weighed(built, w)
	if err != nil {
		return err
	}
	columns := columnsOf(built.model.Inputs(), w.layout)
	bands, err := s.bandsNow()
	if err != nil {
		return err
	}
	if s.entities != nil {
		if err := s.entities.prepare(ctx, built, w, messages[from:to]); err != nil {
			s.refuse(w, messages[from:to], err)
			return nil
		}
	}
	calibrated, err := bands.view.calibration(&built.definition)
	if err != nil {
		return err
	}
	w.targets, w.mixing, w.costs = targetsOf(built, w.layout), mixingOf(built), w.costs[:0]
	w.scores, w.judged, w.outcomes, w.probabilities = w.scores[:0], w.judged[:0], w.outcomes[:0], w.probabilities[:0]
	for i := from; i < to; i++ {
		row := w.reader.rowOf[i]
		score, judged, seen := math.NaN(), quality{}, outcome{}
		switch {
		case messages[i].Err != nil || row == noRow:
			w.results.skip()
		case w.said != nil && w.said[i].built == nil:
			w.results.skip()
		case built.warmingUp:
			w.results.appendWarmingUp(built)
			messages[i].waits = built
			w.own.tell(&w.results, messages[i].Key)
		case columns.nothing(s.missing(w, columns, row)):
			w.results.appendNoInput(built.role)
			w.results.appendMissing(w.missing)
			w.own.tell(&w.results, messages[i].Key)
			if messages[i].isWaiting() {
				messages[i].Outcome = ReasonNoInput
			}
		default:
			score, judged, seen = s.answer(built, bands, calibrated, w, messages, i, row)
		}
		w.scores, w.judged, w.outcomes = append(w.scores, score), append(w.judged, judged), append(w.outcomes, seen)
	}
	if s.peeking || !s.counts(built) {
		return nil
	}
	if err := s.count(ctx, bands, w, messages[from:to]); err != nil {
		return err
	}
	now := s.project.home.now()
	if shown := s.log.recent.add(now, messages[from:to], w.scores, &w.results, from); shown != nil {
		s.log.timeline.add(now, w.scores, w.judged, shown)
	}
	return nil
}

// weighed weighs the members of a model that has some, unless it has said already what it
// says, and takes over what is the same for all rows.
func (s *Scorer) weighed(built *builtModel, w *scoring) (*builtModel, error) {
	if w.said == nil {
		var err error
		if built, err = s.project.scores.weigh(built); err != nil {
			return nil, err
		}
	}
	if w.of != built.model {
		w.of, w.labels = built.model, newLabels(built.model.Inputs())
	}
	return built, nil
}

// predict lets the model predict the row of a message, or takes what it has said of it.
func (w *scoring) predict(built *builtModel, message, row int) {
	if w.said != nil {
		w.result, w.said[message].result = w.said[message].result, w.result
		return
	}
	built.model.Predict(w.reader.rows.Row(row), w.reader.rows.RowCodes(row), &w.result)
}

// answer predicts a row, writes its result, and returns what is to be counted of it.
func (s *Scorer) answer(built *builtModel, b *bands, c *evaluation.Calibration, w *scoring, messages []Message, at, row int) (score float64, judged quality, seen outcome) {
	m := &messages[at]
	values, codes := w.reader.rows.Row(row), w.reader.rows.RowCodes(row)
	w.predict(built, at, row)
	w.own.blend(m.Key, values, codes, &w.result)
	if (s.settings.Evaluate != nil || built.need != nil) && (w.said == nil || w.said[at].counts) { // of the model's own probabilities
		if seen = w.observe(w.targets, values, codes); seen.known && w.mixing != nil {
			w.observeMembers(built, w.mixing, &seen)
		}
	}
	w.calibrate(c, built, &seen)
	score, judged = s.appendResult(built, b, w, values)
	w.results.appendMissing(w.missing)
	w.own.tell(&w.results, m.Key)
	return score, judged, seen
}

// missing returns the inputs that a row lacks, which w keeps.
func (s *Scorer) missing(w *scoring, columns *inputColumns, row int) []string {
	rows := &w.reader.rows
	w.missing = columns.missing(w.missing[:0], rows.Row(row), rows.RowCodes(row))
	return w.missing
}

// appendResult writes the result of one row and returns what is to be counted
// of it: a score, a residual, or NaN, and what the scores before say of it.
func (s *Scorer) appendResult(built *builtModel, b *bands, w *scoring, row []float64) (float64, quality) {
	switch built.role {
	case model.RoleAnomaly:
		judged := b.judge(w.result.Score)
		w.results.appendAnomaly(&w.result, judged, w.labels, s.settings.Contributions)
		return w.result.Score, judged
	case model.RoleRegression:
		residual, judged := math.NaN(), quality{}
		if s.settings.Threshold != nil {
			residual = w.targets.number(row) - w.result.Prediction
		}
		if isFinite(residual) {
			judged = b.judge(residual)
		}
		w.results.appendPrediction(built, &w.result, w.labels, s.settings.Contributions, residual, judged, b.evaluated)
		if isFinite(residual) {
			return residual, judged
		}
	default:
		w.results.appendPrediction(built, &w.result, w.labels, s.settings.Contributions, math.NaN(), quality{}, b.evaluated)
	}
	return math.NaN(), quality{}
}

// counts reports whether anything of what the scorer says is counted.
func (s *Scorer) counts(built *builtModel) bool {
	return built.role == model.RoleAnomaly || built.need != nil || s.settings.Threshold != nil || s.settings.Evaluate != nil
}

// count adds what has been scored to the statistics of the scores, source by
// source. Messages that were counted before are marked as replayed and lose their
// scores in w: nothing else is derived of them. Those that have no score yet, as while
// the model warms up, count as seen all the same: the model will have learned them when
// they are delivered again.
// Runs of neighbours of one shard go together, as positions belong to a shard.
func (s *Scorer) count(ctx context.Context, b *bands, w *scoring, messages []Message) error {
	any := false
	for i, x := range w.scores {
		any = any || messages[i].HasOffset || !math.IsNaN(x) || i < len(w.outcomes) && w.outcomes[i].known
	}
	if !any {
		return nil
	}
	for from := 0; from < len(messages); {
		m := &messages[from]
		to := from + 1
		for to < len(messages) && messages[to].Shard == m.Shard && messages[to].HasOffset == m.HasOffset && messages[to].Origin.Topic == m.Origin.Topic {
			to++
		}
		if m.Shard == "" { // the message says not where it comes from, which is in its Err
			from = to
			continue
		}
		w.offsets = w.offsets[:0]
		// Topics of one name, of two clusters or created again, are told apart by their
		// ids alone: scoring never stops.
		arrivals := state.Arrivals{Count: to - from, Origin: state.Origin{Topic: m.Origin.Topic}, Verify: state.VerifyFail}
		if m.HasOffset {
			for i := from; i < to; i++ {
				w.offsets = append(w.offsets, messages[i].Offset)
			}
			arrivals.Offsets = w.offsets
		}
		fresh, err := s.log.add(ctx, m.Shard, &scoreBatch{arrivals: arrivals, scores: w.batchScores.slice(from, to), usual: b.usual(), evaluate: s.settings.Evaluate})
		if err != nil {
			return err
		}
		w.leaveOut(messages, from, to, fresh)
		from = to
	}
	return nil
}

// leaveOut marks those of messages [from, to) that are not fresh.
func (b *batchScores) leaveOut(messages []Message, from, to int, fresh []int) {
	for i := from; i < to; i++ {
		if len(fresh) > 0 && fresh[0] == i-from {
			fresh = fresh[1:]
			continue
		}
		b.scores[i] = math.NaN()
		if m := &messages[i]; m.Err == nil && m.isWaiting() {
			m.Outcome = ReasonReplayed
		}
	}
}

// slice returns what is to be counted of messages [from, to).
func (b *batchScores) slice(from, to int) batchScores {
	out := batchScores{scores: b.scores[from:to], probabilities: b.probabilities, targets: b.targets, mixing: b.mixing, costs: b.costs}
	if len(b.outcomes) > 0 {
		out.outcomes = b.outcomes[from:to]
	}
	return out
}

// refuse marks messages: what the model needs is not there.
// The batch itself goes on: the host routes failed messages as it is configured.
func (s *Scorer) refuse(w *scoring, messages []Message, err error) {
	s.project.builds.warnOnce(err)
	for i := range messages {
		if messages[i].Err == nil {
			messages[i].Err = err
		}
		w.results.skip()
	}
}
