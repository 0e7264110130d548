package cluster

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"cloister.dev/lab/process"
)

// hostState is what `down` has to put back and cannot find out later. It is kept beside the sockets, outside of the
// state folder, so that it survives when somebody removes that by hand.
type hostState struct {
	Owner   string            `json:"owner"`
	Sysctls map[string]string `json:"sysctls"`
	Created []string          `json:"created"`
}

// The values that pods need, and those that the kubelet sets without being asked.
var sysctls = map[string]string{
	"net/ipv4/ip_forward":                "1",
	"net/bridge/bridge-nf-call-iptables": "1", // else traffic between pods passes no rule at all
	"vm/overcommit_memory":               "",
	"vm/panic_on_oom":                    "",
	"kernel/panic":                       "",
	"kernel/panic_on_oops":               "",
	"kernel/keys/root_maxkeys":           "",
	"kernel/keys/root_maxbytes":          "",
}

// Folders outside of our own that kubelet, containerd and the CNI library write to, whatever they are told.
var foreignFolders = []string{"/var/lib/kubelet", "/var/lib/cni", "/var/log/containers", "/var/log/pods", "/run/containerd", "/etc/cni"}

func hostFile() string { return filepath.Join(Sockets, "host.json") }

// claimHost notes how this machine was before, and changes its settings.
func (c Cluster) claimHost() error {
	if state, err := readHost(); err == nil {
		return fmt.Errorf("a full lab runs from %s already, and there is one network: take that one down first", state.Owner)
	}
	state := hostState{Owner: c.Dir, Sysctls: map[string]string{}}
	for name := range sysctls {
		if value, err := os.ReadFile("/proc/sys/" + name); err == nil {
			state.Sysctls[name] = strings.TrimSpace(string(value))
		} else if name == "net/bridge/bridge-nf-call-iptables" {
			return fmt.Errorf("the kernel module br_netfilter is missing: modprobe br_netfilter")
		}
	}
	for _, folder := range foreignFolders {
		if _, err := os.Stat(folder); os.IsNotExist(err) {
			state.Created = append(state.Created, folder)
		}
	}
	if err := os.MkdirAll(Sockets, 0o755); err != nil {
		return err
	}
	text, err := json.Marshal(state)
	if err != nil {
		return err
	}
	if err := os.WriteFile(hostFile(), text, 0o644); err != nil {
		return err
	}
	for name, value := range sysctls {
		if value != "" {
			if err := os.WriteFile("/proc/sys/"+name, []byte(value), 0); err != nil {
				return err
			}
		}
	}
	return nil
}

func readHost() (hostState, error) {
	var state hostState
	text, err := os.ReadFile(hostFile())
	if err == nil {
		err = json.Unmarshal(text, &state)
	}
	return state, err
}

// releaseHost undoes what a node did to the machine. Its processes are gone already.
func (c Cluster) releaseHost() error {
	state, err := readHost()
	if err == nil && state.Owner != c.Dir && process.Any(state.Owner) {
		return nil // what is there is another checkout's
	}
	for _, dir := range []string{c.Dir, state.Owner} { // that other checkout may have been removed without `down`
		if err := unmountBelow(dir); err != nil {
			return err
		}
	}
	removeInterfaces()
	for _, table := range []string{"ip cloister-lab", "ip cloister-lab-node", "ip6 cloister-lab-node", "bridge cloister-lab-node",
		"ip kube-proxy", "ip6 kube-proxy"} {
		_ = execute("", append([]string{"nft", "delete", "table"}, strings.Fields(table)...)...) // fails where there is none
	}
	// Else the next cluster's pods, which get the same addresses, inherit connections to pods that are gone.
	_ = execute("", "conntrack", "-D", "--orig-src", PodCIDR)
	removeControlGroups()
	for name, value := range state.Sysctls {
		if err := os.WriteFile("/proc/sys/"+name, []byte(value), 0); err != nil {
			return err
		}
	}
	for _, folder := range append(state.Created, Sockets) {
		if err := os.RemoveAll(folder); err != nil {
			return err
		}
	}
	return nil
}

// unmountBelow leaves nothing mounted below dir: what is removed afterwards must be our files, not what was mounted there.
func unmountBelow(dir string) error {
	if dir == "" {
		return nil
	}
	points, err := mountsBelow(dir)
	if err != nil {
		return err
	}
	for _, point := range slices.Backward(points) { // the latest first: mounts nest
		if err := unix.Unmount(point, unix.MNT_DETACH); err != nil {
			return fmt.Errorf("unmount %s: %w", point, err)
		}
	}
	if left, err := mountsBelow(dir); err != nil || len(left) > 0 {
		return fmt.Errorf("still mounted: %v (%v)", left, err)
	}
	return nil
}

func mountsBelow(dir string) ([]string, error) {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	var points []string
	for line := range strings.Lines(string(mounts)) {
		point := strings.ReplaceAll(strings.Fields(line)[4], `\040`, " ")
		if strings.HasPrefix(point, dir+"/") {
			points = append(points, point)
		}
	}
	return points, nil
}

func removeInterfaces() {
	ports, _ := os.ReadDir("/sys/class/net/" + Bridge + "/brif")
	for _, port := range ports {
		_ = execute("", "ip", "link", "del", port.Name()) // it may vanish by itself, with its namespace
	}
	if _, err := os.Stat("/sys/class/net/" + Bridge); err == nil {
		_ = execute("", "ip", "link", "del", Bridge)
	}
}

// removeControlGroups removes what containerd calls k8s.io in each hierarchy. A group with processes in it, which can
// only be somebody else's by now, refuses to be removed.
func removeControlGroups() {
	roots, _ := filepath.Glob("/sys/fs/cgroup/*/k8s.io")
	for _, root := range append(roots, "/sys/fs/cgroup/k8s.io") {
		var groups []string
		_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() {
				groups = append(groups, path)
			}
			return nil
		})
		for _, group := range slices.Backward(groups) {
			_ = unix.Rmdir(group)
		}
	}
}
