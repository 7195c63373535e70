//go:build integration

package examples

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Each example has a test here that runs it, or is listed with who runs it.
func TestEveryExampleIsRun(t *testing.T) {
	elsewhere := []string{"websocket", "csv-headerless", "metrics-wide", "dead-letter", "explore", "features", "machines", "shuttle", "shuttle-file"} // by the stages examples, demo, pages, integration
	source, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, file := range source {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(content)
	}
	found, err := filepath.Glob(filepath.Join(root, "config-examples/*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range found {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		if strings.HasSuffix(name, "_benthos_test") || slices.Contains(elsewhere, name) || strings.Contains(text.String(), `"`+name+`"`) {
			continue
		}
		// A neighbour's example names the test that runs it in its own folder.
		t.Errorf("%s is run by no test of test/examples", file)
	}
}

func TestCSVToPage(t *testing.T) {
	env := fresh(t)
	for range 2 { // the second time nothing is learned again
		p := start(t, "csv-page", env, nil)
		at := "http://" + env["HTTP"] + "/sml/"
		if body := get(t, at); !strings.Contains(body, "<html") {
			t.Errorf("the page is %.100s", body)
		}
		eventually(t, "2000 rows", func() bool { return strings.Contains(get(t, at+"projects/table"), `"rows":2000`) })
		eventually(t, "the model", func() bool { return strings.Contains(get(t, at+"projects/table/models/prediction"), "r2") })
		p.stop()
		if n := learned(t, "csv-page", "table", env); n != 2000 {
			t.Errorf("%d rows are learned, want 2000", n)
		}
	}
}

func TestRegression(t *testing.T) {
	rows := readings(t)
	docs := documents(t, start(t, "regression", fresh(t), strings.NewReader(strings.Join(rows, "\n"))).wait())
	if len(docs) != len(rows) {
		t.Fatalf("%d documents, want %d", len(docs), len(rows))
	}
	result := docs[len(docs)-1]["sml"].(map[string]any)["s8"].(map[string]any)
	evaluation := result["evaluation"].(map[string]any)
	// s8 is s3 less s5, but for a rounding error of about 1 (UCI, Statlog Shuttle).
	if r2 := evaluation["r2"].(float64); r2 < 0.99 {
		t.Errorf("r2 is %v", r2)
	}
}

func TestClassifier(t *testing.T) {
	address, client := kafka(t, "tickets", "tickets-classified", "tickets-dead-letters")
	env := map[string]string{"KAFKA": address, "REDIS_URL": need(t, "SML_REDIS") + "/1"}
	rows := readings(t)
	for i := range rows {
		if i%100 == 99 {
			rows[i] = fmt.Sprintf(`{"id":%d,"s1":"warm"}`, i)
		}
	}
	start(t, "classifier", env, nil)
	// A stream, not a backlog: the rows of one batch are classified by those of
	// the batches before it.
	sent := 0
	for chunk := range slices.Chunk(rows, 200) {
		produce(t, client, "tickets", chunk)
		sent += 198 // two of each chunk are not learned
		eventually(t, "a chunk", func() bool { return learned(t, "classifier", "tickets", env) >= sent })
	}
	right, scored := 0, 0
	for _, r := range consume(t, address, "tickets-classified", 1980) {
		doc := documents(t, string(r.Value))[0]
		if class, ok := doc["sml"].(map[string]any)["kind"].(map[string]any)["class"]; ok {
			scored++
			if class == fmt.Sprint(doc["class"]) {
				right++
			}
		}
	}
	// 92 % of the readings are of class 1; knowing nothing gives that.
	if scored < 1000 || float64(right) < 0.93*float64(scored) {
		t.Errorf("%d of %d are right", right, scored)
	}
	for _, r := range consume(t, address, "tickets-dead-letters", 20) {
		reason := header(r, "reason")
		if !strings.Contains(reason, "s1") || !strings.Contains(string(r.Value), "warm") {
			t.Errorf("%s has the reason %q", r.Value, reason)
		}
	}
}

func header(r *kgo.Record, key string) string {
	for _, h := range r.Headers {
		if h.Key == key {
			return string(h.Value)
		}
	}
	return ""
}

func TestScorer(t *testing.T) {
	address, client := kafka(t, "shuttle-sensor", "shuttle-sensor-preds", "shuttle-scored")
	env := fresh(t)
	maps.Copy(env, map[string]string{"KAFKA": address, "REDIS_URL": need(t, "SML_REDIS") + "/2"})
	produce(t, client, "shuttle-sensor", readings(t))
	learner := start(t, "shuttle", env, nil)
	consume(t, address, "shuttle-sensor-preds", 2000)
	learner.stop()
	// The learner is away: the scorer goes on with what has been learned.
	start(t, "scorer", env, nil)
	for _, r := range consume(t, address, "shuttle-scored", 2000) {
		if !strings.Contains(string(r.Value), `"score":`) {
			t.Fatalf("no score: %s", r.Value)
		}
	}
}

func TestAlarm(t *testing.T) {
	url, posted := webhook(t)
	var rows []string
	for i := range 600 {
		// A wave without two equal values, so the tail has a shape.
		rows = append(rows, fmt.Sprintf(`{"machine":"m1","temp":%.3f}`, 20+float64(i*37%101)/25+float64(i%7)/90))
	}
	rows = append(rows, `{"machine":"m2","temp":95}`)
	env := fresh(t)
	env["WEBHOOK"] = url
	docs := documents(t, start(t, "alarm", env, strings.NewReader(strings.Join(rows, "\n"))).wait())
	alarms := posted()
	if len(docs)+len(alarms) != len(rows) || len(alarms) == 0 || len(alarms) > 5 {
		t.Fatalf("%d rows went on and %d alarms were sent, of %d", len(docs), len(alarms), len(rows))
	}
	if last := alarms[len(alarms)-1]; !strings.HasPrefix(last, `{"text":"m2: temperature 95 is beyond 2`) {
		t.Errorf("the alarm is %s", last)
	}
}

func TestIncidents(t *testing.T) {
	var rows []string
	for i := range 500 {
		temp := 20 + float64(i*37%101)/25 + float64(i%7)/90
		if i > 400 && i < 430 && i%2 == 0 || i == 300 {
			temp = 60
		}
		rows = append(rows, fmt.Sprintf(`{"seq":%d,"machine":"m1","time":"2026-01-05T%02d:%02d:%02dZ","temp":%.3f,"flow":%.3f}`, i, 6+i/3600, i/60%60, i%60, temp, 3+float64(i*53%97)/97))
	}
	env := fresh(t)
	env["INCIDENTS"] = filepath.Join(t.TempDir(), "incidents.jsonl")
	for range 2 { // the second time everything is a replay, and nothing opens again
		if docs := documents(t, start(t, "incidents", env, strings.NewReader(strings.Join(rows, "\n"))).wait()); len(docs) != len(rows) {
			t.Fatalf("%d documents, want %d", len(docs), len(rows))
		}
		told, err := os.ReadFile(env["INCIDENTS"])
		if err != nil {
			t.Fatal(err)
		}
		kinds := map[any]int{}
		ids := map[any]bool{}
		for _, e := range documents(t, string(told)) {
			kinds[e["event"]]++
			ids[e["id"]] = true
		}
		if len(ids) != 1 || kinds["opened"] != kinds["closed"] || kinds["opened"] == 0 {
			t.Errorf("told was %v of %d incidents", kinds, len(ids))
		}
	}
}

func TestAnomalyRate(t *testing.T) {
	url, posted := webhook(t)
	var rows []string
	for i := range 3000 {
		temp := 20 + float64(i*37%101)/25
		// Two bursts, each a tenth of its ten minutes; the second one further out,
		// as the first one has been learned.
		if i%4 == 0 && i > 1200 && i < 1500 {
			temp = 60
		}
		if i%4 == 0 && i > 2300 && i < 2600 {
			temp = 600
		}
		rows = append(rows, fmt.Sprintf(`{"time":"2026-01-05T%02d:%02d:%02dZ","temp":%.3f}`, 6+i/3600, i/60%60, i%60, temp))
	}
	env := fresh(t)
	env["WEBHOOK"] = url
	docs := documents(t, start(t, "anomaly-rate", env, strings.NewReader(strings.Join(rows, "\n"))).wait())
	alarms := posted()
	if len(docs)+len(alarms) != len(rows) {
		t.Fatalf("%d rows went on and %d alarms were sent, of %d", len(docs), len(alarms), len(rows))
	}
	if len(alarms) != 2 || !strings.Contains(alarms[0], "2026-01-05T06:2") || !strings.Contains(alarms[1], "2026-01-05T06:4") {
		t.Errorf("the alarms are %q", alarms)
	}
}

func TestLearnerAndPage(t *testing.T) {
	address, client := kafka(t, "readings")
	env := fresh(t)
	env["KAFKA"] = address
	produce(t, client, "readings", readings(t))
	start(t, "learner-page", env, nil)
	at := "http://" + env["HTTP"] + "/sml/"
	if body := get(t, at); !strings.Contains(body, "<html") {
		t.Errorf("the page is %.100s", body)
	}
	eventually(t, "2000 rows", func() bool { return strings.Contains(get(t, at+"projects/readings"), `"rows":2000`) })
}

func TestEdgeAndHub(t *testing.T) {
	rows := readings(t)
	hub := fresh(t)
	whole := 0
	for i, share := range [][]string{rows[:700], rows[700:1500]} {
		site := fresh(t)
		start(t, "edge", site, strings.NewReader(strings.Join(share, "\n"))).wait()
		file := filepath.Join(t.TempDir(), "site.sml")
		run(t, site, "sml", "export", "-c", path("edge"), "readings", "-o", file)
		for range 2 { // sent twice, it counts once
			run(t, hub, "sml", "merge", "-c", path("edge"), "fleet", file, "--as", fmt.Sprint("site-", i))
		}
		whole += len(share)
		if n := learned(t, "edge", "fleet", hub); n != whole {
			t.Errorf("the hub has %d rows, want %d", n, whole)
		}
	}
}

func run(t *testing.T, env map[string]string, args ...string) {
	t.Helper()
	if out, err := command(t, env, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %v: %s", args, err, out)
	}
}

func TestBackfill(t *testing.T) {
	address, client := kafka(t, "readings")
	env := fresh(t)
	env["KAFKA"] = address
	records := produce(t, client, "readings", readings(t)[:1000])
	var archive strings.Builder
	for _, r := range records[:600] {
		fmt.Fprintf(&archive, "{\"_partition\":%d,\"_offset\":%d,%s\n", r.Partition, r.Offset, r.Value[1:])
	}
	env["ARCHIVE"] = filepath.Join(t.TempDir(), "archive.jsonl")
	if err := os.WriteFile(env["ARCHIVE"], []byte(archive.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, "backfill", env, nil)
	eventually(t, "1000 rows", func() bool { return learned(t, "backfill", "readings", env) == 1000 })
	produce(t, client, "readings", readings(t)[1000:1100])
	eventually(t, "1100 rows", func() bool { return learned(t, "backfill", "readings", env) == 1100 })
	p.stop()
	// A restart reads the archive again, and counts nothing of it.
	start(t, "backfill", env, nil)
	produce(t, client, "readings", readings(t)[1100:1110])
	eventually(t, "1110 rows", func() bool { return learned(t, "backfill", "readings", env) == 1110 })
}
