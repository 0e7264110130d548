// Package cluster starts and removes the lab's two kinds of Kubernetes cluster on this machine.
package cluster

import (
	"fmt"
	"os"
	"path/filepath"
)

// The addresses are facts that tests and samples rely on.
const (
	PodCIDR     = "10.244.0.0/16"
	ServiceCIDR = "10.96.0.0/16"
	NodeName    = "lab"
	NodeIP      = "10.244.0.1" // the bridge's own address, so that no other interface of the machine matters
	apiIP       = "10.96.0.1"
	dnsIP       = "10.96.0.10"
	Bridge      = "cloister0"

	// Unix socket paths end at 107 characters, and a checkout may sit in a deep folder: sockets live here instead.
	// This folder is also what makes a second full lab on the same machine visible.
	Sockets = "/run/cloister-lab"
)

// A Cluster is one of the two that a checkout can run. They share no port and no folder, so both can run at once.
type Cluster struct {
	Title    string
	Home     string // the checkout's .lab folder, with the binaries and images
	Dir      string // all state of this cluster
	HasNode  bool
	APIPort  int
	etcdPort int
	kcmPort  int
}

// Full is a cluster with one node that runs pods.
func Full(home string) Cluster {
	return Cluster{Title: "full cluster, node " + NodeName, Home: home, Dir: filepath.Join(home, "run"),
		HasNode: true, APIPort: 6443, etcdPort: 2379, kcmPort: 10257}
}

// ControlPlane is a cluster without a node: an API server with its store and controllers.
func ControlPlane(home string) Cluster {
	return Cluster{Title: "control plane only", Home: home, Dir: filepath.Join(home, "cp"),
		APIPort: 6444, etcdPort: 2479, kcmPort: 10357}
}

// Home finds the .lab folder: the environment says it, or this binary is in its bin folder.
func Home() (string, error) {
	if dir := os.Getenv("CLOISTER_LAB_DIR"); dir != "" {
		return filepath.Abs(dir)
	}
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	return filepath.Dir(filepath.Dir(self)), nil
}

// Kubeconfig is the administrator's, and what `up` prints last.
func (c Cluster) Kubeconfig() string { return c.kubeconfig("admin") }

func (c Cluster) kubeconfig(user string) string { return c.path(user + ".kubeconfig") }

func (c Cluster) path(elements ...string) string {
	return filepath.Join(append([]string{c.Dir}, elements...)...)
}

func (c Cluster) bin(name string) string { return filepath.Join(c.Home, "bin", name) }

func (c Cluster) cert(name string) string { return c.path("pki", name+".crt") }

func (c Cluster) key(name string) string { return c.path("pki", name+".key") }

func (c Cluster) server() string { return fmt.Sprintf("https://127.0.0.1:%d", c.APIPort) }

// missing lists what `up` needs and build.sh makes or installs.
func (c Cluster) missing() []string {
	need := []string{c.bin("kube"), c.bin("kubectl")}
	if c.HasNode {
		need = append(need, c.bin("coredns"), c.image("pause"), c.image("coredns"), "/usr/lib/cni/bridge",
			"/usr/bin/containerd", "/usr/sbin/runc", "/usr/sbin/nft", "/usr/sbin/conntrack")
	}
	var absent []string
	for _, file := range need {
		if _, err := os.Stat(file); err != nil {
			absent = append(absent, file)
		}
	}
	return absent
}

func (c Cluster) image(name string) string { return filepath.Join(c.Home, "images", name+".tar") }
