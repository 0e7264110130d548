package process

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// marker is in the environment of every program that Start runs, with the state folder as its value. Children such as
// containerd's shims inherit it. Unlike a file of pids it cannot be lost, outdated or half removed.
const marker = "CLOISTER_LAB_STATE="

// KillAll ends every process of the cluster, containers included, and returns when none is left.
// They get no chance to say goodbye: all of their state is thrown away, and a crash then leaves nothing that this does not.
func KillAll(dir string) error {
	deadline := time.Now().Add(15 * time.Second)
	for {
		left := 0
		for _, pid := range pids() {
			// FindProcess holds a pidfd: the process that is judged is the one that is killed.
			p, err := os.FindProcess(pid)
			if err != nil || pid == os.Getpid() {
				continue
			}
			if owned(pid, dir) {
				left++
				if err := p.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
					return fmt.Errorf("kill %d: %w", pid, err)
				}
			}
			_ = p.Release()
		}
		if left == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d processes of %s do not end", left, dir)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Any is true while a process of the cluster is there.
func Any(dir string) bool {
	return slices.ContainsFunc(pids(), func(pid int) bool { return owned(pid, dir) })
}

// owned is true for programs that Start ran, for their descendants, and for processes in a container whose root
// file system is stored in the state folder. runc gives those a clean environment, but their root gives them away.
func owned(pid int, dir string) bool {
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	environ, err := os.ReadFile(filepath.Join(proc, "environ"))
	if err != nil {
		return false
	}
	for _, variable := range bytes.Split(environ, []byte{0}) {
		if string(variable) == marker+dir {
			return true
		}
	}
	mounts, err := os.ReadFile(filepath.Join(proc, "mountinfo"))
	return err == nil && rootStoredIn(string(mounts), dir)
}

// rootStoredIn reads /proc/PID/mountinfo: is the root an overlay whose layers are below dir?
func rootStoredIn(mountinfo, dir string) bool {
	for line := range strings.Lines(mountinfo) {
		fields := strings.Fields(line)
		if len(fields) > 9 && fields[4] == "/" && strings.Contains(line, " - overlay ") {
			return strings.Contains(line, "upperdir="+dir+"/")
		}
	}
	return false
}

func pids() []int {
	entries, _ := os.ReadDir("/proc")
	var found []int
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil {
			found = append(found, pid)
		}
	}
	return found
}
