package broker

import (
	"errors"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/kerr"
)

// deniedPause is how long to wait before brokers are asked again that do not
// let us in.
const deniedPause = 30 * time.Second

// Refusal makes the host wait 30 s before it tries again where brokers do not let
// us in; any other error is returned as it is.
func Refusal(err error) error {
	for _, denied := range []error{kerr.SaslAuthenticationFailed, kerr.UnsupportedSaslMechanism, kerr.IllegalSaslState, kerr.TopicAuthorizationFailed, kerr.GroupAuthorizationFailed, kerr.ClusterAuthorizationFailed} {
		if errors.Is(err, denied) {
			return service.NewErrBackOff(err, deniedPause)
		}
	}
	return err
}
