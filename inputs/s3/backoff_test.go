package s3

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// readAll reads to the end and returns messages and errors.
func readAll(t *testing.T, in *input) (got, errs []string) {
	t.Helper()
	ctx := context.Background()
	if err := in.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	for len(errs) < 100 {
		batch, ack, err := in.ReadBatch(ctx)
		if errors.Is(err, service.ErrEndOfInput) {
			break
		}
		if err != nil {
			errs = append(errs, err.Error())
			continue
		}
		for _, m := range batch {
			text, err := m.AsBytes()
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(text))
		}
		if err := ack(ctx, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := in.Close(ctx); err != nil {
		t.Fatal(err)
	}
	return got, errs
}

// TestPausesGrow: while a store refuses, attempts come after an eighth of a second, twice that
// and so on up to a minute; errors count the failures; the first success begins anew.
func TestPausesGrow(t *testing.T) {
	s := newServer(t, map[string]string{"a": "one\n", "b": "two\n"})
	const broken = 11
	s.fault = func(w http.ResponseWriter, _ *http.Request, key string, nth int) bool {
		if key != "b" || nth > broken {
			return false
		}
		refuse(w, http.StatusForbidden, codeDenied)
		return true
	}
	env := service.NewEnvironment()
	if err := Register(env); err != nil {
		t.Fatal(err)
	}
	conf, err := spec().ParseYAML(strings.ReplaceAll(config(s, ""), "\n  ", "\n")[2:], env)
	if err != nil {
		t.Fatal(err)
	}
	in, err := newInput(conf, service.MockResources())
	if err != nil {
		t.Fatal(err)
	}
	var pauses []time.Duration
	in.retry.sleep = func(_ context.Context, d time.Duration) error {
		pauses = append(pauses, d)
		return nil
	}
	got, errs := readAll(t, in)
	if want := []string{"one", "two"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	want := []time.Duration{125, 250, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000}
	for i := range want {
		want[i] *= time.Millisecond
	}
	if !slices.Equal(pauses, want) {
		t.Errorf("pauses are %v, want %v", pauses, want)
	}
	if len(errs) != broken || strings.Contains(errs[0], "in a row") || !strings.Contains(errs[broken-1], "(failure 11 in a row; the next attempt is in 1m0s)") {
		t.Errorf("errors are %q", errs)
	}
	if in.retry.failures != 0 {
		t.Errorf("after a success %d failures are counted", in.retry.failures)
	}
}

// TestPauseEnds: who waits for the next attempt ends at once with its context.
func TestPauseEnds(t *testing.T) {
	b := &backoff{}
	ctx, cancel := context.WithCancel(context.Background())
	if err := b.failed(ctx, errors.New("no")); err == nil || b.pause != firstPause {
		t.Fatalf("after a failure: %v, a pause of %s", err, b.pause)
	}
	cancel()
	began := time.Now()
	if err := b.wait(ctx); !errors.Is(err, context.Canceled) || time.Since(began) > 10*firstPause {
		t.Errorf("waited %s, %v", time.Since(began), err)
	}
	if _ = b.failed(ctx, ctx.Err()); b.failures != 1 { // the error is that of the context
		t.Errorf("an end counts as a failure: %d", b.failures)
	}
}
