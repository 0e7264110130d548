package cluster

import (
	"os"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"cloister.dev/lab/certs"
)

// issueCertificates writes the cluster's PKI and a kubeconfig for each program that talks to the API server.
func (c Cluster) issueCertificates() error {
	if err := os.MkdirAll(c.path("pki"), 0o700); err != nil {
		return err
	}
	authority, err := certs.NewAuthority("cloister-lab")
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.cert("ca"), authority.CertPEM, 0o644); err != nil {
		return err
	}
	tokens, err := certs.SigningKey()
	if err != nil {
		return err
	}
	if err := tokens.Write(c.path("pki"), "tokens"); err != nil {
		return err
	}
	servers := map[string][]string{
		"apiserver": {"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
			"kubernetes.default.svc.cluster.local", "127.0.0.1", apiIP, NodeIP},
		"kubelet": {NodeName, NodeIP},
	}
	for name, hosts := range servers {
		pair, err := authority.Server(name, hosts...)
		if err != nil {
			return err
		}
		if err := pair.Write(c.path("pki"), name); err != nil {
			return err
		}
	}
	toKubelet, err := authority.Client("kube-apiserver", "system:masters")
	if err != nil {
		return err
	}
	if err := toKubelet.Write(c.path("pki"), "apiserver-kubelet-client"); err != nil {
		return err
	}
	for _, user := range []struct{ file, name, group string }{
		{"admin", "lab-admin", "system:masters"},
		{"controller-manager", "system:kube-controller-manager", ""},
		{"scheduler", "system:kube-scheduler", ""},
		{"proxy", "system:kube-proxy", ""},
		{"kubelet", "system:node:" + NodeName, "system:nodes"},
	} {
		pair, err := authority.Client(user.name, user.group)
		if err != nil {
			return err
		}
		if err := c.writeKubeconfig(user.file, authority.CertPEM, pair); err != nil {
			return err
		}
	}
	return nil
}

func (c Cluster) writeKubeconfig(user string, ca []byte, pair certs.Pair) error {
	config := clientcmdapi.NewConfig()
	config.Clusters["lab"] = &clientcmdapi.Cluster{Server: c.server(), CertificateAuthorityData: ca}
	config.AuthInfos[user] = &clientcmdapi.AuthInfo{ClientCertificateData: pair.Cert, ClientKeyData: pair.Key}
	config.Contexts["lab"] = &clientcmdapi.Context{Cluster: "lab", AuthInfo: user}
	config.CurrentContext = "lab"
	return clientcmd.WriteToFile(*config, c.kubeconfig(user))
}
