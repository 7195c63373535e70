package processors

import (
	"fmt"
	"strings"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// sourceField is the field that tells sources apart whose positions mean different
// messages.
func sourceField() *service.ConfigField {
	return service.NewInterpolatedStringField(learnSource).
		Description("The name of the source of a message, where one project learns from several whose topics or shards have the same names, such as two clusters. The shards of a source have names that begin with it. A new name begins anew: nothing of it has been learned.").
		Example("${! @kafka_cluster_id }").
		Optional().
		Advanced()
}

// verifyField is the field that says what happens when a message is not the one that
// was learned at its position.
func verifyField() *service.ConfigField {
	return service.NewStringEnumField(learnVerify, state.VerifyStop.String(), state.VerifyFail.String(), state.VerifyOff.String()).
		Description("What happens when a message has a position that was learned, and is another message than the one that was learned there: its time (`kafka_timestamp_ms`), its values or its `kafka_cluster_id` differ. `stop`: nothing more is learned or acknowledged until this is settled; the log says how. `fail`: such messages are marked as failed, and the others are learned. `off`: the position alone says which message it is. `docs/inputs.md` has the cases.").
		Default(state.VerifyStop.String()).
		Advanced()
}

func readVerify(conf *service.ParsedConfig) (state.Verify, error) {
	text, err := conf.FieldString(learnVerify)
	if err != nil {
		return 0, err
	}
	v, err := state.ParseVerify(text)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", learnVerify, err)
	}
	return v, nil
}

// sourceAt returns the source of message i, empty where the field is not set.
func sourceAt(text *batchText, i int) (string, error) {
	if !text.set() {
		return "", nil
	}
	source, err := text.at(i)
	switch {
	case err != nil:
		return "", err
	case source == "":
		return "", fmt.Errorf("%q is no name", source)
	case strings.HasPrefix(source, project.ReservedShard):
		return "", fmt.Errorf("%q begins with ~, which is reserved", source)
	}
	return source, nil
}
