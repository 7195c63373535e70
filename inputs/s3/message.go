package s3

import (
	"strings"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// Metadata that the input sets.
const (
	metaKey      = "s3_key"
	metaBucket   = "s3_bucket"
	metaPosition = "s3_position"
	metaETag     = "s3_etag"
	metaVersion  = "s3_version_id"
	metaModified = "s3_last_modified"
	metaUnix     = "s3_last_modified_unix"
	metaType     = "s3_content_type"
	metaEncoding = "s3_content_encoding"
	// metaOwn is put before names of the object's own metadata.
	metaOwn = "s3_meta_"
)

// describe sets the metadata of a message, which is the given one of its object.
func (o *object) describe(m *service.Message, bucket string, position int) {
	m.MetaSetMut(metaKey, o.key)
	m.MetaSetMut(metaBucket, bucket)
	m.MetaSetMut(metaPosition, position)
	for name, value := range map[string]string{
		metaETag: o.info.ETag, metaVersion: o.info.VersionID, metaType: o.info.ContentType, metaEncoding: o.info.Metadata.Get("Content-Encoding"),
	} {
		if value != "" {
			m.MetaSetMut(name, value)
		}
	}
	if !o.info.LastModified.IsZero() {
		m.MetaSetMut(metaModified, o.info.LastModified.UTC().Format(time.RFC3339))
		m.MetaSetMut(metaUnix, o.info.LastModified.Unix())
	}
	for name, value := range o.info.UserMetadata {
		m.MetaSetMut(metaOwn+strings.ToLower(name), value)
	}
}
