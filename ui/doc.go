// Package ui answers HTTP requests about projects: a REST interface, described
// by the OpenAPI document that it serves, and one web page.
//
// It knows no server. A host turns what it receives into a [Request] and sends
// the [Response]: the example of [API] does so with net/http.
//
// Authentication, TLS and limits of connections are the host's. Whether a
// request may change anything is an option of the API and never read off the
// request.
package ui
