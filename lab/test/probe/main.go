// Command probe is the one program in the image of the node tests: a server, and clients that say what they saw.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

const patience = 500 * time.Millisecond

func main() {
	var err error
	switch args := os.Args[1:]; args[0] {
	case "serve":
		err = serve()
	case "hammer":
		err = hammer(args[1], args[2])
	case "dial":
		err = dial(args[1])
	case "hold":
		err = hold(args[1])
	case "resolve":
		err = resolve(args[1], args[2])
	case "touch":
		err = os.WriteFile(args[1], nil, 0o600)
	case "addresses":
		addresses, e := net.InterfaceAddrs()
		fmt.Println(addresses)
		err = e
	default:
		err = fmt.Errorf("unknown command %s", args[0])
	}
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

// serve answers on TCP port 8080, IPv6 too, with whatever it is sent.
func serve() error {
	listener, err := net.Listen("tcp", ":8080")
	if err != nil {
		return err
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		go io.Copy(connection, connection)
	}
}

// hammer connects again and again from its first instant. It ends at the first success, or after enough failures.
func hammer(address, timeout string) error {
	limit, err := time.ParseDuration(timeout)
	if err != nil {
		return err
	}
	for attempt := 1; attempt <= 100; attempt++ {
		connection, err := net.DialTimeout("tcp", address, limit)
		if err == nil {
			fmt.Println("connected at attempt", attempt)
			return connection.Close()
		}
	}
	fmt.Println("never connected")
	return nil
}

func dial(address string) error {
	connection, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		return err
	}
	return connection.Close()
}

// hold keeps one connection busy until nothing comes back any more.
func hold(address string) error {
	connection, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		return err
	}
	fmt.Println("flows")
	for buffer := []byte{0}; ; time.Sleep(10 * time.Millisecond) {
		_ = connection.SetDeadline(time.Now().Add(patience))
		if _, err := connection.Write(buffer); err != nil {
			break
		}
		if _, err := io.ReadFull(connection, buffer); err != nil {
			break
		}
	}
	fmt.Println("cut")
	return nil
}

// resolve asks a DNS server over UDP, once.
func resolve(name, server string) error {
	resolver := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server)
	}}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	addresses, err := resolver.LookupHost(ctx, name)
	fmt.Println(addresses)
	return err
}
