package inputs

import (
	"slices"
	"testing"
	"time"
)

func TestNewPartitionsAreRead(t *testing.T) {
	s := newSite(t, 1, "rows")
	k := s.connect("topics: [ rows ]\nconsumer_group: g")
	s.produce("rows", 0, 0, 3)
	readAll(t, k, 3)
	if _, err := s.admin.UpdatePartitions(within(t), 3, "rows"); err != nil {
		t.Fatal(err)
	}
	s.client.ForceMetadataRefresh()
	eventually(t, "the producer to see it", func() bool {
		ends, err := s.admin.ListEndOffsets(within(t), "rows")
		_, ok := ends.Lookup("rows", 2)
		return err == nil && ok
	})
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
