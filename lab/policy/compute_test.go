package policy

import (
	"reflect"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// Three pods of project a, one of project b. The web pods name their port, each another number.
var (
	webA    = pod("a", "web", "10.0.0.1", map[string]string{"app": "web"}, 8080)
	jobA    = pod("a", "job", "10.0.0.2", map[string]string{"app": "job"}, 0)
	plainA  = pod("a", "plain", "10.0.0.3", nil, 0)
	webB    = pod("b", "web", "10.0.0.4", map[string]string{"app": "web"}, 9090)
	cluster = State{Pods: []Pod{webA, jobA, plainA, webB},
		Namespaces: map[string]map[string]string{"a": {"team": "a"}, "b": {"team": "b"}}}
)

func pod(namespace, name, ip string, labels map[string]string, port int32) Pod {
	p := Pod{Namespace: namespace, Name: name, UID: name, IP: ip, Labels: labels}
	if port != 0 {
		p.Ports = []corev1.ContainerPort{{Name: "http", ContainerPort: port}}
	}
	return p
}

// seen is a rule with the addresses of its peers instead of a set's name.
type seen struct {
	Peers    []string
	Block    string
	Except   []string
	Protocol string
	From, To int32
}

func TestWhatThePoliciesOfANamespaceAllow(t *testing.T) {
	for _, test := range []struct {
		name            string
		policies        []string // specifications, all in namespace a
		pod             Pod
		ingress, egress []seen // nil: not isolated in this direction
	}{
		{"no policy isolates nobody", nil, webA, nil, nil},
		{"a policy of another namespace means nothing", []string{`{podSelector: {}, policyTypes: [Ingress, Egress]}`}, webB, nil, nil},
		{"a policy isolates the pods it selects", []string{`{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}`}, webA, []seen{}, nil},
		{"and no other", []string{`{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}`}, jobA, nil, nil},
		{"expressions select too", []string{`{podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}, policyTypes: [Ingress]}`}, plainA, []seen{}, nil},
		{"only its own directions count", []string{`{podSelector: {}, policyTypes: [Egress], ingress: [{}]}`}, webA, nil, []seen{}},
		{"an empty rule allows all", []string{`{podSelector: {}, policyTypes: [Ingress], ingress: [{}]}`}, webA, []seen{{}}, nil},
		{"policies add up", []string{
			`{podSelector: {}, policyTypes: [Ingress]}`,
			`{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: job}}}]}]}`,
			`{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {matchLabels: {team: b}}}]}]}`}, webA,
			[]seen{{Peers: []string{"10.0.0.2"}}, {Peers: []string{"10.0.0.4"}}}, nil},
		{"a pod selector alone stays in the namespace", []string{`{podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: web}}}]}]}`}, jobA,
			nil, []seen{{Peers: []string{"10.0.0.1"}}}},
		{"both selectors must match", []string{`{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {team: b}}, podSelector: {matchLabels: {app: job}}}]}]}`}, jobA,
			nil, []seen{{Peers: []string{}}}},
		{"an empty namespace selector is every namespace", []string{`{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}]}]}`}, jobA,
			nil, []seen{{Peers: []string{"10.0.0.1", "10.0.0.4"}}}},
		{"peers and ports combine", []string{`{podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}, {ipBlock: {cidr: 10.9.0.0/16}}],
			ports: [{port: 53, protocol: UDP}, {port: 8000, endPort: 8010}]}]}`}, plainA, nil, []seen{
			{Peers: []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}, Protocol: "udp", From: 53},
			{Peers: []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}, Protocol: "tcp", From: 8000, To: 8010},
			{Block: "10.9.0.0/16", Protocol: "udp", From: 53}, {Block: "10.9.0.0/16", Protocol: "tcp", From: 8000, To: 8010}}},
		{"ports without peers are for everybody", []string{`{podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{port: 80}]}]}`}, plainA,
			[]seen{{Protocol: "tcp", From: 80}}, nil},
		{"a protocol without a port is all its ports", []string{`{podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{protocol: UDP}]}]}`}, plainA,
			[]seen{{Protocol: "udp"}}, nil},
		{"a block has holes, written canonically", []string{`{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.0.0.9/8, except: [10.1.0.0/16, 10.2.3.4/32]}}]}]}`}, plainA,
			nil, []seen{{Block: "10.0.0.0/8", Except: []string{"10.1.0.0/16", "10.2.3.4/32"}}}},
		{"an IPv6 block allows nothing", []string{`{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: "::/0"}}]}]}`}, plainA, nil, []seen{}},
		{"a named port on ingress is the pod's own", []string{`{podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{port: http}]}]}`}, webA,
			[]seen{{Protocol: "tcp", From: 8080}}, nil},
		{"and nothing for a pod without it", []string{`{podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{port: http}]}]}`}, jobA, []seen{}, nil},
		{"nor in another protocol", []string{`{podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{port: http, protocol: UDP}]}]}`}, webA, []seen{}, nil},
		{"a named port on egress is each peer's", []string{`{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: http}]}]}`}, jobA, nil, []seen{
			{Peers: []string{"10.0.0.1"}, Protocol: "tcp", From: 8080}, {Peers: []string{"10.0.0.4"}, Protocol: "tcp", From: 9090}}},
		{"a named port of a block is nobody's", []string{`{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: http}]}]}`}, jobA, nil, []seen{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			rules, err := Compute(with(t, test.policies...))
			if err != nil {
				t.Fatal(err)
			}
			if got := resolve(rules, rules.Ingress, test.pod); !reflect.DeepEqual(got, test.ingress) {
				t.Errorf("ingress\n got %+v\nwant %+v", got, test.ingress)
			}
			if got := resolve(rules, rules.Egress, test.pod); !reflect.DeepEqual(got, test.egress) {
				t.Errorf("egress\n got %+v\nwant %+v", got, test.egress)
			}
		})
	}
}

func TestEqualStatesGiveEqualRulesetsInWhateverOrderTheyCome(t *testing.T) {
	state := with(t, `{podSelector: {}, policyTypes: [Egress]}`,
		`{podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}]}]}`, `{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 1}]}]}`)
	first, err := Compute(state)
	if err != nil {
		t.Fatal(err)
	}
	state.Policies, state.Pods = slices.Clone(state.Policies), slices.Clone(state.Pods)
	slices.Reverse(state.Policies)
	slices.Reverse(state.Pods)
	if second, _ := Compute(state); !reflect.DeepEqual(first, second) {
		t.Errorf("%+v\nand %+v", first, second)
	}
}

func TestPodsUnderTheSameRulesShareAChain(t *testing.T) {
	rules, err := Compute(with(t, `{podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(rules.Egress) != 3 || len(rules.Chains) != 1 || len(rules.Sets) != 1 {
		t.Errorf("%d pods, %d chains, %d sets; want 3, 1, 1", len(rules.Egress), len(rules.Chains), len(rules.Sets))
	}
}

func with(t *testing.T, specs ...string) State {
	t.Helper()
	state := cluster
	for i, text := range specs {
		policy := &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: string(rune('a' + i))}}
		if err := yaml.UnmarshalStrict([]byte(text), &policy.Spec); err != nil {
			t.Fatal(err)
		}
		state.Policies = append(state.Policies, policy)
	}
	return state
}

func resolve(rules Ruleset, chains map[string]string, pod Pod) []seen {
	chain, isolated := chains[pod.IP]
	if !isolated {
		return nil
	}
	found := []seen{}
	for _, rule := range rules.Chains[chain] {
		found = append(found, seen{rules.Sets[rule.Peers], rule.Block, rule.Except, rule.Protocol, rule.Port, rule.EndPort})
	}
	return found
}
