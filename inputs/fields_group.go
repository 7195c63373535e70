package inputs

import (
	"github.com/redpanda-data/benthos/v4/public/service"
)

// Fields about the consumer group.
const (
	fieldGroup            = "consumer_group"
	fieldInstanceID       = "instance_id"
	fieldSessionTimeout   = "session_timeout"
	fieldRebalanceTimeout = "rebalance_timeout"
	fieldHeartbeat        = "heartbeat_interval"
	fieldRevokeTimeout    = "revoke_timeout"
	fieldCommitPeriod     = "commit_period"
)

func groupFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewStringField(fieldGroup).
			Description("The consumer group. Its members share the partitions and its offsets say what has been read.").
			Default(""),
		service.NewStringField(fieldInstanceID).
			Description("A name of this process that stays the same over restarts (static membership). A process that comes back within `session_timeout` has its partitions again at once, without a rebalance. Each process of the group needs its own.").
			Default("").
			Advanced(),
		service.NewDurationField(fieldSessionTimeout).
			Description("After how long without a sign of life the group takes a process for dead, and gives its partitions to others.").
			Default("10s").
			Advanced(),
		service.NewDurationField(fieldRebalanceTimeout).
			Description("How long the members of the group may take to give partitions up and join again.").
			Default("45s").
			Advanced(),
		service.NewDurationField(fieldHeartbeat).
			Description("The time between signs of life; less than `session_timeout`, a third of it or less is usual.").
			Default("3s").
			Advanced(),
		service.NewDurationField(fieldRevokeTimeout).
			Description("How long batches in flight are waited for when their partition goes to another consumer; what is not acknowledged then is read again there. Less than `rebalance_timeout`.").
			Default("5s").
			Advanced(),
		service.NewDurationField(fieldCommitPeriod).
			Description("How often the offsets of what has been acknowledged are committed, besides when a partition is given up and at the end.").
			Default("1s").
			Advanced(),
	}
}
