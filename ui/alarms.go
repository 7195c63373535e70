package ui

import (
	"encoding/json"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// newestAlarms merges the alarms of all models, newest first.
func newestAlarms(models []live.ModelActivity) []alarm {
	out := []alarm{}
	for _, m := range models {
		for _, s := range m.Alarms[max(0, len(m.Alarms)-maxAlarms):] {
			one := alarm{Model: m.Name, At: s.At, Seconds: live.AlarmStep.Seconds(), Anomalies: s.Anomalies, Score: s.High, Threshold: s.Threshold}
			if s.Top != nil {
				one.Result = json.RawMessage(s.Top.Result)
			}
			out = append(out, one)
		}
	}
	slices.SortStableFunc(out, func(a, b alarm) int { return b.At.Compare(a.At) })
	return out[:min(len(out), maxAlarms)]
}
