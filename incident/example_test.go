package incident_test

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/incident"
)

// Two alarms among four rows open an incident, two rows without an alarm close it.
func Example() {
	rules := incident.Rules{Open: incident.Opening{Alarms: 2, Rows: 4}, Close: incident.Closing{Rows: 2}, MaxKeys: 100, Replay: 10, Closed: 10}
	if err := rules.Validate(); err != nil {
		fmt.Println(err)
		return
	}
	s, err := incident.Codec().New()
	if err != nil {
		fmt.Println(err)
		return
	}
	seed := incident.Seed("pumps", "readings/0")
	for i, score := range []float64{math.NaN(), 4, math.NaN(), 9, 5, math.NaN(), math.NaN()} {
		row := incident.Row{Key: "p1", Time: int64(i) * int64(time.Minute), Offset: int64(i), HasOffset: true, Verdict: incident.Usual, Score: score}
		if !math.IsNaN(score) {
			row.Verdict, row.Contributions = incident.Alarm, map[string]float64{"temp": score - 1, "flow": 1}
		}
		answer := s.Take(&rules, seed, &row)
		fmt.Println(string(answer.AppendJSON(nil)))
		for _, e := range answer.Events("pumps", "readings/0") {
			told, err := json.Marshal(e)
			fmt.Println(" ", string(told), err)
		}
	}
	// Output:
	// {"id":null,"state":"none","suppressed":false}
	// {"id":null,"state":"none","suppressed":true}
	// {"id":null,"state":"none","suppressed":false}
	// {"id":"5b02fcfa116a2654","state":"open","suppressed":false}
	//   {"event":"opened","id":"5b02fcfa116a2654","name":"pumps","shard":"readings/0","key":"p1","state":"open","first_alarm":"1970-01-01T00:01:00Z","opened":"1970-01-01T00:03:00Z","last_alarm":"1970-01-01T00:03:00Z","closed":null,"rows":3,"alarms":2,"suppressed":0,"peak":{"score":9,"time":"1970-01-01T00:03:00Z","position":3},"blame":[{"attribute":"temp","sum":11,"share":0.8461538461538461},{"attribute":"flow","sum":2,"share":0.15384615384615385}]} <nil>
	// {"id":"5b02fcfa116a2654","state":"open","suppressed":true}
	// {"id":"5b02fcfa116a2654","state":"open","suppressed":false}
	// {"id":null,"state":"none","suppressed":false}
	//   {"event":"closed","id":"5b02fcfa116a2654","name":"pumps","shard":"readings/0","key":"p1","state":"closed","first_alarm":"1970-01-01T00:01:00Z","opened":"1970-01-01T00:03:00Z","last_alarm":"1970-01-01T00:04:00Z","closed":"1970-01-01T00:06:00Z","reason":"rows","rows":6,"alarms":3,"suppressed":1,"peak":{"score":9,"time":"1970-01-01T00:03:00Z","position":3},"blame":[{"attribute":"temp","sum":15,"share":0.8333333333333334},{"attribute":"flow","sum":3,"share":0.16666666666666666}]} <nil>
}
