package ui

import (
	"context"
	"embed"
	"fmt"
	"path"
)

// pageFiles is the page: files of ours and nothing from elsewhere.
//
//go:embed page
var pageFiles embed.FS

// pageTypes are the types of content by how the name of a file ends.
var pageTypes = map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}

// fileRoutes are the files of the page. The empty path is its document.
func fileRoutes() []route {
	files, err := pageFiles.ReadDir("page")
	if err != nil {
		return nil // files that are built in are there
	}
	var out []route
	for _, f := range files {
		one := route{verb: "GET", path: f.Name(), summary: "A script of the page.", content: pageTypes[path.Ext(f.Name())], serve: servePage(f.Name())}
		switch path.Ext(f.Name()) {
		case ".html":
			one.path, one.summary = "", "The page."
		case ".css":
			one.summary = "The style of the page."
		}
		out = append(out, one)
	}
	return out
}

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
		return &Response{
			Status: 200, ContentType: pageTypes[path.Ext(name)], Body: data,
			Headers: map[string]string{"Content-Security-Policy": policy, "Cache-Control": "no-cache", "Referrer-Policy": "no-referrer"},
		}, nil
	}
}
