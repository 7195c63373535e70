package ui_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/ui"
)

// opened answers for the projects that are open in a process, and changes none
// as a whole.
type opened struct{ *live.Table }

func (o opened) Names(context.Context) ([]string, error) { return o.Table.Names(), nil }

func (o opened) Find(_ context.Context, name string) (*live.Project, error) {
	return o.Table.Find(name)
}

func (o opened) Learn(context.Context, string, *live.LearnSettings) (*live.Project, error) {
	return nil, errors.New("nothing is opened on demand")
}

func (o opened) Place(string) *portable.Place { return nil }

// The API behind a server of the standard library: any host that hands on verb,
// path, query and body will do.
func ExampleAPI() {
	table := live.NewTable()
	h, err := table.Open(new(live.Scope), live.Settings{Project: "plant", Cache: "c", Prefix: "sml", Learn: &live.LearnSettings{Durable: true}}, state.NewMemory(), "example", quiet{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() {
		if err := h.Close(context.Background()); err != nil {
			fmt.Println(err)
		}
	}()
	api, err := ui.New(ui.Options{Projects: opened{table}, Writable: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, ui.DefaultLimit))
		if err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
		answer := api.Serve(r.Context(), &ui.Request{Verb: r.Method, Path: strings.TrimPrefix(r.URL.Path, "/sml/"), Param: r.URL.Query().Get, Body: body, Encoding: r.Header.Get("Content-Encoding")})
		w.Header().Set("Content-Type", answer.ContentType)
		for name, value := range answer.Headers {
			w.Header().Set(name, value)
		}
		w.WriteHeader(answer.Status)
		if _, err := w.Write(answer.Body); err != nil {
			fmt.Println(err)
		}
	})
	ask := func(verb, path, body string) {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(verb, "/sml/"+path, strings.NewReader(body)))
		fmt.Println(w.Code, w.Body)
	}
	ask("POST", "projects/plant/learn", `[{"temp":20},{"temp":22},{"temp":24}]`)
	ask("GET", "projects/plant/explore/quantile?attribute=temp&q=0.5", "")
	ask("GET", "projects/plant/explore/cdf?attribute=temp&x=20", "")
	ask("GET", "projects/plant/explore/quantile?attribute=temp&q=half", "")
	// Output:
	// 200 {"learned":3,"failed":0,"replayed":0,"errors":[]}
	// 200 22
	// 200 0.3333333333333333
	// 400 {"type":"urn:rpconnect-sml:problem:bad-request","title":"bad request","status":400,"detail":"q: half, want a number from 0 to 1","instance":"projects/plant/explore/quantile","field":"q","value":"half"}
}
