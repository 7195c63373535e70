package broker

import (
	"fmt"
	"strings"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kgo"
)

// clientLog passes the lines of the client on to the log of the pipeline. What
// the client repeats with every attempt is said once a minute.
type clientLog struct {
	log     *service.Logger
	limiter *Limiter
}

var _ kgo.Logger = (*clientLog)(nil)

func newClientLog(log *service.Logger) *clientLog {
	return &clientLog{log: log, limiter: NewLimiter(time.Now)}
}

// Level asks the client for what happens to the group, not for every request.
func (*clientLog) Level() kgo.LogLevel { return kgo.LogLevelInfo }

// Log says a line of the client, its details behind it.
func (c *clientLog) Log(level kgo.LogLevel, msg string, keyvals ...any) {
	var b strings.Builder
	b.WriteString(msg)
	reason := msg
	for i := 0; i+1 < len(keyvals); i += 2 {
		fmt.Fprintf(&b, ", %v %v", keyvals[i], keyvals[i+1])
		if keyvals[i] == "err" || keyvals[i] == "topic" {
			reason += fmt.Sprint(keyvals[i+1])
		}
	}
	switch level {
	case kgo.LogLevelError, kgo.LogLevelWarn:
		if !c.limiter.Allow(reason) {
			return
		}
		// The client calls an error what it goes on to retry.
		c.log.Warnf("kafka client: %s", b.String())
	case kgo.LogLevelInfo:
		c.log.Debugf("kafka client: %s", b.String())
	default:
		c.log.Tracef("kafka client: %s", b.String())
	}
}
