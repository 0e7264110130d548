package policy

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	netutils "k8s.io/utils/net"
)

// Compute gives the ruleset of a state.
func Compute(state State) (Ruleset, error) {
	b := builder{state: state, rules: Ruleset{
		Egress: map[string]string{}, Ingress: map[string]string{}, Chains: map[string][]Rule{}, Sets: map[string][]string{}}}
	// In a fixed order, the same state gives the same names, and the kernel is left alone.
	slices.SortFunc(b.state.Policies, func(a, b *networkingv1.NetworkPolicy) int {
		return strings.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name)
	})
	for _, pod := range state.Pods {
		b.rules.Pods = append(b.rules.Pods, pod.IP)
		for _, direction := range []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress} {
			isolated, rules, err := b.allowed(pod, direction)
			if err != nil {
				return Ruleset{}, fmt.Errorf("pod %s/%s: %w", pod.Namespace, pod.Name, err)
			}
			if isolated {
				chain := digest(strings.ToLower(string(direction)), rules)
				b.rules.Chains[chain] = rules
				b.table(direction)[pod.IP] = chain
			}
		}
	}
	slices.Sort(b.rules.Pods)
	return b.rules, nil
}

type builder struct {
	state State
	rules Ruleset
}

func (b *builder) table(direction networkingv1.PolicyType) map[string]string {
	if direction == networkingv1.PolicyTypeEgress {
		return b.rules.Egress
	}
	return b.rules.Ingress
}

// allowed collects the rules of every policy that selects the pod: policies only ever add to each other.
func (b *builder) allowed(pod Pod, direction networkingv1.PolicyType) (isolated bool, rules []Rule, err error) {
	for _, policy := range b.state.Policies {
		if policy.Namespace != pod.Namespace || !slices.Contains(policy.Spec.PolicyTypes, direction) {
			continue
		}
		selector, err := metav1.LabelSelectorAsSelector(&policy.Spec.PodSelector)
		if err != nil {
			return false, nil, fmt.Errorf("policy %s: %w", policy.Name, err)
		}
		if !selector.Matches(labels.Set(pod.Labels)) {
			continue
		}
		isolated = true
		added, err := b.policyRules(policy, direction, pod)
		if err != nil {
			return false, nil, fmt.Errorf("policy %s: %w", policy.Name, err)
		}
		rules = append(rules, added...)
	}
	return isolated, rules, nil
}

func (b *builder) policyRules(policy *networkingv1.NetworkPolicy, direction networkingv1.PolicyType, pod Pod) ([]Rule, error) {
	var rules []Rule
	add := func(peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort) error {
		if len(peers) == 0 {
			peers = []networkingv1.NetworkPolicyPeer{{}} // everybody
		}
		for _, peer := range peers {
			added, err := b.peerRules(policy.Namespace, peer, ports, direction, pod)
			if err != nil {
				return err
			}
			rules = append(rules, added...)
		}
		return nil
	}
	if direction == networkingv1.PolicyTypeIngress {
		for _, rule := range policy.Spec.Ingress {
			if err := add(rule.From, rule.Ports); err != nil {
				return nil, err
			}
		}
		return rules, nil
	}
	for _, rule := range policy.Spec.Egress {
		if err := add(rule.To, rule.Ports); err != nil {
			return nil, err
		}
	}
	return rules, nil
}

// peerRules combines one peer with each port. A named port is the server's: of the pod itself on ingress, of each peer on egress.
func (b *builder) peerRules(namespace string, peer networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort,
	direction networkingv1.PolicyType, pod Pod) ([]Rule, error) {
	from := Rule{}
	members := b.state.Pods
	if peer.IPBlock != nil {
		var ipv4 bool
		if from.Block, from.Except, ipv4 = block(peer.IPBlock); !ipv4 {
			return nil, nil // nothing here has an IPv6 address that a policy could allow
		}
		members = nil
	} else if peer.PodSelector != nil || peer.NamespaceSelector != nil {
		var err error
		if members, err = b.selected(namespace, peer); err != nil {
			return nil, err
		}
		from.Peers = b.set(members)
	}
	if len(ports) == 0 {
		return []Rule{from}, nil
	}
	var rules []Rule
	for _, port := range ports {
		rule := from
		rule.Protocol = "tcp"
		if port.Protocol != nil {
			rule.Protocol = strings.ToLower(string(*port.Protocol))
		}
		switch {
		case port.Port == nil:
			rules = append(rules, rule)
		case port.Port.StrVal == "":
			rule.Port = port.Port.IntVal
			if port.EndPort != nil {
				rule.EndPort = *port.EndPort
			}
			rules = append(rules, rule)
		case direction == networkingv1.PolicyTypeIngress:
			if number, found := named(pod, port.Port.StrVal, rule.Protocol); found {
				rule.Port = number
				rules = append(rules, rule)
			}
		default:
			rules = append(rules, b.namedOfPeers(rule, members, port.Port.StrVal)...)
		}
	}
	return rules, nil
}

// namedOfPeers makes one rule per number that the name stands for, each with the peers that mean this number by it.
func (b *builder) namedOfPeers(rule Rule, members []Pod, name string) []Rule {
	peers := map[int32][]Pod{}
	for _, member := range members {
		if number, found := named(member, name, rule.Protocol); found {
			peers[number] = append(peers[number], member)
		}
	}
	var rules []Rule
	for _, number := range slices.Sorted(maps.Keys(peers)) {
		rule.Port, rule.Peers = number, b.set(peers[number])
		rules = append(rules, rule)
	}
	return rules
}

func named(pod Pod, name, protocol string) (number int32, found bool) {
	for _, port := range pod.Ports {
		declared := port.Protocol
		if declared == "" {
			declared = corev1.ProtocolTCP
		}
		if port.Name == name && strings.EqualFold(string(declared), protocol) {
			return port.ContainerPort, true
		}
	}
	return 0, false
}

func (b *builder) selected(namespace string, peer networkingv1.NetworkPolicyPeer) ([]Pod, error) {
	pods, namespaces := labels.Everything(), labels.Everything()
	var err error
	if peer.PodSelector != nil {
		if pods, err = metav1.LabelSelectorAsSelector(peer.PodSelector); err != nil {
			return nil, err
		}
	}
	if peer.NamespaceSelector != nil {
		if namespaces, err = metav1.LabelSelectorAsSelector(peer.NamespaceSelector); err != nil {
			return nil, err
		}
	}
	var members []Pod
	for _, pod := range b.state.Pods {
		if peer.NamespaceSelector == nil && pod.Namespace != namespace {
			continue
		}
		if namespaces.Matches(labels.Set(b.state.Namespaces[pod.Namespace])) && pods.Matches(labels.Set(pod.Labels)) {
			members = append(members, pod)
		}
	}
	return members, nil
}

// block writes addresses as the API server reads them: an old object may have host bits or leading zeros in it.
func block(b *networkingv1.IPBlock) (cidr string, except []string, ipv4 bool) {
	_, parsed, err := netutils.ParseCIDRSloppy(b.CIDR)
	if err != nil || !netutils.IsIPv4CIDR(parsed) {
		return "", nil, false
	}
	for _, text := range b.Except {
		_, hole, err := netutils.ParseCIDRSloppy(text)
		if err != nil {
			return "", nil, false
		}
		except = append(except, hole.String())
	}
	return parsed.String(), except, true
}

func (b *builder) set(members []Pod) string {
	addresses := make([]string, 0, len(members))
	for _, member := range members {
		addresses = append(addresses, member.IP)
	}
	slices.Sort(addresses)
	name := digest("peers", addresses)
	b.rules.Sets[name] = addresses
	return name
}

func digest(kind string, content any) string {
	text, err := json.Marshal(content)
	if err != nil {
		panic(err) // only strings and numbers get here
	}
	return fmt.Sprintf("%s-%.8x", kind, sha256.Sum256(text))
}
