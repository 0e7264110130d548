//go:build node

package test

import (
	"fmt"
	"net"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	apiService = "10.96.0.1:443"
	nodeAPI    = "10.244.0.1:6443"
	dns        = "10.96.0.10:53"
)

// Short enough for many attempts, and, where a connection must succeed, too short for TCP to send a dropped packet again.
var (
	hammer        = []string{"hammer", apiService, "20ms"}
	connectAtOnce = []string{"hammer", apiService, "900ms"}
)

const denyAll = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny-all}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}`

// policy is one more, with a specification in YAML's flow style.
func policy(name, spec string) string {
	return fmt.Sprintf("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: %s}\nspec: %s\n", name, spec)
}

func TestDefaultDenyHoldsFromTheFirstPacket(t *testing.T) {
	open, closed := namespace(t, nil), namespace(t, nil)
	apply(t, closed, denyAll)
	start(t, open, "control", nil, connectAtOnce)
	for i := range 5 {
		start(t, closed, fmt.Sprint("denied-", i), nil, hammer)
	}
	if seen := finished(t, open, "control"); seen != "connected at attempt 1" {
		t.Errorf("a pod that nothing forbids: %q, want a connection at once", seen)
	}
	for i := range 5 {
		if seen := finished(t, closed, fmt.Sprint("denied-", i)); seen != "never connected" {
			t.Errorf("a pod under default deny: %q", seen)
		}
	}
}

func TestThePodSelectorAndNamespaceSelectorChooseWhoMayCome(t *testing.T) {
	home, friend := namespace(t, nil), namespace(t, map[string]string{"friend": "yes"})
	apply(t, home, policy("friends", `{podSelector: {matchLabels: {app: server}}, policyTypes: [Ingress], ingress: [
		{from: [{podSelector: {matchLabels: {role: client}}}], ports: [{port: 8080}]},
		{from: [{namespaceSelector: {matchLabels: {friend: "yes"}}, podSelector: {matchExpressions: [{key: role, operator: Exists}]}}]}]}`))
	server := serve(t, home, "server", map[string]string{"app": "server"}) + ":8080"
	for _, client := range []struct {
		namespace, name string
		labels          map[string]string
		allowed         bool
	}{
		{home, "client", map[string]string{"role": "client"}, true},
		{home, "stranger", map[string]string{"role": "other"}, false},
		{friend, "any-role", map[string]string{"role": "other"}, true},
		{friend, "no-role", nil, false},
	} {
		serve(t, client.namespace, client.name, client.labels)
		if got := run(t, client.namespace, client.name, "dial", server); got != client.allowed {
			t.Errorf("%s: connected = %v, want %v", client.name, got, client.allowed)
		}
	}
	t.Run("and follow labels of live pods", func(t *testing.T) {
		_, err := kubectl("label", "-n", home, "pod/stranger", "role=client", "--overwrite")
		check(t, err)
		within(t, 2*time.Second, "the newly labelled pod connects", func() bool { return run(t, home, "stranger", "dial", server) })
	})
}

func TestTheAPIServerAndDNSAreOpenedOneByOne(t *testing.T) {
	ns := namespace(t, nil)
	apply(t, ns, denyAll)
	serve(t, ns, "client", nil)
	resolve := func(name string) bool { return run(t, ns, "client", "resolve", name, dns) }
	dial := func(address string) bool { return run(t, ns, "client", "dial", address) }

	for target, got := range map[string]bool{
		"API Service": dial(apiService), "API on the node": dial(nodeAPI), "kubelet": dial("10.244.0.1:10250"),
		"DNS over UDP": resolve("kubernetes.default.svc.cluster.local")} {
		if got {
			t.Errorf("%s answers under default deny", target)
		}
	}
	apply(t, ns, policy("api", `{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.244.0.1/32}}], ports: [{port: 6443}]}]}`))
	within(t, 2*time.Second, "the API Service answers once its address behind is allowed", func() bool { return dial(apiService) })
	if dial("10.244.0.1:10250") {
		t.Error("the kubelet answers, on a port that is not allowed")
	}
	apply(t, ns, policy("dns", `{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels:
		{kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}], ports: [{protocol: UDP, port: 53}]}]}`))
	within(t, 2*time.Second, "DNS answers once allowed", func() bool { return resolve("kubernetes.default.svc.cluster.local") })
	if resolve("example.com") {
		t.Error("a name outside of the cluster resolves")
	}
}

func TestTheNodeReachesItsOwnPodsWhateverThePolicies(t *testing.T) {
	ns := namespace(t, nil)
	apply(t, ns, denyAll)
	connection, err := net.DialTimeout("tcp", serve(t, ns, "server", nil)+":8080", 5*time.Second)
	if err != nil {
		t.Fatal("the kubelet's probes would fail: ", err)
	}
	check(t, connection.Close())
}

func TestATightenedRuleEndsAnOngoingConnection(t *testing.T) {
	ns := namespace(t, nil)
	server := serve(t, ns, "server", nil) + ":8080"
	start(t, ns, "client", nil, []string{"hold", server})
	eventually(t, "the connection flows", func() bool {
		return get(t, ns, "client").Status.Phase == corev1.PodRunning && strings.Contains(logs(t, ns, "client"), "flows")
	})
	apply(t, ns, denyAll)
	if seen := finished(t, ns, "client"); !strings.HasSuffix(seen, "cut") {
		t.Errorf("client saw %q", seen)
	}
}

func TestLinkLocalIPv6IsNoWayAround(t *testing.T) {
	ns := namespace(t, nil)
	serve(t, ns, "server", nil)
	serve(t, ns, "client", nil)
	seen, err := kubectl("exec", "-n", ns, "server", "--", "/probe", "addresses")
	check(t, err)
	address := regexp.MustCompile(`fe80:[0-9a-f:]+`).FindString(seen)
	if address == "" {
		t.Skip("pods have no IPv6 address here: ", seen)
	}
	if run(t, ns, "client", "dial", "["+address+"%eth0]:8080") {
		t.Error("connected past every NetworkPolicy")
	}
}

func TestDenialOutlivesTheEnforcerAndNoPodStartsWithoutIt(t *testing.T) {
	open, closed := namespace(t, nil), namespace(t, nil)
	apply(t, closed, denyAll)
	serve(t, closed, "old", nil)
	serve(t, open, "free", nil)

	kill(t, "enforcer")
	t.Cleanup(func() { restart(t, "enforcer") })
	if run(t, closed, "old", "dial", apiService) {
		t.Error("a denied pod connects once the enforcer is dead")
	}
	if !run(t, open, "free", "dial", apiService) {
		t.Error("an allowed pod lost its connections with the enforcer")
	}
	start(t, open, "new", nil, connectAtOnce)
	eventually(t, "an event says why the new pod does not start", func() bool {
		events, err := api.CoreV1().Events(open).List(t.Context(), metav1.ListOptions{FieldSelector: "involvedObject.name=new"})
		check(t, err)
		for _, event := range events.Items {
			if strings.Contains(event.Message, "the network policy enforcer does not answer") {
				return true
			}
		}
		return false
	})
	if phase := get(t, open, "new").Status.Phase; phase != corev1.PodPending {
		t.Errorf("the new pod is %s", phase)
	}

	restart(t, "enforcer")
	if run(t, closed, "old", "dial", apiService) {
		t.Error("a denied pod connects after the restart")
	}
	if seen := finished(t, open, "new"); seen != "connected at attempt 1" {
		t.Errorf("the pod that had to wait saw %q", seen)
	}
}

func TestARestartedEnforcerLeavesNoGap(t *testing.T) {
	ns := namespace(t, nil)
	apply(t, ns, denyAll)
	start(t, ns, "client", nil, hammer)
	running(t, ns, "client")
	for range 3 {
		restart(t, "enforcer")
	}
	if seen := finished(t, ns, "client"); seen != "never connected" {
		t.Errorf("during restarts of the enforcer: %q", seen)
	}
}

func kill(t *testing.T, program string) {
	t.Helper()
	output, err := exec.Command(bin("lab"), "kill", program).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
}

func restart(t *testing.T, program string) {
	t.Helper()
	output, err := exec.Command(bin("lab"), "restart", program).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
}
