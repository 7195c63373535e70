package account_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/rpconnect-sml/rpconnect-sml/account"
)

// lines remembers the lines of a ledger.
type lines struct {
	mu  sync.Mutex
	all []string
}

func (l *lines) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, line)
}

func (l *lines) of(reason string) (out []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.all {
		if strings.Contains(line, "reason "+reason+" ") {
			out = append(out, line)
		}
	}
	return out
}

var counted = regexp.MustCompile(`left out (\d+) rows, reason (\S+) `)

// TestLedgerTellsEverythingOnce: whatever is counted and whenever, there is at most
// one line an interval and reason, no row waits for longer than an interval, and the
// lines add up to what was counted.
func TestLedgerTellsEverythingOnce(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 7))
			told := &lines{}
			interval := time.Duration(1+random.IntN(90)) * time.Second
			l := account.NewLedger(account.Settings{Component: "root.a (b)", Interval: interval, Log: told.add})
			want, began := map[string]int{}, time.Now()
			for range 200 {
				reason, rows := fmt.Sprintf("r%d", random.IntN(3)), random.IntN(5)
				l.Count(`project "p"`, reason, rows, account.Example{Field: "x", Value: "1", Err: errors.New("bad")})
				want[reason] += rows
				time.Sleep(time.Duration(random.IntN(20)) * time.Second)
			}
			time.Sleep(interval)
			synctest.Wait()
			check := func(when string) {
				got := map[string]int{}
				for _, line := range told.all {
					m := counted.FindStringSubmatch(line)
					if m == nil {
						t.Fatalf("line %q", line)
					}
					n, _ := strconv.Atoi(m[1]) // the expression matches digits only
					got[m[2]] += n
				}
				for reason, rows := range want {
					if got[reason] != rows {
						t.Errorf("seed %d, %s: the lines tell of %d rows of %s, want %d", seed, when, got[reason], reason, rows)
					}
				}
			}
			check("an interval later")
			for reason := range want {
				if most := int(time.Since(began)/interval) + 1; len(told.of(reason)) > most {
					t.Errorf("seed %d: %d lines of %s, want at most %d", seed, len(told.of(reason)), reason, most)
				}
			}
			l.Count(`project "p"`, "r0", 3, account.Example{})
			l.Count(`project "p"`, "r0", 4, account.Example{})
			l.Close()
			want["r0"] += 7
			check("after Close")
		})
	}
}

// TestLedgerExample: the line names the component, the subject, the count and the
// example, short, and without the value where values are to be left out.
func TestLedgerExample(t *testing.T) {
	long := strings.Repeat("ä", 500)
	for _, c := range []struct {
		name    string
		example account.Example
		hide    bool
		want    []string
		not     []string
	}{
		{name: "field, value, error", example: account.Example{Field: "weight", Value: "secret", Err: errors.New("is not a number")}, want: []string{`weight: "secret": is not a number`}},
		{name: "values left out", example: account.Example{Field: "weight", Value: "secret", Err: errors.New("secret is not a number")}, hide: true, want: []string{"weight: (value left out)"}, not: []string{"secret"}},
		{name: "fault", example: account.Example{Err: fmt.Errorf("row 3: %w", account.NewFault(`attribute "a"`, `"secret"`, "value %s is a string"))}, want: []string{`row 3: attribute "a": value "secret" is a string`}},
		{name: "fault, values left out", example: account.Example{Err: fmt.Errorf("row secret: %w", account.NewFault(`attribute "a"`, `"secret"`, "value %s is a string"))}, hide: true, want: []string{`attribute "a": value (value left out) is a string`}, not: []string{"secret"}},
		{name: "long value", example: account.Example{Field: "x", Value: long}, want: []string{"ää..."}, not: []string{strings.Repeat("ä", 40)}},
		{name: "long error", example: account.Example{Err: errors.New("x" + long)}, want: []string{"ää..."}, not: []string{strings.Repeat("ä", 200)}},
		{name: "two lines", example: account.Example{Err: errors.Join(errors.New("one"), errors.New("two"))}, want: []string{"one two"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := &lines{}
			l := account.NewLedger(account.Settings{Component: "root.a (b)", HideValues: c.hide, Log: told.add})
			l.Count(`project "p"`, "refused", 12, c.example)
			if len(told.all) != 1 {
				t.Fatalf("%d lines, want 1", len(told.all))
			}
			line := told.all[0]
			if !utf8.ValidString(line) || strings.Contains(line, "\n") {
				t.Errorf("line %q", line)
			}
			for _, want := range append(c.want, `root.a (b): project "p": left out 12 rows, reason refused (12 since the start)`) {
				if !strings.Contains(line, want) {
					t.Errorf("no %q in %q", want, line)
				}
			}
			for _, not := range c.not {
				if strings.Contains(line, not) {
					t.Errorf("%q in %q", not, line)
				}
			}
		})
	}
}

// TestLedgerIsBounded: kinds beyond the bound are counted by reason alone.
func TestLedgerIsBounded(t *testing.T) {
	told := &lines{}
	l := account.NewLedger(account.Settings{Log: told.add})
	for i := range 3000 {
		l.Count(fmt.Sprintf("subject %d", i), "refused", 1, account.Example{})
	}
	l.Close()
	sum := 0
	for _, line := range told.all {
		n, _ := strconv.Atoi(counted.FindStringSubmatch(line)[1]) // digits only
		sum += n
	}
	if sum != 3000 || len(told.all) > 1002 {
		t.Errorf("%d lines tell of %d rows, want 3000 rows in at most 1002 lines", len(told.all), sum)
	}
}

// TestShorten cuts between characters.
func TestShorten(t *testing.T) {
	for n := range 20 {
		s := account.Shorten("aäöü€𝄞xyz", n)
		if !utf8.ValidString(s) || len(s) > n+3 {
			t.Errorf("%d: %q", n, s)
		}
	}
}
