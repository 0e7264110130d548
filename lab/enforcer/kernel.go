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

// transaction replaces the whole table at once. The kernel changes over between two packets, without a gap.
func transaction(tx *knftables.Transaction, net network, rules policy.Ruleset) {
	tx.Add(&knftables.Table{}) // else the first Delete fails
	tx.Delete(&knftables.Table{})
	tx.Add(&knftables.Table{Comment: knftables.PtrTo("network policy of the lab, kept by `lab enforcer`")})

	addSet(tx, "pods", rules.Pods)
	for name, addresses := range rules.Sets {
		addSet(tx, name, addresses)
	}
	for name, allowed := range rules.Chains {
		tx.Add(&knftables.Chain{Name: name})
		peers := client
		if strings.HasPrefix(name, "egress-") {
			peers = server
		}
		for _, rule := range allowed {
			tx.Add(&knftables.Rule{Chain: name, Rule: conditions(rule, peers) + "return"})
		}
		tx.Add(&knftables.Rule{Chain: name, Rule: "drop"})
	}
	addVerdicts(tx, "egress", rules.Egress)
	addVerdicts(tx, "ingress", rules.Ingress)

	tx.Add(&knftables.Chain{Name: "judge"})
	addRules(tx, "judge",
		"ct state invalid drop", // it has no pair to judge by
		client+" vmap @egress",
		server+" vmap @ingress")

	// An address that nobody announced is a pod whose rules are not here yet. It neither sends nor receives.
	addHook(tx, knftables.ForwardHook,
		fmt.Sprintf("iifname %q ip saddr != @pods drop", net.bridge),
		fmt.Sprintf("oifname %q ip daddr != @pods drop", net.bridge),
		"jump judge")
	addHook(tx, knftables.InputHook,
		fmt.Sprintf("iifname != %q accept", net.bridge),
		"ip saddr != @pods drop",
		"ct direction reply accept", // the node, the kubelet's probes among it, may always call its own pods
		"jump judge")
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

func addVerdicts(tx *knftables.Transaction, name string, chains map[string]string) {
	tx.Add(&knftables.Map{Name: name, Type: "ipv4_addr : verdict"})
	for address, chain := range chains {
		tx.Add(&knftables.Element{Map: name, Key: []string{address}, Value: []string{"jump " + chain}})
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
