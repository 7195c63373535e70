//go:build storage

package main

// Files elsewhere and other formats: SFTP, Parquet, Protobuf, XML.
import (
	_ "github.com/redpanda-data/connect/v4/public/components/pure/extended"
	_ "github.com/redpanda-data/connect/v4/public/components/sftp"
)
