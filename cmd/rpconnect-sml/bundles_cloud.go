//go:build cloud

package main

// Object stores: Azure and GCP, and an input of our own for S3, as the host's bundle
// for AWS is in no build (docs/licence.md says why).
import (
	_ "github.com/redpanda-data/connect/v4/public/components/azure"
	_ "github.com/redpanda-data/connect/v4/public/components/gcp"

	_ "github.com/rpconnect-sml/rpconnect-sml/plugin/s3"
)
