package certs

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
)

func parse(t *testing.T, pair Pair) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode(pair.Cert)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestCertificatesAreGoodForTheirPurposeOnly(t *testing.T) {
	authority, err := NewAuthority("lab")
	if err != nil {
		t.Fatal(err)
	}
	other, _ := NewAuthority("lab")
	server, err := authority.Server("api", "localhost", "10.96.0.1")
	if err != nil {
		t.Fatal(err)
	}
	client, err := authority.Client("system:node:lab", "system:nodes")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name      string
		pair      Pair
		authority *Authority
		host      string
		usage     x509.ExtKeyUsage
		valid     bool
	}{
		{"server by name", server, authority, "localhost", x509.ExtKeyUsageServerAuth, true},
		{"server by address", server, authority, "10.96.0.1", x509.ExtKeyUsageServerAuth, true},
		{"server under another name", server, authority, "example.org", x509.ExtKeyUsageServerAuth, false},
		{"server as a client", server, authority, "", x509.ExtKeyUsageClientAuth, false},
		{"client", client, authority, "", x509.ExtKeyUsageClientAuth, true},
		{"client as a server", client, authority, "", x509.ExtKeyUsageServerAuth, false},
		{"client of another lab with the same name", client, other, "", x509.ExtKeyUsageClientAuth, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			roots := x509.NewCertPool()
			roots.AppendCertsFromPEM(test.authority.CertPEM)
			_, err := parse(t, test.pair).Verify(x509.VerifyOptions{
				Roots: roots, DNSName: test.host, KeyUsages: []x509.ExtKeyUsage{test.usage}})
			if (err == nil) != test.valid {
				t.Errorf("valid = %v, want %v (%v)", err == nil, test.valid, err)
			}
		})
	}
	if subject := parse(t, client).Subject; subject.CommonName != "system:node:lab" || subject.Organization[0] != "system:nodes" {
		t.Errorf("Kubernetes would read the wrong user from %v", subject)
	}
}

func TestAKeyIsReadableByItsOwnerOnly(t *testing.T) {
	authority, _ := NewAuthority("lab")
	pair, _ := authority.Client("admin", "system:masters")
	dir := t.TempDir()
	if err := pair.Write(dir, "admin"); err != nil {
		t.Fatal(err)
	}
	if _, err := tls.LoadX509KeyPair(filepath.Join(dir, "admin.crt"), filepath.Join(dir, "admin.key")); err != nil {
		t.Error(err)
	}
	info, _ := os.Stat(filepath.Join(dir, "admin.key"))
	if info.Mode().Perm() != 0o600 {
		t.Errorf("key has mode %v", info.Mode())
	}
}
