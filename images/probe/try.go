package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

type result string

const (
	open    result = "Open"
	blocked result = "Blocked"
	failed  result = "Error"
)

type outcome struct {
	result result
	detail string
}

// question is asked of DNS servers. Any answer shows that the server is in reach, whatever it says of this name.
const question = "kubernetes.default.svc.cluster.local."

// try repeats a silent target, as a lost packet is no isolation. Open ends it; an error outweighs silence.
func try(t target, timeout time.Duration, attempts int) outcome {
	worst := outcome{blocked, ""}
	for range attempts {
		got := tryOnce(t, timeout)
		if got.result == open {
			return got
		}
		if got.result == failed || worst.detail == "" {
			worst = got
		}
	}
	if worst.result == blocked {
		worst.detail = fmt.Sprintf("%s in %d attempts", worst.detail, attempts)
	}
	return worst
}

func tryOnce(t target, timeout time.Duration) outcome {
	if t.network == "tcp" {
		return tryTCP(t, timeout)
	}
	// A policy may forbid one and forget the other. A resolver that accepts a TCP connection is in reach already.
	overTCP := make(chan outcome, 1)
	go func() { overTCP <- tryTCP(t, timeout) }()
	udp, tcp := tryUDP(t, timeout), <-overTCP
	udp.detail, tcp.detail = "UDP: "+udp.detail, "TCP: "+tcp.detail
	switch {
	case udp.result == open || tcp.result == blocked && udp.result == failed:
		return udp
	case tcp.result != blocked:
		return tcp
	}
	return outcome{blocked, udp.detail + ", " + tcp.detail}
}

func tryTCP(t target, timeout time.Duration) outcome {
	connection, err := net.DialTimeout("tcp", t.address.String(), timeout)
	if err != nil {
		return judge(err)
	}
	connection.Close()
	return outcome{open, "connection accepted"}
}

func tryUDP(t target, timeout time.Duration) outcome {
	// A connected socket, so that the kernel hands over the ICMP errors that come back.
	connection, err := net.Dial("udp", t.address.String())
	if err != nil {
		return judge(err)
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(timeout)); err != nil {
		return judge(err)
	}
	if _, err := connection.Write(query()); err != nil {
		return judge(err)
	}
	if _, err := connection.Read(make([]byte, 512)); err != nil {
		return judge(err)
	}
	return outcome{open, "answered"}
}

func query() []byte {
	message := dnsmessage.Message{
		Header: dnsmessage.Header{ID: uint16(time.Now().UnixNano()), RecursionDesired: true},
		Questions: []dnsmessage.Question{{
			Name: dnsmessage.MustNewName(question), Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET,
		}},
	}
	packed, err := message.Pack()
	if err != nil {
		panic(err) // a constant question: cannot fail
	}
	return packed
}

// judge tells what a network error says about reach.
//
// A reset (and ICMP "port unreachable" for UDP) came from the target or from a firewall that answers in its place: the two
// cannot be told apart, so it counts as Open. The kernel reports ICMP "administratively prohibited" as one of the
// unreachable errors over IPv4 and as EACCES over IPv6, and a packet dropped on its way out of this host as EPERM.
func judge(err error) outcome {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ECONNRESET):
		return outcome{open, "refused: packets got through"}
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT):
		return outcome{blocked, "no answer"}
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return outcome{blocked, "prohibited"}
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return outcome{blocked, "unreachable"}
	}
	var network net.Error
	if errors.As(err, &network) && network.Timeout() {
		return outcome{blocked, "no answer"} // DialTimeout's own error: its type is not exported
	}
	detail := err.Error()
	return outcome{failed, detail[:min(len(detail), 120)]}
}
