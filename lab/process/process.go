// Package process starts the programs of a cluster detached from the terminal, remembers them, and ends exactly those.
package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A Process is one started program of the cluster whose state is in a folder.
type Process struct {
	Name string
	Log  string
	done chan struct{}
}

// record identifies a process: the kernel reuses a pid, but not together with its start time, unless the machine booted again.
type record struct {
	Pid   int      `json:"pid"`
	Start string   `json:"start"`
	Boot  string   `json:"boot"`
	Argv  []string `json:"argv"`
}

// Start runs argv in a session of its own, with its output in DIR/logs/NAME.log.
func Start(dir, name string, argv ...string) (*Process, error) {
	for _, sub := range []string{"logs", "pids"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, err
		}
	}
	p := &Process{Name: name, Log: filepath.Join(dir, "logs", name+".log"), done: make(chan struct{})}
	log, err := os.OpenFile(p.Log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), marker+dir)
	cmd.Stdout, cmd.Stderr, cmd.Dir = log, log, dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	go func() {
		_ = cmd.Wait() // how it ended is in its log
		close(p.done)
	}()
	identity, err := json.Marshal(record{cmd.Process.Pid, startTime(cmd.Process.Pid), bootID(), argv})
	if err != nil {
		return nil, err
	}
	return p, os.WriteFile(filepath.Join(dir, "pids", name), identity, 0o644)
}

// Died returns an error with the end of the log when the process is gone, and nil while it runs.
func (p *Process) Died() error {
	select {
	case <-p.done:
		return fmt.Errorf("%s died during start-up. The end of %s:\n%s", p.Name, p.Log, tail(p.Log, 8))
	default:
		return nil
	}
}

// Alive says of each program that was started for the state folder whether it still runs.
func Alive(dir string) (map[string]bool, error) {
	files, err := os.ReadDir(filepath.Join(dir, "pids"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	alive := map[string]bool{}
	for _, file := range files {
		r, err := read(dir, file.Name())
		alive[file.Name()] = err == nil && r.alive()
	}
	return alive, nil
}

// Kill ends one program by its name, and returns once it is gone.
func Kill(dir, name string) error {
	r, err := read(dir, name)
	if err != nil {
		return err
	}
	p, err := os.FindProcess(r.Pid) // holds a pidfd: what is judged below is what is killed
	if err != nil {
		return err
	}
	defer p.Release()
	for r.alive() {
		if err := p.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
	return nil
}

// Restart kills a program if it runs, and starts it as it was started before.
func Restart(dir, name string) (*Process, error) {
	if err := Kill(dir, name); err != nil {
		return nil, err
	}
	r, err := read(dir, name)
	if err != nil {
		return nil, err
	}
	return Start(dir, name, r.Argv...)
}

func read(dir, name string) (record, error) {
	var r record
	content, err := os.ReadFile(filepath.Join(dir, "pids", filepath.Base(name)))
	if err != nil {
		return r, fmt.Errorf("no program %q was started: %w", name, err)
	}
	return r, json.Unmarshal(content, &r)
}

func (r record) alive() bool {
	return r.Boot == bootID() && r.Start != "" && r.Start == startTime(r.Pid)
}

// startTime is the time since boot at which the process started, or "" when there is none (or only its zombie).
func startTime(pid int) string {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return ""
	}
	// The second field is the program's name in parentheses and may itself hold spaces and parentheses.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 20 || fields[0] == "Z" {
		return ""
	}
	return fields[19]
}

func bootID() string {
	id, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(id))
}

func tail(file string, lines int) string {
	content, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(content)), "\n")
	end := all[max(0, len(all)-lines):]
	for i, line := range end {
		end[i] = line[:min(len(line), 300)] // the rest is a stack trace
	}
	return strings.Join(end, "\n")
}
