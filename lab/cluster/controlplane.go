package cluster

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func (s *startup) etcd() error {
	client, peer := fmt.Sprintf("http://127.0.0.1:%d", s.etcdPort), fmt.Sprintf("http://127.0.0.1:%d", s.etcdPort+1)
	return s.start("etcd", s.bin("kube"), "etcd",
		"--data-dir="+s.path("etcd"),
		"--listen-client-urls="+client, "--advertise-client-urls="+client,
		"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=default="+peer,
		"--unsafe-no-fsync") // nothing here outlives a crash: `up` starts from nothing
}

func (s *startup) apiServer() error {
	args := []string{s.bin("kube"), "kube-apiserver",
		fmt.Sprintf("--etcd-servers=http://127.0.0.1:%d", s.etcdPort),
		fmt.Sprintf("--secure-port=%d", s.APIPort),
		"--tls-cert-file=" + s.cert("apiserver"), "--tls-private-key-file=" + s.key("apiserver"),
		"--client-ca-file=" + s.cert("ca"),
		"--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", "--allow-privileged",
		"--service-cluster-ip-range=" + ServiceCIDR,
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file=" + s.cert("tokens"), "--service-account-signing-key-file=" + s.key("tokens"),
	}
	if s.HasNode {
		args = append(args,
			"--bind-address=0.0.0.0", // loopback and node; static.nft keeps the other interfaces out
			"--advertise-address="+NodeIP,
			"--kubelet-preferred-address-types=InternalIP", // the node's name is in no DNS
			"--kubelet-certificate-authority="+s.cert("ca"),
			"--kubelet-client-certificate="+s.cert("apiserver-kubelet-client"),
			"--kubelet-client-key="+s.key("apiserver-kubelet-client"))
	} else {
		// A loopback address may not be an endpoint, and nobody looks the Service `kubernetes` up.
		args = append(args, "--bind-address=127.0.0.1", "--endpoint-reconciler-type=none")
	}
	return s.start("kube-apiserver", args...)
}

// controllerManager and scheduler must start after /readyz: before it they die for want of their RBAC rules.
func (s *startup) controllerManager() error {
	return s.start("kube-controller-manager", s.bin("kube"), "kube-controller-manager",
		"--kubeconfig="+s.kubeconfig("controller-manager"),
		"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", s.kcmPort),
		"--root-ca-file="+s.cert("ca"), "--service-account-private-key-file="+s.key("tokens"),
		"--use-service-account-credentials", "--leader-elect=false",
		"--kube-api-qps=500", "--kube-api-burst=1000")
}

func (s *startup) scheduler() error {
	return s.start("kube-scheduler", s.bin("kube"), "kube-scheduler",
		"--kubeconfig="+s.kubeconfig("scheduler"), "--bind-address=127.0.0.1", "--leader-elect=false",
		"--kube-api-qps=500", "--kube-api-burst=1000")
}

func (s *startup) apiServerReady(ctx context.Context) error {
	return s.api.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
}

// controllersReady: pods and tests need the default ServiceAccount, which a controller makes.
func (s *startup) controllersReady(ctx context.Context) error {
	_, err := s.api.CoreV1().ServiceAccounts("default").Get(ctx, "default", metav1.GetOptions{})
	return err
}
