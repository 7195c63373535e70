package processors

import (
	"net/http"
	"slices"
	"strings"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// Metadata that the host's http_server sets itself.
const (
	hostMetadata = "http_server_"
	hostPath     = hostMetadata + "request_path"
)

// queryNames returns the names of the query parameters of a request. The host's
// http_server puts them into the metadata among headers, cookies and path variables,
// which are told apart: headers have a canonical name, cookies stand in a header, and
// a path variable is part of the path before that of the request, or that path itself.
// Others are those of processors before this one. A message that is no request of
// http_server has none that are known: the result is nil.
func queryNames(m *service.Message, path string, others []string) []string {
	asked, ok := m.MetaGet(hostPath)
	if !ok {
		return nil
	}
	before := strings.TrimSuffix(asked, path)
	cookies := map[string]bool{}
	for _, c := range (&http.Request{Header: http.Header{"Cookie": {metadata(m, "Cookie")}}}).Cookies() {
		cookies[c.Name] = true
	}
	out := []string{}
	_ = m.MetaWalkMut(func(name string, value any) error { // fn does not fail
		text, isText := value.(string)
		switch {
		case name == "", http.CanonicalHeaderKey(name) == name, strings.HasPrefix(name, hostMetadata), cookies[name], slices.Contains(others, name):
		case isText && (text == path || text != "" && strings.Contains(before, "/"+text+"/")):
		default:
			out = append(out, name)
		}
		return nil
	})
	return out
}
