package enforcer

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"cloister.dev/lab/policy"
)

// patience is how long a pod's start may wait for its rules. It is less than the time that the runtime gives a plugin.
const patience = 10 * time.Second

func (e *enforcer) serve(ctx context.Context, listener net.Listener) {
	handle := func(path string, act func(context.Context, address) error) {
		http.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			var entry address
			err := json.NewDecoder(r.Body).Decode(&entry)
			if err == nil {
				err = act(ctx, entry)
			}
			if err != nil {
				log.Printf("%s %s/%s: %v", path, entry.Pod.Namespace, entry.Pod.Name, err)
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
		})
	}
	handle("/announce", e.announce)
	handle("/withdraw", func(ctx context.Context, entry address) error { return e.withdraw(ctx, entry.Sandbox) })
	log.Fatal(http.Serve(listener, nil))
}

// Announce asks the enforcer at the socket to let a pod's address talk, under the pod's policies.
func Announce(socket, sandbox string, pod policy.Pod) error {
	return call(socket, "/announce", address{Sandbox: sandbox, Pod: pod})
}

// Withdraw tells the enforcer that a sandbox is gone.
func Withdraw(socket, sandbox string) error {
	return call(socket, "/withdraw", address{Sandbox: sandbox})
}

func call(socket, path string, entry address) error {
	client := http.Client{Timeout: patience, Transport: &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) { return net.Dial("unix", socket) }}}
	body, err := json.Marshal(entry)
	if err != nil {
		return err
	}
	response, err := client.Post("http://enforcer"+path, "application/json", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("the network policy enforcer does not answer: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		message, _ := io.ReadAll(response.Body)
		return fmt.Errorf("the network policy enforcer refuses: %s", bytes.TrimSpace(message))
	}
	return nil
}
