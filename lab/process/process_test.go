package process

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestOnlyWhatWasStartedForAFolderIsKilled(t *testing.T) {
	ours, theirs := t.TempDir(), t.TempDir()
	// A shell that leaves a child behind, as containerd does with its shims.
	mine, err := Start(ours, "mine", "sh", "-c", "sleep 1000 & sleep 1000")
	if err != nil {
		t.Fatal(err)
	}
	other, err := Start(theirs, "other", "sleep", "1000")
	if err != nil {
		t.Fatal(err)
	}
	defer KillAll(theirs)
	if err := KillAll(ours); err != nil {
		t.Fatal(err)
	}
	<-mine.done
	if alive, _ := Alive(ours); alive["mine"] {
		t.Error("it is still alive")
	}
	if err := other.Died(); err != nil {
		t.Errorf("another folder's process died too: %v", err)
	}
	for _, pid := range pids() {
		if owned(pid, ours) {
			t.Errorf("process %d is left", pid)
		}
	}
}

func TestAPidThatBelongsToSomebodyElseByNowIsNotAlive(t *testing.T) {
	dir := t.TempDir()
	if _, err := Start(dir, "p", "sleep", "1000"); err != nil {
		t.Fatal(err)
	}
	defer KillAll(dir)
	if alive, _ := Alive(dir); !alive["p"] {
		t.Fatal("not alive")
	}
	for _, change := range []struct{ name, old, new string }{
		{"another start", `"start":"`, `"start":"9`},
		{"another boot", `"boot":"`, `"boot":"9`},
	} {
		file := dir + "/pids/p"
		text, _ := os.ReadFile(file)
		if err := os.WriteFile(file, []byte(strings.Replace(string(text), change.old, change.new, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		if alive, _ := Alive(dir); alive["p"] {
			t.Errorf("%s: taken for alive", change.name)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAProgramThatDiesSaysWhyInItsLastLines(t *testing.T) {
	dir := t.TempDir()
	p, err := Start(dir, "p", "sh", "-c", "echo port is taken; exit 1")
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		t.Fatal("does not end")
	}
	if err := p.Died(); err == nil || !strings.Contains(err.Error(), "p died") || !strings.HasSuffix(err.Error(), "port is taken") {
		t.Errorf("got %v", err)
	}
}

func TestAContainerIsRecognisedByWhereItsRootIsStored(t *testing.T) {
	root := "99 62 0:51 / / ro,relatime - overlay overlay rw,lowerdir=/lab/run/c/1/fs,upperdir=/lab/run/c/2/fs,workdir=/lab/run/c/2/work\n"
	// The host's own list of mounts holds a container's root too, but not as its root.
	host := "1 1 254:0 / / rw - ext4 /dev/vda rw\n" + strings.Replace(root, " / / ", " / /lab/run/rootfs ", 1)
	for _, test := range []struct {
		name, mounts, dir string
		want              bool
	}{
		{"a container of the lab", root, "/lab/run", true},
		{"a container of another lab", root, "/lab/ru", false},
		{"a program of the host", host, "/lab/run", false},
	} {
		if got := rootStoredIn(test.mounts, test.dir); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}
