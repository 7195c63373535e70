package inputs

import (
	"github.com/redpanda-data/benthos/v4/public/service"
)

// Fields about requests for records.
const (
	fieldFetchMaxBytes     = "fetch_max_bytes"
	fieldFetchMinBytes     = "fetch_min_bytes"
	fieldFetchMaxPartition = "fetch_max_partition_bytes"
	fieldFetchMaxWait      = "fetch_max_wait"
)

func fetchFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewStringField(fieldFetchMaxBytes).
			Description("The most bytes that a broker sends at once. One batch of records that is larger is still sent.").
			Default("50MiB").
			Advanced(),
		service.NewStringField(fieldFetchMinBytes).
			Description("A broker waits for this many bytes, `fetch_max_wait` at most, before it answers.").
			Default("1B").
			Advanced(),
		service.NewStringField(fieldFetchMaxPartition).
			Description("The most bytes of one partition that a broker sends at once. One batch of records that is larger is still sent.").
			Default("1MiB").
			Advanced(),
		service.NewDurationField(fieldFetchMaxWait).
			Description("How long a broker waits for new records before it answers that there are none. A partition that was paused because its buffer was full may wait as long until it is read again.").
			Default("250ms").
			Advanced(),
	}
}
