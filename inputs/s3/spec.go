package s3

import (
	"fmt"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/internal/yamlwords"
)

// Name is the name of the input.
const Name = "sml_s3"

// The fields of the input.
const (
	fieldBucket      = "bucket"
	fieldPrefix      = "prefix"
	fieldEndpoint    = "endpoint"
	fieldRegion      = "region"
	fieldCredentials = "credentials"
	fieldID          = "id"
	fieldSecret      = "secret"
	fieldToken       = "token"
	fieldAnonymous   = "anonymous"
	fieldPathStyle   = "path_style"
	fieldTLS         = "tls"
	fieldTimeout     = "timeout"
	fieldScanner     = "scanner"
	fieldBatchCount  = "max_batch_count"
)

// Register adds the input to the environment. A name that is taken is an error.
func Register(env *service.Environment) error {
	construct := func(conf *service.ParsedConfig, resources *service.Resources) (service.BatchInput, error) {
		in, err := newInput(conf, resources)
		if err != nil {
			return nil, yamlwords.Error(fmt.Errorf("%s: %w", Name, err))
		}
		return service.AutoRetryNacksBatchedToggled(conf, in)
	}
	if err := env.RegisterBatchInput(Name, spec(), construct); err != nil {
		return fmt.Errorf("register input %s: %w", Name, err)
	}
	return nil
}

func spec() *service.ConfigSpec {
	return service.NewConfigSpec().
		Beta().
		Categories("Services").
		Summary("Reads the objects of a bucket of Amazon S3, or of a store with its interface, once, in the order of their keys, and ends. It is in builds with the tag `cloud`.").
		Description(description).
		Fields(
			service.NewStringField(fieldBucket).
				Description("The bucket.").
				LintRule(`root = if this == "" { [ "bucket is empty: name one" ] }`),
			service.NewStringField(fieldPrefix).
				Description("Reads only objects whose key begins with it. Empty for all.").
				Default(""),
			service.NewStringField(fieldEndpoint).
				Description("The address of another store than Amazon's, such as `http://127.0.0.1:9000`. Without a scheme it is reached over TLS. Empty for Amazon S3.").
				Default(""),
			service.NewStringField(fieldRegion).
				Description("The region of the bucket. Empty for that of the environment variable `AWS_REGION` or `AWS_DEFAULT_REGION`; without these Amazon is asked, and other stores are taken to be in `us-east-1`.").
				Default(""),
			credentialsField(),
			service.NewBoolField(fieldPathStyle).
				Description("Names the bucket in the path of the address and not in its host. Other stores than Amazon's are always asked so.").
				Default(false).Advanced(),
			service.NewTLSField(fieldTLS).Advanced(),
			service.NewDurationField(fieldTimeout).
				Description("How long the server may be silent, before an answer or within one, until the request is given up and tried again.").
				Default("30s").Advanced(),
			service.NewScannerField(fieldScanner).
				Description("The [scanner](https://docs.redpanda.com/redpanda-connect/components/scanners/about/) which cuts an object into messages.").
				Default(map[string]any{"lines": map[string]any{}}),
			service.NewIntField(fieldBatchCount).
				Description("The most messages of a batch. A batch holds messages of one object only. `sml_learn` saves once per batch, so that large ones are faster.").
				Default(500).
				LintRule(`root = if this < 1 { [ "max_batch_count is " + this.string() + ", must be at least 1" ] }`),
			service.NewAutoRetryNacksToggleField(),
		).
		Example("Learn CSV files", "Each file is a shard, and a row of it has its number as position: `sml_learn` takes both from the input. However often the pipeline is run, each row is learned once.", `
input:
  sml_s3:
    bucket: readings
    prefix: 2026/
    region: eu-central-1
    scanner: { csv: {} }

pipeline:
  threads: 1
  processors:
    - sml_learn:
        project: readings
        cache: sml_state

output:
  drop: {}

cache_resources:
  - label: sml_state
    file: { directory: . }
`)
}

// credentialsField is where the access key stands.
func credentialsField() *service.ConfigField {
	return service.NewObjectField(fieldCredentials,
		service.NewStringField(fieldID).Description("The id of the access key.").Default("").Secret(),
		service.NewStringField(fieldSecret).Description("The secret of the access key.").Default("").Secret(),
		service.NewStringField(fieldToken).Description("The token of a session, for temporary credentials.").Default("").Secret(),
		service.NewBoolField(fieldAnonymous).Description("Signs nothing, for public buckets.").Default(false),
	).Description("Without `id` and `secret` they are looked for in the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`), the shared file of credentials (profile `AWS_PROFILE`), and the role of the pod, the container or the instance.").Advanced()
}

const description = `
### Delivery

Objects are listed by ` + "`prefix`" + ` and read one after the other. Those that come while the input runs are read too where their key is behind the one
that is being read. Nothing is kept about what was read: a second run reads all objects again, and ` + "`sml_learn`" + ` skips what it has learned by its position. A store must list
keys in the order of their bytes, as S3 does; directory buckets do not, and the input says so and reads no further.
A message that the output rejects is handed out again (` + "`auto_replay_nacks`" + `), and the input ends when all are acknowledged. Nothing is deleted or changed in
the bucket. Objects of no bytes whose key ends with a slash stand for folders and are not read.

### Each row once

` + "`sml_learn`, `sml_score`, `sml_threshold` and `sml_features`" + ` know a message of this input by bucket and key, which are the shard, and by its number in the object, which is the position, unless they
have a ` + "`position`" + ` of their own. So rows count once over all runs, and of an object that has grown at its end the new rows are learned. An object that is put in the place of
another one with other rows stops the learner, as its positions contradict. If that is meant, set ` + "`shard: ${! @s3_key }@${! @s3_etag }`" + ` and ` + "`position: ${! @s3_position }`" + `: another
content is then another shard, and is learned whole. Two stores with a bucket of one name need a ` + "`source`" + ` each. Every run begins each object at position 0, so what was lost with the
state is learned again. A processor that makes several rows of one message, such as ` + "`parquet_decode`" + ` behind the scanner ` + "`to_the_end`" + `, leaves them all the position of that message: set
` + "`max_batch_count: 1`, `shard: ${! @s3_bucket }/${! @s3_key }` and `position: ${! batch_index() }`" + `.

### Metadata

Each message carries:

` + "```text" + `
s3_key                  text
s3_bucket               text
s3_position             integer, the number of the message in its object, from 0
s3_etag                 text, another one for another content
s3_version_id           text, where the bucket keeps versions
s3_last_modified        text, RFC 3339
s3_last_modified_unix   integer, seconds
s3_content_type         text
s3_content_encoding     text, where the object has one: see the scanner decompress
s3_meta_NAME            text, the object's own metadata, names in lower case
` + "```" + `

and what the scanner sets, such as ` + "`csv_row`" + `.

### When something is wrong

A server that is away, a bucket that is not there and credentials that are refused are logged and tried again until the pipeline is stopped, after a pause that doubles up to a minute; the log counts the failures in a row. An object that cannot
be read is tried again as well, and nothing behind it is read before it; messages of it that were handed out are not handed out again, unless the object has changed.
An object that was deleted after it was listed, one that is archived, and the rest of one whose content the scanner cannot read are passed over, logged as errors and counted.
A message that a failed read may have cut short is not handed out: where decompression breaks off, that is the last one before, and its position stays free for the whole object.

### Metrics

` + "`sml_s3_objects_total`" + ` (by ` + "`state`" + `): ` + "`acknowledged`" + ` objects of which every message is acknowledged, and those that were ` + "`passed_over`" + `. ` + "`sml_s3_retries_total`" + `: reads
of objects that broke off.
`
