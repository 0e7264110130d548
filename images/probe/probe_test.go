package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const short = 200 * time.Millisecond

func TestTryJudgesARealSocket(t *testing.T) {
	for _, test := range []struct {
		name    string
		network string
		serve   func(*testing.T) netip.AddrPort
		want    outcome
	}{
		{"TCP accepted", "tcp", accepting, outcome{open, "connection accepted"}},
		{"TCP refused", "tcp", refusing, outcome{open, "refused: packets got through"}},
		{"TCP silent", "tcp", silent, outcome{blocked, "no answer in 2 attempts"}},
		{"DNS answered over UDP", "dns", resolving, outcome{open, "UDP: answered"}},
		{"DNS refused over UDP", "dns", refusing, outcome{open, "UDP: refused: packets got through"}},
		{"DNS silent over UDP, accepted over TCP", "dns", onlyTCP, outcome{open, "TCP: connection accepted"}},
		{"DNS silent over both", "dns", silent, outcome{blocked, "UDP: no answer, TCP: no answer in 2 attempts"}},
		{"address that no packet may go to", "tcp", broadcast, outcome{blocked, "unreachable in 2 attempts"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := try(target{"a", test.network, test.serve(t)}, short, 2)
			if got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestTryTakesALostFirstPacketForNoIsolation(t *testing.T) {
	server, address := udpListener(t)
	go func() {
		buffer := make([]byte, 512)
		server.ReadFrom(buffer) // the first question is lost
		_, from, err := server.ReadFrom(buffer)
		if err == nil {
			server.WriteTo([]byte("any answer"), from)
		}
	}()
	fillBacklog(t, address)

	if got := try(target{"dns", "dns", address}, short, 2); got.result != open {
		t.Errorf("got %v, want Open by the second attempt", got)
	}
}

func TestJudgeCountsDoubtAgainstBlocked(t *testing.T) {
	for _, test := range []struct {
		err  error
		want result
	}{
		{syscall.ECONNREFUSED, open},
		{syscall.ECONNRESET, open},
		{os.ErrDeadlineExceeded, blocked},
		{syscall.ETIMEDOUT, blocked},
		{syscall.EACCES, blocked},
		{syscall.EPERM, blocked},
		{syscall.EHOSTUNREACH, blocked},
		{syscall.ENETUNREACH, blocked},
		{syscall.EMFILE, failed},
		{syscall.ENETDOWN, failed},
		{syscall.EINVAL, failed},
		{errors.New("something new"), failed},
	} {
		wrapped := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", test.err)}
		if got := judge(wrapped).result; got != test.want {
			t.Errorf("%v: got %s, want %s", test.err, got, test.want)
		}
	}
}

func TestRunReportsAllTargetsInOrder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report")
	var stdout, stderr bytes.Buffer
	up, down := accepting(t), silent(t)

	started := time.Now()
	code := run([]string{"-timeout", "300ms", "-report", file,
		"a=tcp://" + up.String(), "b=tcp://" + down.String(), "c=dns://" + down.String()}, &stdout, &stderr)

	if code != 0 || stderr.Len() > 0 {
		t.Fatalf("exit %d: %s", code, &stderr)
	}
	if took := time.Since(started); took > 900*time.Millisecond {
		t.Errorf("took %v: targets were not tried in parallel", took)
	}
	written, err := os.ReadFile(file)
	if err != nil || string(written)+"\n" != stdout.String() {
		t.Fatalf("the file has %q (%v), standard output %q", written, err, &stdout)
	}
	want := fmt.Sprintf(`{"targets":[{"name":"a","address":"tcp://%s","result":"Open","detail":"connection accepted"},`+
		`{"name":"b","address":"tcp://%s","result":"Blocked","detail":"no answer in 2 attempts"},`+
		`{"name":"c","address":"dns://%[2]s","result":"Blocked","detail":"UDP: no answer, TCP: no answer in 2 attempts"}]}`, up, down)
	if string(written) != want {
		t.Errorf("got\n%s\nwant\n%s", written, want)
	}
}

func TestRunRefusesBadUsageWithoutAReport(t *testing.T) {
	for _, test := range []struct {
		arguments string
		says      string
	}{
		{"", "no target given"},
		{"api", "is not NAME=tcp://"},
		{"=tcp://10.0.0.1:1", "is not NAME=tcp://"},
		{"api=udp://10.0.0.1:1", "is not NAME=tcp://"},
		{"api=tcp://kubernetes.default:443", "is not an IP address with a port"},
		{"api=tcp://10.0.0.1", "is not an IP address with a port"},
		{"api=tcp://10.0.0.1:0", "is not an IP address with a port"},
		{"a=tcp://10.0.0.1:1 a=tcp://10.0.0.2:1", "given twice"},
		{"-timeout 0s a=tcp://10.0.0.1:1", "greater than zero"},
		{"-attempts 0 a=tcp://10.0.0.1:1", "greater than zero"},
		{strings.Repeat("a", maxReport) + "=tcp://10.0.0.1:1", "do not fit into a report"},
	} {
		file := filepath.Join(t.TempDir(), "report")
		var stdout, stderr bytes.Buffer
		code := run(append([]string{"-report", file}, strings.Fields(test.arguments)...), &stdout, &stderr)
		if code != 1 || !strings.Contains(stderr.String(), test.says) || stdout.Len() > 0 {
			t.Errorf("%.60q: exit %d, said %q, want 1 and %q", test.arguments, code, &stderr, test.says)
		}
		if _, err := os.Stat(file); err == nil {
			t.Errorf("%.60q: a report was written", test.arguments)
		}
	}
}

func TestRunFailsWhenItCannotReport(t *testing.T) {
	var stdout, stderr bytes.Buffer
	missing := filepath.Join(t.TempDir(), "no such folder", "report")
	if code := run([]string{"-report", missing, "a=tcp://" + accepting(t).String()}, &stdout, &stderr); code != 1 {
		t.Errorf("exit %d, want 1", code)
	}
}

func TestRenderKeepsWithinATerminationMessage(t *testing.T) {
	var many report
	for i := range 40 {
		many.Targets = append(many.Targets, entry{fmt.Sprint("target-", i), "tcp://10.0.0.1:443", failed, strings.Repeat("x", 120)})
	}
	text := render(many)
	var read report
	if err := json.Unmarshal(text, &read); err != nil || len(text) > maxReport || len(read.Targets) != 40 {
		t.Errorf("%d bytes, %d targets, %v", len(text), len(read.Targets), err)
	}
}

// Listeners, each on a loopback port of its own.

func accepting(t *testing.T) netip.AddrPort {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return netip.MustParseAddrPort(listener.Addr().String())
}

func refusing(t *testing.T) netip.AddrPort {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return netip.MustParseAddrPort(listener.Addr().String())
}

// silent answers nothing, over UDP and TCP.
func silent(t *testing.T) netip.AddrPort {
	_, address := udpListener(t)
	fillBacklog(t, address)
	return address
}

func onlyTCP(t *testing.T) netip.AddrPort {
	_, address := udpListener(t)
	listener, err := net.Listen("tcp", address.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return address
}

func resolving(t *testing.T) netip.AddrPort {
	server, address := udpListener(t)
	go func() {
		buffer := make([]byte, 512)
		if _, from, err := server.ReadFrom(buffer); err == nil {
			server.WriteTo([]byte("not even DNS"), from)
		}
	}()
	return address
}

// broadcast: the kernel itself refuses a TCP connection to it, and no packet leaves.
func broadcast(*testing.T) netip.AddrPort { return netip.MustParseAddrPort("255.255.255.255:9") }

func udpListener(t *testing.T) (net.PacketConn, netip.AddrPort) {
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server, netip.MustParseAddrPort(server.LocalAddr().String())
}

// fillBacklog listens, never accepts, and fills the queue: from then on the kernel drops each SYN without an answer.
func fillBacklog(t *testing.T, address netip.AddrPort) {
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(socket) })
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Port: int(address.Port()), Addr: address.Addr().As4()}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(socket, 0); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		connection, err := net.DialTimeout("tcp", address.String(), 100*time.Millisecond)
		if err != nil {
			return
		}
		t.Cleanup(func() { connection.Close() })
	}
	t.Fatal("the queue never filled")
}
