package broker

import (
	"context"
	"fmt"

	"github.com/redpanda-data/benthos/v4/public/service"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

const (
	fieldSASL       = "sasl"
	fieldMechanism  = "mechanism"
	fieldUsername   = "username"
	fieldPassword   = "password"
	fieldToken      = "token"
	fieldExtensions = "extensions"

	mechanismNone   = "none"
	mechanismPlain  = "PLAIN"
	mechanismOAuth  = "OAUTHBEARER"
	mechanismSHA256 = "SCRAM-SHA-256"
	mechanismSHA512 = "SCRAM-SHA-512"
)

// saslField has the shape of the host's field, whose helpers are internal.
func saslField() *service.ConfigField {
	return service.NewObjectListField(fieldSASL,
		service.NewStringAnnotatedEnumField(fieldMechanism, map[string]string{
			mechanismNone:   "No authentication.",
			mechanismPlain:  "User name and password as they are; use it over TLS only.",
			mechanismOAuth:  "A bearer token.",
			mechanismSHA256: "User name and password by RFC 5802.",
			mechanismSHA512: "User name and password by RFC 5802.",
		}).
			Description("The mechanism."),
		service.NewStringField(fieldUsername).
			Description("The user for PLAIN and SCRAM.").
			Default(""),
		service.NewStringField(fieldPassword).
			Description("The password for PLAIN and SCRAM.").
			Default("").
			Secret(),
		service.NewStringField(fieldToken).
			Description("The token for OAUTHBEARER.").
			Default("").
			Secret(),
		service.NewStringMapField(fieldExtensions).
			Description("Further keys and values that OAUTHBEARER sends.").
			Optional(),
	).
		Description("Ways to authenticate, in the order in which they are tried: the first one that the broker knows is used.").
		Advanced().
		Optional().
		Example([]any{map[string]any{"mechanism": mechanismSHA512, "username": "learner", "password": "${KAFKA_PASSWORD}"}})
}

// readSASL returns the mechanisms in their order.
func readSASL(conf *service.ParsedConfig) ([]sasl.Mechanism, error) {
	if !conf.Contains(fieldSASL) {
		return nil, nil
	}
	list, err := conf.FieldObjectList(fieldSASL)
	if err != nil {
		return nil, err
	}
	var out []sasl.Mechanism
	for i, entry := range list {
		m, err := readMechanism(entry)
		if err != nil {
			return nil, fmt.Errorf("%s.%d: %w", fieldSASL, i, err)
		}
		if m != nil {
			out = append(out, m)
		}
	}
	return out, nil
}

// readMechanism returns nil for none.
func readMechanism(conf *service.ParsedConfig) (sasl.Mechanism, error) {
	text := map[string]string{}
	for _, field := range []string{fieldMechanism, fieldUsername, fieldPassword, fieldToken} {
		value, err := conf.FieldString(field)
		if err != nil {
			return nil, err
		}
		text[field] = value
	}
	mechanism := text[fieldMechanism]
	need := func(fields ...string) error {
		for _, field := range fields {
			if text[field] == "" {
				return fmt.Errorf("%s is empty, and %s needs it", field, mechanism)
			}
		}
		return nil
	}
	switch mechanism {
	case "", mechanismNone:
		return nil, nil
	case mechanismPlain:
		auth := plain.Auth{User: text[fieldUsername], Pass: text[fieldPassword]}
		return auth.AsMechanism(), need(fieldUsername, fieldPassword)
	case mechanismSHA256:
		auth := scram.Auth{User: text[fieldUsername], Pass: text[fieldPassword]}
		return auth.AsSha256Mechanism(), need(fieldUsername, fieldPassword)
	case mechanismSHA512:
		auth := scram.Auth{User: text[fieldUsername], Pass: text[fieldPassword]}
		return auth.AsSha512Mechanism(), need(fieldUsername, fieldPassword)
	case mechanismOAuth:
		auth := oauth.Auth{Token: text[fieldToken]}
		if conf.Contains(fieldExtensions) {
			var err error
			if auth.Extensions, err = conf.FieldStringMap(fieldExtensions); err != nil {
				return nil, err
			}
		}
		return oauth.Oauth(func(context.Context) (oauth.Auth, error) { return auth, nil }), need(fieldToken)
	}
	return nil, fmt.Errorf("%s is %q, want %s, %s, %s, %s or %s", fieldMechanism, mechanism,
		mechanismNone, mechanismPlain, mechanismSHA256, mechanismSHA512, mechanismOAuth)
}
