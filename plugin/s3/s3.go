// Package s3 registers the input sml_s3: import it for its side effect, beside
// package plugin, in a build that reads object stores of Amazon or with its
// interface.
//
//	import _ "github.com/rpconnect-sml/rpconnect-sml/plugin/s3"
package s3

import (
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/inputs"
	"github.com/rpconnect-sml/rpconnect-sml/inputs/s3"
)

func init() {
	if err := s3.Register(service.GlobalEnvironment()); err != nil {
		panic(err)
	}
	inputs.Offer(s3.Name, s3.Try)
}
