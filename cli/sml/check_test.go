package sml

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckAndRepair(t *testing.T) {
	s := newSite(t, "p", "")
	s.learn("p", "t/0", documents(30, 0))
	s.learn("p", "t/1", documents(12, 0))
	var checked checkAnswer
	s.must(&checked, "check")
	if !checked.Healthy || len(checked.Records) != 5 {
		t.Errorf("check says %+v, want 5 healthy records", checked)
	}
	var mended repairAnswer
	if s.must(&mended, "repair", "--yes"); len(mended.Shards) != 0 {
		t.Errorf("repair of what is well says %+v", mended)
	}
	key := filepath.Join(s.dir, "a", "sml.p.shard.t_2F0.1")
	value, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	value[len(value)/2] ^= 0x40
	if err := os.WriteFile(key, value, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		want []string
	}{
		{name: "info", args: []string{"info"}, code: 1, want: []string{"sml.p.shard.t_2F0.1", "checksum"}},
		{name: "check", args: []string{"check"}, code: 1, want: []string{"DAMAGED", "sml.p.shard.t_2F0.1", "checksum", "1 of 5"}},
		{name: "dry repair", args: []string{"repair"}, want: []string{"shard t/0: would give up version 1", "begins empty", "--yes"}},
		{name: "still damaged", args: []string{"check"}, code: 1, want: []string{"DAMAGED"}},
		{name: "repair", args: []string{"repair", "--yes"}, want: []string{"shard t/0: gave up version 1"}},
		{name: "well again", args: []string{"check"}, want: []string{"good"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, code := s.run(c.args[0], c.args[1:]...)
			if code != c.code {
				t.Errorf("exit code is %d, want %d", code, c.code)
			}
			for _, want := range c.want {
				if !strings.Contains(out, want) {
					t.Errorf("says %q, want it to contain %q", out, want)
				}
			}
		})
	}
	// The source is read again from the beginning: the other shard has its own.
	s.learn("p", "t/0", documents(30, 0))
	var after infoAnswer
	if s.must(&after, "info"); after.Rows != 42 {
		t.Errorf("%v rows after the source was read again, want 42", after.Rows)
	}
}

// damagePages flips a bit in one of the large values of a pattern and removes another.
func damagePages(t *testing.T, pattern string) {
	t.Helper()
	values, err := filepath.Glob(pattern)
	if err != nil || len(values) < 10 {
		t.Fatalf("%d values (%v)", len(values), err)
	}
	damage := 0
	for _, file := range values {
		value, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(value) < 500 { // the table may be: it is left as it is
			continue
		}
		if damage++; damage == 1 {
			value[len(value)/2] ^= 0x40
			err = os.WriteFile(file, value, 0o600)
		} else if damage == 2 {
			err = os.Remove(file)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestRepairKeys: a damaged value of what is kept per key is found, and given up
// by itself.
func TestRepairKeys(t *testing.T) {
	s := newSite(t, "p", `, key: "${! this.id }", entities: { resident: 20 }`)
	var rows []string
	for i := range 3000 {
		rows = append(rows, fmt.Sprintf(`{"x":%d,"id":"k%d"}`, i%10, i%300))
	}
	s.learn("p", "t/0", rows)
	var before infoAnswer
	if s.must(&before, "info"); before.Keys == nil || *before.Keys != 300 || before.Rows != 3000 {
		t.Fatalf("%v keys of %v rows", before.Keys, before.Rows)
	}
	damagePages(t, filepath.Join(s.dir, "a", "sml.p.entities.*"))
	for _, c := range []struct {
		name string
		args []string
		code int
		want []string
	}{
		{name: "check", args: []string{"check"}, code: 1, want: []string{"keys t/0", "DAMAGED", "sml.p.entities.", "checksum", "is gone"}},
		{name: "dry repair", args: []string{"repair"}, want: []string{"shard t/0: would give up the statistics per key in 2 values", "--yes"}},
		{name: "repair", args: []string{"repair", "--yes"}, want: []string{"shard t/0: gave up the statistics per key in 2 values"}},
		{name: "well again", args: []string{"check"}, want: []string{"good"}},
	} {
		out, code := s.run(c.args[0], c.args[1:]...)
		if code != c.code {
			t.Errorf("%s: exit code is %d, want %d", c.name, code, c.code)
		}
		for _, want := range c.want {
			if !strings.Contains(out, want) {
				t.Errorf("%s says %q, want it to contain %q", c.name, out, want)
			}
		}
	}
	var after infoAnswer
	if s.must(&after, "info"); after.Keys == nil || *after.Keys >= 300 || *after.Keys < 200 || after.Rows != 3000 {
		t.Errorf("%d keys of %v rows are left", *after.Keys, after.Rows)
	}
	s.learn("p", "t/0", append(rows, `{"x":1,"id":"k0"}`))
	if s.must(&after, "info"); after.Rows != 3001 {
		t.Errorf("%v rows after learning went on, want 3001", after.Rows)
	}
}

// TestSchemaThatBeganAnew: the keys of a schema vanish while no process holds them, and it
// begins with other attributes or values first. The command says which shard cannot learn any
// more, and what it advises keeps all rows.
func TestSchemaThatBeganAnew(t *testing.T) {
	for name, other := range map[string][]string{
		"values":     {`{"x":1,"y":2,"c":"k2"}`, `{"x":2,"y":2,"c":"k1"}`, `{"x":3,"y":2,"c":"k0"}`},
		"attributes": {`{"y":1}`, `{"x":2,"y":2,"c":"k0"}`, `{"x":3,"y":2,"c":"k1"}`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, "p", "")
			s.learn("p", "t/0", documents(30, 0))
			files, err := filepath.Glob(filepath.Join(s.dir, "a", "sml.p.schema*"))
			if err != nil || len(files) == 0 {
				t.Fatalf("%v (%v)", files, err)
			}
			for _, file := range files {
				if err := os.Remove(file); err != nil {
					t.Fatal(err)
				}
			}
			s.learn("p", "t/1", other)
			out, code := s.run("check")
			if code == 0 || !strings.Contains(out, `shard "t/0": the shard has learned attributes or their values in another order`) || strings.Contains(out, `shard "t/1":`) {
				t.Fatalf("exit %d: %s", code, out)
			}
			file := filepath.Join(s.dir, "p.sml")
			s.must(new(exportAnswer), "export", "-o", file)
			s.must(new(forgetAnswer), "forget", "p", "--shard", "t/0", "--yes")
			s.must(new(forgetAnswer), "forget", "p", "--shard", "t/1", "--yes")
			var merged mergeAnswer
			if s.must(&merged, "merge", "p", file, "--as", "before"); merged.Rows != 33 {
				t.Errorf("%+v, want 33 rows", merged)
			}
			var health checkAnswer
			if s.must(&health, "check"); !health.Healthy {
				t.Errorf("%+v", health)
			}
		})
	}
}
