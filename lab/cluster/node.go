package cluster

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const coreDNS = "1.15.0"

// prepareNode makes all that does not need the API server: the network, configurations and a running containerd.
func (s *startup) prepareNode(ctx context.Context) error {
	if err := s.claimHost(); err != nil {
		return err
	}
	if err := s.network(); err != nil {
		return err
	}
	if err := s.cniPlugins(); err != nil {
		return err
	}
	if err := os.WriteFile(s.path("resolv.conf"), nil, 0o644); err != nil {
		return err
	}
	// The kubelet makes a socket in its root folder, which therefore needs a short name too.
	if err := os.Mkdir(s.path("kubelet"), 0o755); err != nil {
		return err
	}
	if err := os.Symlink(s.path("kubelet"), filepath.Join(Sockets, "kubelet")); err != nil {
		return err
	}
	for _, name := range []string{"containerd.toml", "kubelet.yaml", "proxy.yaml", "addons.yaml"} {
		if err := s.write(name, s.path("config", name)); err != nil {
			return err
		}
	}
	if err := s.write("cni.json", s.path("cni", "conf", "10-lab.conflist")); err != nil {
		return err
	}
	return s.start("containerd", "/usr/bin/containerd", "--config", s.path("config", "containerd.toml"))
}

// network makes the bridge before any pod does, because its address is the node's, and fixes rules that never change.
func (s *startup) network() error {
	rules, err := s.render("static.nft")
	if err != nil {
		return err
	}
	ones, bits := 0, 0
	if _, cidr, err := net.ParseCIDR(PodCIDR); err == nil {
		ones, bits = cidr.Mask.Size()
	}
	if bits != 32 {
		return fmt.Errorf("%s is not an IPv4 range", PodCIDR)
	}
	for _, step := range []struct {
		input   string
		command string
	}{
		{"", "ip link add " + Bridge + " type bridge"},
		{"", fmt.Sprintf("ip address add %s/%d dev %s", NodeIP, ones, Bridge)},
		{"", "ip link set " + Bridge + " up"},
		// Calls from the machine to a Service then come from the node's address, default route or not.
		{"", fmt.Sprintf("ip route add %s dev %s src %s", ServiceCIDR, Bridge, NodeIP)},
		{string(rules), "nft -f -"},
	} {
		if err := execute(step.input, strings.Fields(step.command)...); err != nil {
			return err
		}
	}
	return nil
}

// cniPlugins is one folder with the plugins of the distribution and, under another name, this very binary.
func (s *startup) cniPlugins() error {
	if err := os.MkdirAll(s.path("cni", "bin"), 0o755); err != nil {
		return err
	}
	for _, plugin := range []string{"bridge", "host-local", "loopback"} {
		if err := os.Symlink("/usr/lib/cni/"+plugin, s.path("cni", "bin", plugin)); err != nil {
			return err
		}
	}
	return os.Symlink(s.bin("lab"), s.path("cni", "bin", "cloister-lab"))
}

// startNode starts what makes the machine a node. The enforcer comes first: no pod may start unpoliced.
func (s *startup) startNode(ctx context.Context) error {
	if err := s.start("enforcer", s.bin("lab"), "enforcer"); err != nil {
		return err
	}
	if err := s.start("provisioner", s.bin("lab"), "provisioner"); err != nil {
		return err
	}
	if err := s.start("kube-proxy", s.bin("kube"), "kube-proxy", "--config="+s.path("config", "proxy.yaml")); err != nil {
		return err
	}
	if err := s.until(ctx, "containerd", socketReady("containerd.sock")); err != nil {
		return err
	}
	if err := s.until(ctx, "network policy", socketReady("enforcer.sock")); err != nil {
		return err
	}
	err := s.start("kubelet", s.bin("kube"), "kubelet",
		"--config="+s.path("config", "kubelet.yaml"), "--kubeconfig="+s.kubeconfig("kubelet"),
		"--root-dir="+filepath.Join(Sockets, "kubelet"), "--cert-dir="+s.path("kubelet", "pki"),
		"--hostname-override="+NodeName, "--node-ip="+NodeIP)
	if err != nil {
		return err
	}
	var both errgroup.Group
	both.Go(func() error {
		return execute("", s.bin("kubectl"), "--kubeconfig="+s.Kubeconfig(), "apply", "--server-side", "-f", s.path("config", "addons.yaml"))
	})
	both.Go(func() error { return s.Load(ctx, []string{s.image("pause"), s.image("coredns")}) })
	if err := both.Wait(); err != nil {
		return err
	}
	if err := s.until(ctx, "node", s.nodeReady); err != nil {
		return err
	}
	return s.until(ctx, "DNS", s.dnsReady)
}

func socketReady(name string) func(context.Context) error {
	return func(context.Context) error {
		connection, err := net.Dial("unix", filepath.Join(Sockets, name))
		if err == nil {
			err = connection.Close()
		}
		return err
	}
}

func (s *startup) dnsReady(ctx context.Context) error {
	deployment, err := s.api.AppsV1().Deployments("kube-system").Get(ctx, "coredns", metav1.GetOptions{})
	if err == nil && deployment.Status.AvailableReplicas == 0 {
		err = fmt.Errorf("CoreDNS is not available yet")
	}
	return err
}

// execute runs a command to its end; its output matters only when it fails.
func execute(input string, argv ...string) error {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdin = strings.NewReader(input)
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(argv, " "), err, strings.TrimSpace(string(output)))
	}
	return nil
}
