package inputs

import (
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
)

func TestNewPartitionsAreRead(t *testing.T) {
	s := newSite(t, 1, "rows")
	k := s.connect("topics: [ rows ]\nconsumer_group: g")
	s.produce("rows", 0, 0, 3)
	readAll(t, k, 3)
	if _, err := s.admin.UpdatePartitions(within(t), 3, "rows"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the partition to be there", func() bool {
		ends, err := s.admin.ListEndOffsets(within(t), "rows")
		_, ok := ends.Lookup("rows", 2)
		return err == nil && ok
	})
	s.client.PurgeTopicsFromClient("rows") // the producer asks again before it writes
	s.produce("rows", 2, 0, 4)
	if got, want := readAll(t, k, 4), values("rows", 2, 0, 4); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTopicsByPattern(t *testing.T) {
	s := newSite(t, 1, "sensors-a", "sensors-test", "my-sensors-a", "orders")
	for _, topic := range []string{"sensors-a", "sensors-test", "my-sensors-a", "orders"} {
		s.produce(topic, 0, 0, 2)
	}
	k := s.connect("topics: [ 'sensors-.{1,4}' ]\nregexp_topics: true\nregexp_topics_exclude: [ 'sensors-t.*' ]\nconsumer_group: g")
	if got, want := readAll(t, k, 2), values("sensors-a", 0, 0, 2); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	nothing(t, k, 200*time.Millisecond)
	if err := s.cluster.CreateTopic("sensors-b", 1, nil); err != nil {
		t.Fatal(err)
	}
	s.produce("sensors-b", 0, 0, 3)
	if got, want := readAll(t, k, 3), values("sensors-b", 0, 0, 3); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestATopicThatComesLaterIsRead(t *testing.T) {
	s := newSite(t, 1)
	k := s.connect("topics: [ rows ]\nconsumer_group: g")
	nothing(t, k, 200*time.Millisecond)
	if err := s.cluster.CreateTopic("rows", 1, nil); err != nil {
		t.Fatal(err)
	}
	s.produce("rows", 0, 0, 3)
	if got, want := readAll(t, k, 3), values("rows", 0, 0, 3); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A topic that is deleted and created again is another one: it is read from
// its beginning, its id tells it apart, and no offset of the old one is
// committed for it.
func TestARecreatedTopicIsReadFromItsBeginning(t *testing.T) {
	for _, c := range []struct{ name, yaml string }{
		{name: "by name", yaml: "topics: [ rows ]\nconsumer_group: g"},
		{name: "by pattern", yaml: "topics: [ 'r.*' ]\nregexp_topics: true\nconsumer_group: g"},
		{name: "by partition", yaml: "topics: [ 'rows:0' ]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, 1, "rows")
			s.produce("rows", 0, 0, 6)
			k := s.connect(c.yaml)
			batch, ack := read(t, k)
			before, _ := batch[0].MetaGet(metaTopicID)
			_ = ack(within(t), nil)
			if err := s.cluster.DeleteTopic("rows"); err != nil {
				t.Fatal(err)
			}
			if err := s.cluster.CreateTopic("rows", 1, nil); err != nil {
				t.Fatal(err)
			}
			s.client.PurgeTopicsFromClient("rows")
			s.produce("rows", 0, 100, 9)
			batch, _ = read(t, k)
			if got, want := contents(t, batch)[0], "rows/0/100"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if after, _ := batch[0].MetaGet(metaTopicID); after == before || after == "" {
				t.Errorf("the id of the new topic is %q, that of the old one %q", after, before)
			}
		})
	}
}

// An offset that was committed for an earlier topic of the same name, by a
// consumer that did not know of its end, does not stand for the new one.
func TestAnOffsetOfAnEarlierTopicDoesNotCount(t *testing.T) {
	const other = "AAAAAAAAAAAAAAAAAAAAAQ"
	for _, c := range []struct {
		name string
		note func(id string) string
		want []string
	}{
		{name: "of this topic", note: func(id string) string { return idNote + id }, want: values("rows", 0, 5, 4)},
		{name: "of an earlier topic", note: func(string) string { return idNote + other }, want: values("rows", 0, 0, 9)},
		{name: "of another client", note: func(string) string { return "consumer-1" }, want: values("rows", 0, 5, 4)},
		{name: "without a note", note: func(string) string { return "" }, want: values("rows", 0, 5, 4)},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, 1, "rows")
			s.produce("rows", 0, 0, 9)
			offsets := kadm.Offsets{}
			offsets.Add(kadm.Offset{Topic: "rows", At: 5, LeaderEpoch: -1, Metadata: c.note(idText(s.cluster.TopicInfo("rows").TopicID))})
			if err := s.admin.CommitAllOffsets(within(t), "g", offsets); err != nil {
				t.Fatal(err)
			}
			k := s.connect("topics: [ rows ]\nconsumer_group: g")
			if got := readAll(t, k, len(c.want)); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// A commit names the topic that it is of, and the last record before it.
func TestCommitsCarryTheTopicID(t *testing.T) {
	s := newSite(t, 1, "rows")
	s.produce("rows", 0, 0, 3)
	k := s.connect("topics: [ rows ]\nconsumer_group: g")
	readAll(t, k, 3)
	want := idNote + idText(s.cluster.TopicInfo("rows").TopicID) + " " + lastNote + "2"
	eventually(t, "the commit", func() bool {
		answer, err := s.admin.FetchOffsets(within(t), "g")
		at, ok := answer.Lookup("rows", 0)
		if ok && at.Metadata != want {
			t.Fatalf("the commit says %q, want %q", at.Metadata, want)
		}
		return err == nil && ok
	})
}
