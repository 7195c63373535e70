package live

import (
	"bytes"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
)

// TestScoresOfEarlierVersions: statistics of scores of version 1, which had no members, are
// read, and a later version than this is refused. Both versions of one content are alike but
// for the version and the flag of the members.
func TestScoresOfEarlierVersions(t *testing.T) {
	s, err := scoreCodec{}.New()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.add([]float64{1, 2, 5}, nil); err != nil {
		t.Fatal(err)
	}
	var w wire.Writer
	s.Encode(&w)
	now := bytes.Clone(w.Bytes())
	before := bytes.Clone(now[:len(now)-1])
	before[0] = scoreVersionNoMembers
	r := wire.NewReader(before)
	old, err := scoreCodec{}.Decode(r)
	if err == nil {
		err = r.Close()
	}
	if err != nil || old.members != nil || old.seen() != 3 {
		t.Fatalf("version 1 is read as %+v, %v", old, err)
	}
	var again wire.Writer
	if old.Encode(&again); !bytes.Equal(again.Bytes(), now) {
		t.Error("version 1 is written again as something else than version 2 of it")
	}
	later := bytes.Clone(now)
	later[0] = scoreVersion + 1
	if _, err := (scoreCodec{}).Decode(wire.NewReader(later)); err == nil {
		t.Error("a later version is read")
	}
	if s.members, err = evaluation.NewMembers(model.RoleClassification, 100); err != nil {
		t.Fatal(err)
	}
	s.members.Add(time.Unix(7, 0), .5, []evaluation.MemberLoss{{Name: "a", Weight: 1, Loss: .5}})
	w = wire.Writer{}
	s.Encode(&w)
	r = wire.NewReader(w.Bytes())
	back, err := scoreCodec{}.Decode(r)
	if err != nil || r.Close() != nil || back.members.Seen() != 1 {
		t.Fatalf("with members it is read as %+v, %v", back, err)
	}
}
