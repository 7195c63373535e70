//go:build cloud

package main

// Object stores: Azure and GCP. AWS is in no build (docs/licence.md says why).
import (
	_ "github.com/redpanda-data/connect/v4/public/components/azure"
	_ "github.com/redpanda-data/connect/v4/public/components/gcp"
)
