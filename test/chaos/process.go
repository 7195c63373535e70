//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// mark is the environment variable that all processes of a run carry: its
// value, the run's folder, tells run.sh which of the noted process ids are
// still those that this run has started.
const mark = "SML_CHAOS"

// site is what all parts of a run share.
type site struct {
	dir    string // everything that is written
	repo   string // root of the repository
	binary string // rpconnect-sml
	opts   options
	kafka  *server
	redis  *server // nil unless the cache is Redis
	log    func(format string, args ...any)
}

// command prepares a process of the run in a process group of its own, so that
// a Ctrl-C reaches the driver only, which then stops everything in order.
func (s *site) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Dir = s.dir
	c.Env = append(os.Environ(), mark+"="+s.dir)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return c
}

// note writes a process id down for run.sh.
func (s *site) note(pid int) error {
	f, err := os.OpenFile(filepath.Join(s.dir, "pids"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, pid)
	return errors.Join(err, f.Close())
}

// server is a server that a start script runs; it keeps its data over any
// number of stops and starts.
type server struct {
	site   *site
	name   string
	script string
	dir    string
	port   int
	env    []string
	pid    int // 0 while it is down
}

func (s *site) newServer(name, script string, env ...string) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	return &server{
		site: s, name: name, script: filepath.Join(s.repo, "test/integration", script), dir: filepath.Join(s.dir, name), port: port, env: env,
	}, nil
}

// address returns host:port.
func (v *server) address() string { return fmt.Sprintf("127.0.0.1:%d", v.port) }

// start runs the script, which returns when the server serves.
func (v *server) start(ctx context.Context) error {
	c := v.site.command("bash", v.script, v.dir, strconv.Itoa(v.port))
	c.Env = append(c.Env, v.env...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Start(); err != nil {
		return fmt.Errorf("start %s: %w", v.name, err)
	}
	if err := v.site.note(c.Process.Pid); err != nil {
		return err
	}
	if err := c.Wait(); err != nil {
		return fmt.Errorf("start %s: %w: %s", v.name, err, errs.String())
	}
	pid, err := strconv.Atoi(strings.TrimSpace(out.String()))
	if err != nil {
		return fmt.Errorf("start %s: its script printed %q, want a process id", v.name, out.String())
	}
	v.pid = pid
	if err := v.site.note(pid); err != nil {
		return err
	}
	return ctx.Err()
}

// signal sends a signal to the server.
func (v *server) signal(sig syscall.Signal) error {
	if v.pid == 0 {
		return nil
	}
	if err := syscall.Kill(v.pid, sig); err != nil {
		return fmt.Errorf("%v to %s: %w", sig, v.name, err)
	}
	return nil
}

// stop ends the server with a signal and waits; one that does not end within
// patience is killed.
func (v *server) stop(sig syscall.Signal) error {
	if v.pid == 0 {
		return nil
	}
	if err := v.signal(sig); err != nil {
		return err
	}
	if !waitGone(v.pid, patience) {
		v.site.log("%s did not end within %v of %v and is killed", v.name, patience, sig)
		if err := v.signal(syscall.SIGKILL); err != nil {
			return err
		}
		waitGone(v.pid, patience)
	}
	v.pid = 0
	return nil
}

// patience bounds each wait for a process to end.
const patience = 60 * time.Second

// pollEvery is how often something is looked at while waiting for it.
const pollEvery = 20 * time.Millisecond

// waitGone waits until no process has the id, or only a dead one whose parent
// has not asked for it yet.
func waitGone(pid int, within time.Duration) bool {
	for deadline := time.Now().Add(within); time.Now().Before(deadline); time.Sleep(pollEvery) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return true
		}
		if end := bytes.LastIndexByte(stat, ')'); end > 0 && bytes.HasPrefix(stat[end:], []byte(") Z")) {
			return true
		}
	}
	return false
}

// freePort returns a loopback port that nothing listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
