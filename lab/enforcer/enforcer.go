// Package enforcer keeps the kernel's packet filter in line with the cluster's NetworkPolicies, and fails closed.
package enforcer

import (
	"context"
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/knftables"

	"cloister.dev/lab/cluster"
	"cloister.dev/lab/policy"
)

type enforcer struct {
	nft     knftables.Interface
	network network
	cluster *clusterView

	mutex   sync.Mutex
	book    *addressBook
	applied *policy.Ruleset // what the kernel has, as far as we know
}

// Run enforces until the context ends. It leaves its rules in the kernel: what was denied stays denied.
func Run(ctx context.Context, lab cluster.Cluster) error {
	config, err := clientcmd.BuildConfigFromFlags("", lab.Kubeconfig())
	if err != nil {
		return err
	}
	config.QPS, config.Burst = 500, 1000 // each new pod costs three reads
	api, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	nft, err := knftables.New(knftables.IPv4Family, tableName)
	if err != nil {
		return err
	}
	book, err := openAddressBook(filepath.Join(lab.Dir, "addresses.json"))
	if err != nil {
		return err
	}
	changes := make(chan struct{}, 1)
	view, err := watchCluster(ctx, api, func() {
		select {
		case changes <- struct{}{}:
		default: // one is waiting already, and will see this change too
		}
	})
	if err != nil {
		return err
	}
	e := &enforcer{nft: nft, network: network{cluster.Bridge, cluster.PodCIDR, cluster.NodeIP}, cluster: view, book: book}
	e.forgetGonePods()
	if err := e.sync(ctx); err != nil {
		return err
	}
	// Only now may pods be announced: before, an answer would not mean that its rules are in place.
	listener, err := listen(SocketPath())
	if err != nil {
		return err
	}
	go e.serve(ctx, listener)
	return e.follow(ctx, changes)
}

// SocketPath is where the CNI plugin reaches the enforcer.
func SocketPath() string { return filepath.Join(cluster.Sockets, "enforcer.sock") }

func listen(socket string) (net.Listener, error) {
	if err := os.Remove(socket); err != nil && !os.IsNotExist(err) { // of a predecessor that was killed
		return nil, err
	}
	return net.Listen("unix", socket)
}

func (e *enforcer) follow(ctx context.Context, changes chan struct{}) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changes:
		}
		for err := e.sync(ctx); err != nil && ctx.Err() == nil; err = e.sync(ctx) {
			log.Printf("the rules are those of before, trying again: %v", err)
			time.Sleep(200 * time.Millisecond)
		}
	}
}

// forgetGonePods drops addresses whose removal was not heard while no enforcer ran.
func (e *enforcer) forgetGonePods() {
	for ip, entry := range e.book.entries {
		if !e.cluster.refresh(&entry.Pod) {
			delete(e.book.entries, ip)
		}
	}
}

func (e *enforcer) sync(ctx context.Context) error {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return e.syncLocked(ctx)
}

func (e *enforcer) syncLocked(ctx context.Context) error {
	for ip, entry := range e.book.entries {
		// A pod that was deleted by force may still run. It keeps its last labels until its sandbox is gone.
		if e.cluster.refresh(&entry.Pod) {
			e.book.entries[ip] = entry
		}
	}
	state, err := e.cluster.state(e.book.pods())
	if err != nil {
		return err
	}
	rules, err := policy.Compute(state)
	if err != nil {
		return err
	}
	if e.applied != nil && reflect.DeepEqual(*e.applied, rules) {
		return nil
	}
	began := time.Now()
	if err := program(ctx, e.nft, e.network, rules); err != nil {
		return err
	}
	e.applied = &rules
	log.Printf("%d addresses, %d isolated, %d chains, %d sets, in %v", len(rules.Pods),
		len(rules.Egress)+len(rules.Ingress), len(rules.Chains), len(rules.Sets), time.Since(began).Round(time.Millisecond))
	return nil
}

// announce returns once the rules for a new pod are in the kernel. Any error keeps the pod from starting.
func (e *enforcer) announce(ctx context.Context, entry address) error {
	if err := e.cluster.catchUp(ctx, entry.Pod.Namespace, entry.Pod.Name, entry.Pod.UID); err != nil {
		return err
	}
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.book.put(entry)
	if err := e.syncLocked(ctx); err != nil {
		e.book.removeSandbox(entry.Sandbox)
		return fmt.Errorf("program the kernel: %w", err)
	}
	return e.book.save()
}

func (e *enforcer) withdraw(ctx context.Context, sandbox string) error {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.book.removeSandbox(sandbox)
	if err := e.syncLocked(ctx); err != nil {
		return err
	}
	return e.book.save()
}
