package inputs

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/rpconnect-sml/rpconnect-sml/broker"
)

// closeWithin is what the input promises.
const closeWithin = 2 * time.Second

func closeInTime(t *testing.T, k *kafka) {
	t.Helper()
	start := time.Now()
	if err := k.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if took := time.Since(start); took > closeWithin {
		t.Errorf("close took %v, want at most %v", took, closeWithin)
	}
}

func TestClose(t *testing.T) {
	yaml := "topics: [ rows ]\nconsumer_group: g\nmax_batch_count: 2"
	for _, c := range []struct {
		name string
		do   func(t *testing.T, s *site, k *kafka)
		want int64 // committed afterwards, -1 for nothing
	}{
		{name: "idle", want: 10, do: func(t *testing.T, s *site, k *kafka) { readAll(t, k, 10) }},
		{name: "with a batch in flight", want: 2, do: func(t *testing.T, s *site, k *kafka) { readAll(t, k, 2); read(t, k) }},
		{name: "never read", want: -1, do: func(*testing.T, *site, *kafka) {}},
		{name: "blocked in a read", want: 10, do: func(t *testing.T, s *site, k *kafka) {
			readAll(t, k, 10)
			ctx, cancel := context.WithCancel(context.Background())
			done := make(chan struct{})
			go func() { defer close(done); _, _, _ = k.ReadBatch(ctx) }()
			t.Cleanup(func() { cancel(); <-done })
		}},
		{name: "with the broker gone", want: -1, do: func(t *testing.T, s *site, k *kafka) {
			_, ack := read(t, k)
			s.cluster.Close()
			_ = ack(context.Background(), nil)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, 1, "rows")
			s.produce("rows", 0, 0, 10)
			k := s.connect(yaml + "\ncommit_period: 1h")
			c.do(t, s, k)
			closeInTime(t, k)
			if c.want < 0 {
				return
			}
			if got := s.committed("g")[partition{"rows", 0}]; got != c.want {
				t.Errorf("committed %d, want %d", got, c.want)
			}
		})
	}
}

// A revoke that waits for a batch does not keep the input from closing.
func TestCloseDuringARevoke(t *testing.T) {
	s := newSite(t, 2, "rows")
	s.produce("rows", 0, 0, 10)
	s.produce("rows", 1, 0, 10)
	k := s.connect("topics: [ rows ]\nconsumer_group: g\nrevoke_timeout: 20s")
	read(t, k)
	read(t, k)
	s.other("g")
	eventually(t, "the revoke", func() bool { return len(sealedOf(k)) > 0 })
	closeInTime(t, k)
	if got := s.committed("g"); len(got) != 0 {
		t.Errorf("committed %v, of which nothing was acknowledged", got)
	}
}

// A broker that takes requests and answers none.
func TestCloseWithABrokerThatIsFrozen(t *testing.T) {
	s := newSite(t, 1, "rows")
	s.produce("rows", 0, 0, 10)
	k := s.connect("topics: [ rows ]\nconsumer_group: g\nmax_batch_count: 2")
	readAll(t, k, 2)
	frozen := make(chan struct{})
	defer close(frozen)
	for _, key := range []kmsg.Key{kmsg.OffsetCommit, kmsg.LeaveGroup, kmsg.Heartbeat} {
		s.cluster.ControlKey(int16(key), func(kmsg.Request) (kmsg.Response, error, bool) {
			s.cluster.KeepControl()
			s.cluster.SleepControl(func() { <-frozen })
			return nil, nil, false
		})
	}
	readAll(t, k, 2)
	closeInTime(t, k)
}

func TestABrokerThatIsAwayAtTheStart(t *testing.T) {
	hole, err := net.Listen("tcp", "127.0.0.1:0") // accepts and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer hole.Close()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	for _, c := range []struct{ name, address string }{
		{name: "nobody listens", address: gone.Addr().String()},
		{name: "nobody answers", address: hole.Addr().String()},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := parseText(t, "seed_brokers: [ '"+c.address+"' ]\ntopics: [ rows ]\nconsumer_group: g")
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			err := k.Connect(ctx)
			if err == nil || !strings.Contains(err.Error(), broker.FieldSeedBrokers) {
				t.Errorf("got %v, want an error that names %s", err, broker.FieldSeedBrokers)
			}
			if results := k.ConnectionTest(ctx); len(results) != 1 || results[0].Err == nil {
				t.Errorf("the connection test says %v", results)
			}
			if _, _, err := k.ReadBatch(ctx); err != service.ErrNotConnected {
				t.Errorf("a read says %v, want %v", err, service.ErrNotConnected)
			}
			closeInTime(t, k)
			if err := k.Connect(context.Background()); err != service.ErrEndOfInput {
				t.Errorf("a connect after the close says %v, want %v", err, service.ErrEndOfInput)
			}
		})
	}
}

// A connect that hangs is ended by the close.
func TestCloseDuringConnect(t *testing.T) {
	hole, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer hole.Close()
	k := parseText(t, "seed_brokers: [ '"+hole.Addr().String()+"' ]\ntopics: [ rows ]\nconsumer_group: g")
	done := make(chan error)
	go func() { done <- k.Connect(context.Background()) }()
	conn, err := hole.Accept() // the connect has begun
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	closeInTime(t, k)
	select {
	case err := <-done:
		if err == nil {
			t.Error("the connect succeeded")
		}
	case <-time.After(closeWithin):
		t.Error("the connect goes on")
	}
}

// A broker that goes away while the input runs and comes back: reading goes on
// where it was.
func TestABrokerThatGoesAndComesBack(t *testing.T) {
	s, reopen := newPersistentSite(t)
	s.produce("rows", 0, 0, 5)
	k := s.connect("topics: [ rows ]\nconsumer_group: g\nsession_timeout: 6s\nheartbeat_interval: 100ms")
	readAll(t, k, 5)
	s.cluster.Close()
	eventually(t, "it to be said", func() bool { return !k.current().limiter.Allow("away") })
	reopen()
	s.produce("rows", 0, 5, 5)
	find(t, k, "rows/0/9")
}
