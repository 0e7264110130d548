package enforcer

import (
	"context"
	"fmt"
	"strings"

	"sigs.k8s.io/knftables"

	"cloister.dev/lab/policy"
)

const tableName = "cloister-lab"

// Where a rule's peers are found. Conntrack knows who started the connection that a packet belongs to and, after
// kube-proxy's translation, who answers it. Judging this pair instead of the packet's own addresses gives every packet
// of a connection, in either direction, the verdict of the rules of this moment. So there is no "established" that
// would have to be accepted, marked or deleted when a rule is tightened: an ongoing connection ends there and then.
const (
	client     = "ct original ip saddr"
	server     = "ct reply ip saddr"
	serverPort = "ct reply proto-src"
)

// network is what the rules need to know about the machine.
type network struct{ bridge, podCIDR, nodeIP string }

// transaction replaces the whole table at once: the kernel changes over between two packets.
//
// Every connection needs an explicit yes, from its client's chain and then from its server's: what is not found is
// dropped. So the table fails closed for an address it does not know, and also for a packet that is on its way through
// the old table at the very moment of the change, and finds a set emptied.
func transaction(tx *knftables.Transaction, net network, rules policy.Ruleset) {
	tx.Add(&knftables.Table{}) // else the first Delete fails
	tx.Delete(&knftables.Table{})
	tx.Add(&knftables.Table{Comment: knftables.PtrTo("network policy of the lab, kept by `lab enforcer`")})

	addSet(tx, "pods", rules.Pods)
	for name, addresses := range rules.Sets {
		addSet(tx, name, addresses)
	}
	// All chains first: rules and maps may name only what exists.
	for _, name := range []string{"client", "server"} {
		tx.Add(&knftables.Chain{Name: name})
	}
	for name := range rules.Chains {
		tx.Add(&knftables.Chain{Name: name})
	}
	for name, allowed := range rules.Chains {
		peers, yes := client, "accept"
		if strings.HasPrefix(name, "egress-") {
			peers, yes = server, "goto server"
		}
		for _, rule := range allowed {
			addRules(tx, name, conditions(rule, peers)+yes)
		}
		addRules(tx, name, "drop")
	}
	addVerdicts(tx, "egress", rules.Pods, rules.Egress, "goto server")
	addVerdicts(tx, "ingress", rules.Pods, rules.Ingress, "accept")

	addRules(tx, "client",
		"ct state invalid drop", // it has no client and server to judge
		fmt.Sprintf("%s != %s goto server", client, net.podCIDR),
		client+" vmap @egress",
		"drop")
	addRules(tx, "server",
		fmt.Sprintf("%s != %s accept", server, net.podCIDR),
		fmt.Sprintf("%s %s accept", server, net.nodeIP),
		server+" vmap @ingress",
		"drop")

	// An address that nobody announced is a pod whose rules are not here yet. It neither sends nor receives.
	addHook(tx, knftables.ForwardHook,
		fmt.Sprintf("iifname %q ip saddr != @pods drop", net.bridge),
		fmt.Sprintf("oifname %q ip daddr != @pods drop", net.bridge),
		fmt.Sprintf("iifname %q goto client", net.bridge),
		fmt.Sprintf("oifname %q goto client", net.bridge))
	addHook(tx, knftables.InputHook,
		fmt.Sprintf("iifname != %q accept", net.bridge),
		"ip saddr != @pods drop",
		"ct direction reply accept", // the node, the kubelet's probes among it, may always call its own pods
		"goto client")
	// Not by interface: in this hook it is still the one from before kube-proxy's translation.
	addHook(tx, knftables.OutputHook,
		fmt.Sprintf("ip daddr %s ip daddr != %s ip daddr != @pods drop", net.podCIDR, net.nodeIP))
}

func conditions(rule policy.Rule, peers string) string {
	var text strings.Builder
	if rule.Peers != "" {
		fmt.Fprintf(&text, "%s @%s ", peers, rule.Peers)
	}
	if rule.Block != "" {
		fmt.Fprintf(&text, "%s %s ", peers, rule.Block)
	}
	for _, hole := range rule.Except {
		fmt.Fprintf(&text, "%s != %s ", peers, hole)
	}
	if rule.Protocol != "" {
		fmt.Fprintf(&text, "ct protocol %s ", rule.Protocol)
	}
	if rule.EndPort != 0 {
		fmt.Fprintf(&text, "%s %d-%d ", serverPort, rule.Port, rule.EndPort)
	} else if rule.Port != 0 {
		fmt.Fprintf(&text, "%s %d ", serverPort, rule.Port)
	}
	return text.String()
}

func addSet(tx *knftables.Transaction, name string, addresses []string) {
	tx.Add(&knftables.Set{Name: name, Type: "ipv4_addr"})
	for _, address := range addresses {
		tx.Add(&knftables.Element{Set: name, Key: []string{address}})
	}
}

// addVerdicts maps every pod: to its chain, or to what an unisolated pod gets.
func addVerdicts(tx *knftables.Transaction, name string, pods []string, chains map[string]string, unisolated string) {
	tx.Add(&knftables.Map{Name: name, Type: "ipv4_addr : verdict"})
	for _, pod := range pods {
		verdict := unisolated
		if chain, isolated := chains[pod]; isolated {
			verdict = "goto " + chain
		}
		tx.Add(&knftables.Element{Map: name, Key: []string{pod}, Value: []string{verdict}})
	}
}

func addHook(tx *knftables.Transaction, hook knftables.BaseChainHook, rules ...string) {
	tx.Add(&knftables.Chain{Name: string(hook), Type: knftables.PtrTo(knftables.FilterType),
		Hook: knftables.PtrTo(hook), Priority: knftables.PtrTo(knftables.FilterPriority)})
	addRules(tx, string(hook), rules...)
}

func addRules(tx *knftables.Transaction, chain string, rules ...string) {
	for _, rule := range rules {
		tx.Add(&knftables.Rule{Chain: chain, Rule: rule})
	}
}

func program(ctx context.Context, nft knftables.Interface, net network, rules policy.Ruleset) error {
	tx := nft.NewTransaction()
	transaction(tx, net, rules)
	return nft.Run(ctx, tx)
}
