package sml

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestForgetShard: a source that was merged is forgotten, and can be merged again.
func TestForgetShard(t *testing.T) {
	plant, hq := newSite(t, "plant", ""), newSite(t, "hq", "")
	plant.learn("plant", "t/0", documents(30, 0))
	file := filepath.Join(plant.dir, "plant.sml")
	var wrote exportAnswer
	plant.must(&wrote, "export", "-o", file)
	hq.learn("hq", "t/0", documents(8, 2))
	for range 2 {
		var merged mergeAnswer
		if hq.must(&merged, "merge", "hq", file, "--as", "plant-7"); merged.Rows != 38 || merged.Already {
			t.Fatalf("%+v", merged)
		}
		if out, code := hq.run("forget", "hq", "--shard", "merged/plant-7"); code != exitUsage || !strings.Contains(out, "would forget shard merged/plant-7 of project hq: 30 rows, 8 would be left. Nothing was done") {
			t.Fatalf("exit %d, %s", code, out)
		}
		var got forgetAnswer
		if hq.must(&got, "forget", "hq", "--shard", "merged/plant-7", "--yes"); got.Forgotten != 30 || got.Rows != 8 || !got.Done {
			t.Errorf("%+v, want 30 rows forgotten and 8 left", got)
		}
		var health checkAnswer
		if hq.must(&health, "check"); !health.Healthy {
			t.Errorf("%+v", health)
		}
	}
	for _, c := range []struct{ name, shard, want string }{
		{name: "unknown", shard: "t/9", want: `no shard "t/9"`},
		{name: "frozen version", shard: "~frozen/h@1", want: "frozen version"},
		{name: "none", want: "needs --shard"},
	} {
		args := []string{"hq"}
		if c.shard != "" {
			args = append(args, "--shard", c.shard)
		}
		if out, code := hq.run("forget", args...); code == 0 || !strings.Contains(out, c.want) {
			t.Errorf("%s: exit %d, %s", c.name, code, out)
		}
	}
}

// TestForgetSaysWhatKeepsRows: the command names models that follow the stream, before it forgets
// and after.
func TestForgetSaysWhatKeepsRows(t *testing.T) {
	plant := newSite(t, "plant", "")
	text, err := os.ReadFile(plant.config)
	if err != nil {
		t.Fatal(err)
	}
	with := strings.Replace(string(text), "{ name: h, type: hba }", "{ name: h, type: hba }, { name: follower, type: adaptive, target: x, options: { trees: 2, max_nodes: 64 } }", 1)
	if err := os.WriteFile(plant.config, []byte(with), 0o600); err != nil {
		t.Fatal(err)
	}
	plant.learn("plant", "t/0", documents(30, 0))
	if out, code := plant.run("forget", "plant", "--shard", "t/0"); code != exitUsage || !strings.Contains(out, "model follower follows the stream") {
		t.Errorf("before: exit %d, %s", code, out)
	}
	if out, code := plant.run("forget", "plant", "--shard", "t/0", "--yes"); code != 0 || !strings.Contains(out, "model follower follows the stream") {
		t.Errorf("after: exit %d, %s", code, out)
	}
}
