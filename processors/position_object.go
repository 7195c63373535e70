package processors

import (
	"strings"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// Metadata that the input sml_s3 sets.
const (
	metaBucket   = "s3_bucket"
	metaObject   = "s3_key"
	metaInObject = "s3_position"
)

// objectPosition fills in shard and offset of a message of sml_s3: its object, and its
// number in it. It reports whether the message has any. A position that is text is of
// another source, such as a header, and says nothing.
//
// Every run delivers an object from position 0 on, so the message says nothing of a
// beginning: what a lost record had comes again.
func objectPosition(m *service.Message, source string, into *live.Message) bool {
	v, ok := m.MetaGetMut(metaInObject)
	if _, isText := v.(string); !ok || isText {
		return false
	}
	position, ok := integer(v)
	bucket, key := metaText(m, metaBucket), metaText(m, metaObject)
	if !ok || position < 0 || bucket == "" || key == "" || strings.HasPrefix(bucket, project.ReservedShard) {
		return false
	}
	into.Shard = inSource(source, bucket+"/"+key)
	into.Offset, into.HasOffset = position, true
	return true
}
