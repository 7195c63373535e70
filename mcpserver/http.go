package mcpserver

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// Guard says which requests over HTTP are let through.
type Guard struct {
	// Origins are those of web pages that may ask, such as https://chat.example;
	// a page of the server's own address may always. A request without an origin
	// is not one of a page.
	Origins []string
	// Token, when not empty, is what a request must have as its bearer token.
	Token string
}

// sessionTimeout ends a session in which nothing is asked.
const sessionTimeout = time.Hour

// Handler serves a server as streamable HTTP to the requests that the guard lets
// through. A request to a loopback address must also name one as its host, so that
// no web page reaches it by a name of its own (DNS rebinding).
func Handler(s *mcp.Server, g Guard) http.Handler {
	served := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return s }, &mcp.StreamableHTTPOptions{SessionTimeout: sessionTimeout})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !g.admits(r):
			http.Error(w, "the origin "+r.Header.Get("Origin")+" is not among those that may ask: see --origin", http.StatusForbidden)
		case !g.knows(r):
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "the bearer token is missing or another one", http.StatusUnauthorized)
		default:
			served.ServeHTTP(w, r)
		}
	})
}

// admits reports whether the page that makes a request may.
func (g *Guard) admits(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(g.Origins, origin) {
		return true
	}
	from, err := url.Parse(origin)
	return err == nil && from.Host != "" && from.Host == r.Host
}

// knows reports whether a request has the token.
func (g *Guard) knows(r *http.Request) bool {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return g.Token == "" || bearer && subtle.ConstantTimeCompare([]byte(token), []byte(g.Token)) == 1
}
