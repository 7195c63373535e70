//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// session is the session timeout of the consumers.
const session = 3 * time.Second

// worker is one process of rpconnect-sml. Whoever does something to it holds
// it: take and free.
type worker struct {
	site   *site
	name   string
	port   int
	config string

	busy sync.Mutex

	mu      sync.Mutex
	cmd     *exec.Cmd // nil while it is down
	done    chan struct{}
	current map[string]float64 // counters of the process that runs, as read last
	past    map[string]float64 // those of its predecessors
	// accounts are what processes have told of their rows last, by process id.
	accounts map[int]account
	logFrom  int64 // where the log of the process that was started last begins
	crashes  int   // ends that nobody asked for
	asked    bool
}

func (s *site) newWorker(i int) (*worker, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	w := &worker{site: s, name: fmt.Sprintf("worker-%d", i), port: port, past: map[string]float64{}, accounts: map[int]account{}}
	w.config = filepath.Join(s.dir, w.name+".yaml")
	text, err := s.pipeline(w.name, port)
	if err != nil {
		return nil, err
	}
	return w, os.WriteFile(w.config, text, 0o644)
}

// start runs the process. Its log is appended to one file.
func (w *worker) start() error {
	log, err := os.OpenFile(filepath.Join(w.site.dir, w.name+".log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	at, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	c := w.site.command(w.site.binary, "run", w.config)
	c.Stdout, c.Stderr = log, log
	// The kernel kills it should the driver die without having stopped it.
	c.SysProcAttr.Pdeathsig = syscall.SIGKILL
	if err := c.Start(); err != nil {
		return fmt.Errorf("start %s: %w", w.name, err)
	}
	if err := w.site.note(c.Process.Pid); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.logFrom = at
	w.cmd, w.done, w.current, w.asked = c, make(chan struct{}), map[string]float64{}, false
	go w.reap(c, w.done)
	return nil
}

// reap waits for the process and keeps its counters.
func (w *worker) reap(c *exec.Cmd, done chan struct{}) {
	err := c.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	for name, v := range w.current {
		w.past[name] += v
	}
	w.current = map[string]float64{}
	if !w.asked {
		w.crashes++
		w.site.log("%s ended by itself: %v", w.name, err)
	}
	w.cmd = nil
	close(done)
}

// running returns the process, nil while there is none, and what is closed
// when it has ended.
func (w *worker) running() (*exec.Cmd, chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cmd, w.done
}

// signal sends a signal to the process, if it runs.
func (w *worker) signal(sig syscall.Signal) error {
	c, _ := w.running()
	if c == nil {
		return nil
	}
	if err := c.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("%v to %s: %w", sig, w.name, err)
	}
	return nil
}

// end ends the process by a signal and waits; one that does not end within
// patience is killed, which is returned.
func (w *worker) end(sig syscall.Signal) (killed bool, err error) {
	w.mu.Lock()
	c, done := w.cmd, w.done
	w.asked = true
	w.mu.Unlock()
	if c == nil {
		return false, nil
	}
	w.scrape(lastScrape)
	if err := w.signal(sig); err != nil {
		return false, err
	}
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-done:
		return false, nil
	case <-t.C:
	}
	w.site.log("%s did not end within %v of %v and is killed", w.name, patience, sig)
	err = w.signal(syscall.SIGKILL)
	<-done
	return true, err
}

// lastScrape bounds the reading of counters before a process is ended.
const lastScrape = 100 * time.Millisecond

// scrape reads the counters of the process that runs, and reports whether it
// has told them.
func (w *worker) scrape(within time.Duration) bool {
	c, _ := w.running()
	if c == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d/metrics", w.port), nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	read := map[string]float64{}
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		name, value, ok := counter(lines.Text())
		if ok {
			read[name] += value
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cmd != c || len(read) == 0 {
		return false
	}
	w.current = read
	return true
}

// counter reads a line of the Prometheus text format: the sml_ counters only,
// labels dropped, except for the reason, which stays behind the name.
func counter(line string) (name string, value float64, ok bool) {
	if !strings.HasPrefix(line, "sml_") {
		return "", 0, false
	}
	at := strings.LastIndexByte(line, ' ')
	if at < 0 {
		return "", 0, false
	}
	value, err := strconv.ParseFloat(line[at+1:], 64)
	name, labels, _ := strings.Cut(line[:at], "{")
	if _, rest, ok := strings.Cut(labels, `reason="`); ok {
		reason, _, _ := strings.Cut(rest, `"`)
		name += " " + reason
	}
	return name, value, err == nil
}

// reasons returns the counters of a name by their reasons.
func reasons(counters map[string]float64, name string) map[string]float64 {
	out := map[string]float64{}
	for key, n := range counters {
		if reason, ok := strings.CutPrefix(key, name+" "); ok {
			out[reason] += n
		}
	}
	return out
}

// counters returns what all processes of the worker have counted, as far as it
// was read before they were killed.
func (w *worker) counters() map[string]float64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	sum := map[string]float64{}
	for name, v := range w.past {
		sum[name] += v
	}
	for name, v := range w.current {
		sum[name] += v
	}
	return sum
}

// learned returns how many rows the process that runs has learned.
func (w *worker) learned() float64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.current["sml_rows_learned_total"]
}
