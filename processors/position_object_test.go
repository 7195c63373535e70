package processors_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
)

// inObject is a row as sml_s3 gives it.
func inObject(bucket, key string, position any) *service.Message {
	m := service.NewMessage([]byte(fmt.Sprintf(`{"x":%d}`, len(key)+7*len(fmt.Sprint(position)))))
	m.MetaSetMut("s3_bucket", bucket)
	m.MetaSetMut("s3_key", key)
	m.MetaSetMut("s3_position", position)
	return m
}

// TestObjects: rows of objects are learned once without a word in the configuration,
// whatever run breaks off and however objects grow between two.
func TestObjects(t *testing.T) {
	for seed := range drawn.Seeds(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 13))
			buckets, keys := []string{"a", "a.b"}, []string{"k", "in/k", "b/k", "c d+é.csv", "in//k"}
			lengths, most := map[[2]string]int{}, map[[2]string]int{}
			var messages []*service.Message
			for range 3 { // runs
				stops := random.IntN(100)
				for _, bucket := range buckets {
					for _, key := range keys[:1+random.IntN(len(keys))] {
						object := [2]string{bucket, key}
						lengths[object] += 1 + random.IntN(8)
						for i := range lengths[object] {
							if len(messages)%101 == stops {
								break
							}
							messages = append(messages, inObject(bucket, key, i))
							most[object] = max(most[object], i+1)
						}
					}
				}
			}
			want := 0
			for _, n := range most {
				want += n
			}
			if rows, shards, _ := learned(t, "", messages); rows != float64(want) || shards != len(most) {
				t.Errorf("%v rows of %d shards, want %d of %d", rows, shards, want, len(most))
			}
		})
	}
}

// TestNoObjects: what another source says, or the configuration, is not taken for a
// position in an object.
func TestNoObjects(t *testing.T) {
	for name, c := range map[string]struct {
		settings string
		messages []*service.Message
		rows     float64
		shards   int
	}{
		"text":            {"", []*service.Message{inObject("a", "k", "0"), inObject("a", "k", "0")}, 2, 1},
		"negative":        {"", []*service.Message{inObject("a", "k", -1), inObject("a", "k", -1)}, 2, 1},
		"fraction":        {"", []*service.Message{inObject("a", "k", 0.5), inObject("a", "k", 0.5)}, 2, 1},
		"no bucket":       {"", []*service.Message{inObject("", "k", 0), inObject("", "k", 0)}, 2, 1},
		"reserved":        {"", []*service.Message{inObject("~a", "k", 0), inObject("~a", "k", 0)}, 2, 1},
		"own position":    {"  shard: s\n  position: ${! @s3_position }", []*service.Message{inObject("a", "k", 0), inObject("b", "k", 0), inObject("b", "l", 1)}, 2, 1},
		"of the source":   {"  source: ${! @s3_key }", []*service.Message{inObject("a", "k", 0), inObject("a", "k", 0), inObject("a", "l", 0)}, 2, 2},
		"one is no other": {"", []*service.Message{inObject("a", "b/k", 0), inObject("a", "k", 0)}, 2, 2},
	} {
		t.Run(name, func(t *testing.T) {
			if rows, shards, _ := learned(t, c.settings, c.messages); rows != c.rows || shards != c.shards {
				t.Errorf("%v rows of %d shards, want %v of %d", rows, shards, c.rows, c.shards)
			}
		})
	}
}
