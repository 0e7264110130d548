package cluster

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"text/template"
)

//go:embed manifests
var manifests embed.FS

// write fills a template of manifests/ in and stores it in the cluster's folder.
func (c Cluster) write(name, path string) error {
	text, err := c.render(name)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

func (c Cluster) render(name string) ([]byte, error) {
	parsed, err := template.New(name).Option("missingkey=error").ParseFS(manifests, "manifests/"+name)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = parsed.Execute(&out, map[string]any{
		"Dir": c.Dir, "Sockets": Sockets, "Bridge": Bridge, "NodeName": NodeName, "NodeIP": NodeIP,
		"PodCIDR": PodCIDR, "DNSIP": dnsIP, "APIPort": c.APIPort, "CoreDNS": coreDNS,
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return out.Bytes(), nil
}
