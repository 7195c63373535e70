package ui

import (
	"context"
	"embed"
	"fmt"
	"path"
)

// pageFiles is the page: three files of ours and nothing from elsewhere.
//
//go:embed page
var pageFiles embed.FS

// policy lets the page load nothing but its own files and speak to nothing but
// its own origin.
const policy = "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// servePage serves one file of the page.
func servePage(name string) func(context.Context, *API, *Request) (*Response, error) {
	return func(context.Context, *API, *Request) (*Response, error) {
		data, err := pageFiles.ReadFile(path.Join("page", name))
		if err != nil {
			return nil, fmt.Errorf("page: %w", err)
		}
		types := map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
		return &Response{
			Status: 200, ContentType: types[path.Ext(name)], Body: data,
			Headers: map[string]string{"Content-Security-Policy": policy, "Cache-Control": "no-cache", "Referrer-Policy": "no-referrer"},
		}, nil
	}
}
