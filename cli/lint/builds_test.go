package lint

import (
	"strings"
	"testing"
)

// TestComponentsOfOtherBuilds: the lint of a component that another build has names that
// build, and that of one that no build has does not.
func TestComponentsOfOtherBuilds(t *testing.T) {
	for name, tag := range map[string]string{
		"sml_s3": "cloud", "azure_blob_storage": "cloud", "gcp_cloud_storage": "cloud", "sftp": "storage", "parquet_encode": "storage", "sml_s4": "", "files": "",
	} {
		lints := hostLints("a.yaml(2,1) unable to infer input type from candidates: [" + name + "]\n")
		if len(lints) != 1 || strings.Contains(lints[0].text, "-tags") != (tag != "") || !strings.Contains(lints[0].text, tag) {
			t.Errorf("%s: the lint says %v, want a build with %q", name, lints, tag)
		}
	}
}
