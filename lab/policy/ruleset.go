// Package policy turns NetworkPolicies into the rules that a packet filter needs. It knows no kernel and no API server.
package policy

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// A Pod is an address that the CNI plugin has announced, and what policies can say about its owner.
type Pod struct {
	Namespace string                 `json:"namespace"`
	Name      string                 `json:"name"`
	UID       string                 `json:"uid"`
	IP        string                 `json:"ip"`
	Labels    map[string]string      `json:"labels"`
	Ports     []corev1.ContainerPort `json:"ports,omitempty"`
}

// State is everything that a ruleset follows from.
type State struct {
	Pods       []Pod
	Namespaces map[string]map[string]string // labels by name
	Policies   []*networkingv1.NetworkPolicy
}

// A Ruleset is the desired content of the packet filter. Chains and sets are named by a digest of what they stand for:
// pods under the same rules share a chain, rules with the same peers share a set, and equal input gives equal names.
type Ruleset struct {
	Pods    []string            // every address that may talk at all
	Egress  map[string]string   // isolated pod's address -> chain that judges what it starts
	Ingress map[string]string   // isolated pod's address -> chain that judges what is started towards it
	Chains  map[string][]Rule   // a connection that no rule of the chain allows is dropped
	Sets    map[string][]string // peers: addresses of pods
}

// A Rule allows connections that meet all of its conditions. An empty condition is met by all.
type Rule struct {
	Peers    string   // a set
	Block    string   // a CIDR
	Except   []string // CIDRs
	Protocol string   // tcp, udp or sctp
	Port     int32
	EndPort  int32 // the last of a range that starts at Port, or 0
}
