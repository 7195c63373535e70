package lint

import (
	"fmt"
	"regexp"
	"strings"
)

// notInferred is how the host says that it knows none of the names of a component.
var notInferred = regexp.MustCompile(`unable to infer \w+ type from candidates: \[([^\]]*)\]`)

// builds are the beginnings of names of components that a build tag brings
// (docs/licence.md).
var builds = []struct{ prefix, tag string }{
	{"sml_s3", "cloud"}, {"azure_", "cloud"}, {"gcp_", "cloud"},
	{"sftp", "storage"}, {"parquet", "storage"}, {"protobuf", "storage"}, {"xml", "storage"},
}

// withBuild adds to what the host says of a component that this binary lacks which build
// has it.
func withBuild(text string) string {
	m := notInferred.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	for name := range strings.FieldsSeq(m[1]) {
		for _, b := range builds {
			if strings.HasPrefix(name, b.prefix) {
				return text + fmt.Sprintf(": %s is not in this binary, but in one that is built with `-tags %s`", name, b.tag)
			}
		}
	}
	return text
}
