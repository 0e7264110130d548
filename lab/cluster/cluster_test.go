package cluster

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

func TestEveryManifestIsCompleteAndParses(t *testing.T) {
	entries, err := manifests.ReadDir("manifests")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		text, err := Full("/lab").render(entry.Name())
		if err != nil {
			t.Error(err)
			continue
		}
		for _, document := range strings.Split(string(text), "\n---\n") {
			var parsed any
			switch filepath.Ext(entry.Name()) {
			case ".yaml":
				err = yaml.UnmarshalStrict([]byte(document), &parsed)
			case ".json":
				err = json.Unmarshal([]byte(document), &parsed)
			}
			if err != nil {
				t.Errorf("%s: %v", entry.Name(), err)
			}
		}
	}
}

func TestTheTwoClustersShareNothing(t *testing.T) {
	full, alone := Full("/lab"), ControlPlane("/lab")
	if full.Dir == alone.Dir || full.APIPort == alone.APIPort || full.kcmPort == alone.kcmPort || full.etcdPort+1 >= alone.etcdPort {
		t.Errorf("%+v\n%+v", full, alone)
	}
}

func TestAnArchiveIsKnownByItsNameAndConfiguration(t *testing.T) {
	config := `{"rootfs":{"diff_ids":["sha256:1"]}}`
	manifest := `[{"Config":"c.json","RepoTags":["lab.cloister.dev/x:1"],"Layers":["layer.tar"]}]`
	for _, test := range []struct {
		name  string
		files []string // name, content, ...
		valid bool
	}{
		{"manifest first", []string{"manifest.json", manifest, "c.json", config, "layer.tar", "x"}, true},
		{"configuration first, as docker save writes it", []string{"c.json", config, "layer.tar", "x", "manifest.json", manifest}, true},
		{"no configuration", []string{"manifest.json", manifest, "layer.tar", "x"}, false},
		{"no manifest", []string{"c.json", config}, false},
		{"no archive", nil, false},
	} {
		file := filepath.Join(t.TempDir(), "image.tar")
		if err := os.WriteFile(file, archiveOf(t, test.files), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := readArchive(file)
		if (err == nil) != test.valid {
			t.Errorf("%s: %v", test.name, err)
		}
		if test.valid && (got.name != "lab.cloister.dev/x:1" || len(got.digest) != 64) {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

func archiveOf(t *testing.T, files []string) []byte {
	t.Helper()
	var out bytes.Buffer
	writer := tar.NewWriter(&out)
	for i := 0; i < len(files); i += 2 {
		if err := writer.WriteHeader(&tar.Header{Name: files[i], Size: int64(len(files[i+1])), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := writer.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
