package enforcer

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"sigs.k8s.io/knftables"

	"cloister.dev/lab/policy"
)

var testNetwork = network{"br", "10.0.0.0/16", "10.0.0.1"}

func rendered(t *testing.T, rules policy.Ruleset) string {
	t.Helper()
	nft := knftables.NewFake(knftables.IPv4Family, tableName)
	for range 2 { // the second time, everything is there already
		if err := program(context.Background(), nft, testNetwork, rules); err != nil {
			t.Fatal(err)
		}
	}
	return nft.Dump()
}

func TestARuleBecomesConditionsOnTheConnection(t *testing.T) {
	for _, test := range []struct {
		rule policy.Rule
		want string
	}{
		{policy.Rule{}, ""},
		{policy.Rule{Peers: "peers-1"}, "PEER @peers-1 "},
		{policy.Rule{Block: "10.0.0.0/8", Except: []string{"10.1.0.0/16", "10.2.0.0/16"}}, "PEER 10.0.0.0/8 PEER != 10.1.0.0/16 PEER != 10.2.0.0/16 "},
		{policy.Rule{Protocol: "udp"}, "ct protocol udp "},
		{policy.Rule{Protocol: "tcp", Port: 80}, "ct protocol tcp ct reply proto-src 80 "},
		{policy.Rule{Protocol: "tcp", Port: 80, EndPort: 90}, "ct protocol tcp ct reply proto-src 80-90 "},
	} {
		if got := conditions(test.rule, "PEER"); got != test.want {
			t.Errorf("%+v\n got %q\nwant %q", test.rule, got, test.want)
		}
	}
}

func TestWhatIsNotAllowedIsDropped(t *testing.T) {
	text := rendered(t, policy.Ruleset{
		Pods:    []string{"10.0.0.2", "10.0.0.3"},
		Egress:  map[string]string{"10.0.0.2": "egress-1"},
		Ingress: map[string]string{"10.0.0.3": "ingress-1"},
		Chains:  map[string][]policy.Rule{"egress-1": {{Peers: "peers-1"}}, "ingress-1": nil},
		Sets:    map[string][]string{"peers-1": {"10.0.0.3"}},
	})
	for _, want := range []string{
		"add element ip cloister-lab egress { 10.0.0.2 : goto egress-1 }",
		"add element ip cloister-lab egress { 10.0.0.3 : goto server }",
		"add element ip cloister-lab ingress { 10.0.0.2 : accept }",
		"add element ip cloister-lab ingress { 10.0.0.3 : goto ingress-1 }",
		"add rule ip cloister-lab egress-1 ct reply ip saddr @peers-1 goto server",
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("missing %q in\n%s", want, text)
		}
	}
	// Whatever passes all rules of these chains must not fall through to somebody's acceptance.
	for _, chain := range []string{"client", "server", "egress-1", "ingress-1"} {
		rules := lines(text, "add rule ip cloister-lab "+chain+" ")
		if len(rules) == 0 || rules[len(rules)-1] != "drop" {
			t.Errorf("chain %s does not end in a drop: %q", chain, rules)
		}
	}
}

func TestAnAddressBookSurvivesARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "addresses.json")
	book, err := openAddressBook(file)
	if err != nil {
		t.Fatal(err)
	}
	book.put(address{"old", policy.Pod{Name: "before", IP: "10.0.0.2"}})
	book.put(address{"new", policy.Pod{Name: "now", IP: "10.0.0.2"}}) // the removal of the first was lost
	book.put(address{"other", policy.Pod{Name: "other", IP: "10.0.0.3"}})
	book.removeSandbox("old") // comes late: the address has another owner by now
	book.removeSandbox("other")
	if err := book.save(); err != nil {
		t.Fatal(err)
	}
	again, err := openAddressBook(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := []policy.Pod{{Name: "now", IP: "10.0.0.2"}}; !reflect.DeepEqual(again.pods(), want) {
		t.Errorf("got %+v, want %+v", again.pods(), want)
	}
}

func TestABrokenAddressBookIsAnErrorNotAnEmptyOne(t *testing.T) {
	file := filepath.Join(t.TempDir(), "addresses.json")
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openAddressBook(file); err == nil {
		t.Error("no error")
	}
}

func lines(text, prefix string) []string {
	var found []string
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, prefix); ok {
			found = append(found, strings.TrimSpace(rest))
		}
	}
	return found
}
