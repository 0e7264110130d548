package cluster

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// archive is what identifies a docker-archive: its name, and the digest of its configuration, which holds the digests
// of the layers. Both are at the front of a file that may be a gigabyte long.
type archive struct{ name, digest string }

// Load gives the node the images of docker-archive files, except those it has in exactly this form.
func (c Cluster) Load(ctx context.Context, files []string) error {
	if err := os.MkdirAll(c.path("images"), 0o755); err != nil {
		return err
	}
	for _, file := range files {
		image, err := readArchive(file)
		if err != nil {
			return fmt.Errorf("%s is no docker-archive: %w", file, err)
		}
		// Only Load changes the node's images, and `down` removes them together with these notes.
		note := c.path("images", url.PathEscape(image.name))
		if known, err := os.ReadFile(note); err == nil && string(known) == image.digest {
			fmt.Printf("  image %s is there already\n", image.name)
			continue
		}
		cmd := exec.CommandContext(ctx, "ctr", "--address", filepath.Join(Sockets, "containerd.sock"),
			"--namespace", "k8s.io", "images", "import", file)
		if output, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("import %s: %w: %s", file, err, strings.TrimSpace(string(output)))
		}
		if err := os.WriteFile(note, []byte(image.digest), 0o644); err != nil {
			return err
		}
		fmt.Printf("  image %s imported\n", image.name)
	}
	return nil
}

func readArchive(file string) (archive, error) {
	in, err := os.Open(file)
	if err != nil {
		return archive{}, err
	}
	defer in.Close()
	var manifest []struct {
		Config   string
		RepoTags []string
	}
	digests := map[string]string{}
	for reader := tar.NewReader(in); ; {
		header, err := reader.Next()
		if err == io.EOF {
			return archive{}, fmt.Errorf("it needs manifest.json with one tagged image, and its configuration")
		}
		if err != nil {
			return archive{}, err
		}
		switch {
		case header.Name == "manifest.json":
			if err := json.NewDecoder(reader).Decode(&manifest); err != nil {
				return archive{}, err
			}
		case strings.HasSuffix(header.Name, ".json"):
			content, err := io.ReadAll(reader)
			if err != nil {
				return archive{}, err
			}
			digests[header.Name] = fmt.Sprintf("%x", sha256.Sum256(content))
		}
		if len(manifest) == 1 && len(manifest[0].RepoTags) == 1 && digests[manifest[0].Config] != "" {
			return archive{manifest[0].RepoTags[0], digests[manifest[0].Config]}, nil
		}
	}
}
