package ui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// problem is an error as RFC 9457 has it.
type problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail"`
	Instance string `json:"instance"`
	// Field and Value are the parameter, option or setting that is wrong and what
	// it was given, where it is one.
	Field string `json:"field,omitempty"`
	Value any    `json:"value,omitempty"`
}

// problemBase begins the types of problems: names, not addresses.
const problemBase = "urn:rpconnect-sml:problem:"

// failure is an error with the kind of problem that it is.
type failure struct {
	kind   string
	status int
	err    error
}

// Error is that of the error.
func (f *failure) Error() string { return f.err.Error() }

// Unwrap returns the error.
func (f *failure) Unwrap() error { return f.err }

func failf(kind string, status int, format string, args ...any) error {
	return &failure{kind: kind, status: status, err: fmt.Errorf(format, args...)}
}

// errBad is wrapped by errors about what was asked.
var errBad = errors.New("bad request")

// errNoPlace is wrapped when a project cannot be changed as a whole.
var errNoPlace = errors.New("sml_http has no cache in which this project may be changed")

// kinds are the problems that errors of the core come to; the first that fits
// counts.
func kinds() []failure {
	return []failure{
		{kind: "unknown-project", status: http.StatusNotFound, err: live.ErrNotOpen},
		{kind: "unknown-project", status: http.StatusNotFound, err: portable.ErrNoProject},
		{kind: "no-place", status: http.StatusForbidden, err: errNoPlace},
		{kind: "unknown-model", status: http.StatusNotFound, err: live.ErrNoModel},
		{kind: "unknown-scores", status: http.StatusNotFound, err: live.ErrNoScores},
		{kind: "unknown-key", status: http.StatusNotFound, err: live.ErrUnknownKey},
		{kind: "unknown-question", status: http.StatusNotFound, err: explore.ErrUnknownQuestion},
		{kind: "project-exists", status: http.StatusConflict, err: portable.ErrProjectExists},
		{kind: "project-in-use", status: http.StatusConflict, err: portable.ErrLive},
		{kind: "project-in-use", status: http.StatusConflict, err: live.ErrInUse},
		{kind: "model-in-settings", status: http.StatusConflict, err: live.ErrModelSettings},
		{kind: "other-type", status: http.StatusConflict, err: live.ErrDeclared},
		{kind: "version-exists", status: http.StatusConflict, err: state.ErrExists},
		{kind: "incompatible", status: http.StatusConflict, err: portable.ErrKinds},
		{kind: "incompatible", status: http.StatusConflict, err: stats.ErrIncompatible},
		{kind: "bad-request", status: http.StatusBadRequest, err: errBad},
		{kind: "damaged", status: http.StatusInternalServerError, err: wire.ErrCorrupt},
		{kind: "damaged", status: http.StatusInternalServerError, err: wire.ErrUnknownVersion},
		{kind: "cancelled", status: http.StatusConflict, err: errJobCancelled},
		{kind: "too-long", status: http.StatusGatewayTimeout, err: errJobLimit},
		{kind: "unavailable", status: http.StatusServiceUnavailable, err: errClosed},
		{kind: "unavailable", status: http.StatusServiceUnavailable, err: state.ErrStore},
		{kind: "unavailable", status: http.StatusServiceUnavailable, err: context.DeadlineExceeded},
		{kind: "unavailable", status: http.StatusServiceUnavailable, err: context.Canceled},
	}
}

// failed turns an error into a problem. What has no kind of its own does not fit
// what has been learned.
func failed(r *Request, err error) *Response {
	kind, status := "unfit", http.StatusBadRequest
	var f *failure
	if errors.As(err, &f) {
		kind, status = f.kind, f.status
	} else {
		for _, k := range kinds() {
			if errors.Is(err, k.err) {
				kind, status = k.kind, k.status
				break
			}
		}
	}
	detail := strings.TrimPrefix(strings.ToValidUTF8(err.Error(), "\uFFFD"), errBad.Error()+": ")
	told := problem{Type: problemBase + kind, Title: strings.ReplaceAll(kind, "-", " "), Status: status, Detail: detail, Instance: instance(r)}
	told.Field, told.Value = param.Blamed(err)
	body, encodeErr := json.Marshal(told)
	if encodeErr != nil {
		body = []byte(`{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"encode the problem","instance":""}`)
	}
	return &Response{Status: status, ContentType: typeProblem, Body: body, Headers: map[string]string{}}
}

// instance is the path that was asked for, as a reference.
func instance(r *Request) string {
	const most = 300
	path := strings.TrimPrefix(r.Path, "/")
	if len(path) > most {
		path = path[:most]
	}
	return (&url.URL{Path: strings.ToValidUTF8(path, "\uFFFD")}).EscapedPath()
}
