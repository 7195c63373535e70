package demo

import (
	"math/rand/v2"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// TestEmbeddedBrokerIsBounded: of more than a partition may hold, the newest
// messages stay.
func TestEmbeddedBrokerIsBounded(t *testing.T) {
	e, err := embeddedBroker()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.stop)
	const topic, size, count = "t", 1 << 17, 3 * partitionBytes >> 17
	b, err := connect(t.Context(), e.addresses(), 1, topic)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.close)
	for range count {
		if err := b.client.ProduceSync(t.Context(), &kgo.Record{Topic: topic, Value: noise(size)}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	start := func() int64 {
		listed, err := b.admin.ListStartOffsets(t.Context(), topic)
		if err != nil {
			t.Fatal(err)
		}
		var at int64
		listed.Each(func(o kadm.ListedOffset) { at = o.Offset })
		return at
	}
	if at := start(); at != 0 {
		t.Fatalf("the first message is at %d before anything is trimmed", at)
	}
	e.cluster.ApplyRetention()
	if kept := count - start(); kept < partitionBytes/size/2 || kept > partitionBytes/size {
		t.Errorf("%d messages of %d bytes are kept, want about %d", kept, size, partitionBytes/size)
	}
}

// noise is bytes that no codec makes smaller.
func noise(size int) []byte {
	out, r := make([]byte, size), rand.New(rand.NewPCG(1, 1))
	for i := range out {
		out[i] = byte(r.Uint32())
	}
	return out
}
