// Command probe tells which network targets can be reached from where it runs.
//
// The operator starts it with the labels and the network of a desktop, and lets a desktop start only when every target
// that has to be out of reach is reported as Blocked. So every doubt counts against Blocked: a sign of life of any kind
// from the target is Open, and what the probe cannot judge is Error.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"
)

// maxReport is what Kubernetes keeps of a termination message.
// https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/
const maxReport = 4096

const usage = `probe tells which network targets can be reached from here.

  probe [flags] NAME=tcp://ADDRESS:PORT NAME=dns://ADDRESS:PORT ...

ADDRESS is an IP address, not a name: a name that does not resolve would look like a target that is out of reach.
Results: Open (something answered, or refused), Blocked (no answer, or the network said prohibited), Error.

`

// A target is one address that is tried, under the name the caller knows it by.
type target struct {
	name    string
	network string // tcp or dns
	address netip.AddrPort
}

type entry struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	Result  result `json:"result"`
	Detail  string `json:"detail,omitempty"`
}

type report struct {
	Targets []entry `json:"targets"`
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is main without the process: it returns the exit code, 0 whenever a report was written.
func run(arguments []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("probe", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { fmt.Fprint(stderr, usage); flags.PrintDefaults() }
	timeout := flags.Duration("timeout", time.Second, "how long one attempt waits for an answer")
	attempts := flags.Int("attempts", 2, "how often a silent target is tried")
	path := flags.String("report", "/dev/termination-log", "file for the report, besides standard output")
	if err := flags.Parse(arguments); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 1
	}

	targets, err := parseTargets(flags.Args())
	if err == nil && (*timeout <= 0 || *attempts < 1) {
		err = errors.New("-timeout and -attempts have to be greater than zero")
	}
	if err != nil {
		fmt.Fprintf(stderr, "probe: %v (probe -help tells more)\n", err)
		return 1
	}

	text := render(tryAll(targets, *timeout, *attempts))
	fmt.Fprintf(stdout, "%s\n", text)
	if err := os.WriteFile(*path, text, 0o644); err != nil {
		fmt.Fprintf(stderr, "probe: cannot write the report: %v\n", err)
		return 1
	}
	return 0
}

func parseTargets(arguments []string) ([]target, error) {
	if len(arguments) == 0 {
		return nil, errors.New("no target given, expected NAME=tcp://ADDRESS:PORT or NAME=dns://ADDRESS:PORT")
	}
	seen := map[string]bool{}
	var targets []target
	for _, argument := range arguments {
		name, rest, _ := strings.Cut(argument, "=")
		network, hostPort, _ := strings.Cut(rest, "://")
		if name == "" || (network != "tcp" && network != "dns") {
			return nil, fmt.Errorf("%q is not NAME=tcp://ADDRESS:PORT or NAME=dns://ADDRESS:PORT", argument)
		}
		address, err := netip.ParseAddrPort(hostPort)
		if err != nil || address.Port() == 0 {
			return nil, fmt.Errorf("%q: %q is not an IP address with a port (such as 10.96.0.1:443 or [fd00::1]:443)", argument, hostPort)
		}
		if seen[name] {
			return nil, fmt.Errorf("%q: the name %s was given twice", argument, name)
		}
		seen[name] = true
		targets = append(targets, target{name, network, address})
	}
	if len(render(withoutDetails(targets))) > maxReport {
		return nil, fmt.Errorf("%d targets do not fit into a report of %d bytes, use several probes", len(targets), maxReport)
	}
	return targets, nil
}

func tryAll(targets []target, timeout time.Duration, attempts int) report {
	made := report{make([]entry, len(targets))}
	var running sync.WaitGroup
	for i, t := range targets {
		running.Go(func() {
			got := try(t, timeout, attempts)
			made.Targets[i] = entry{t.name, t.url(), got.result, got.detail}
		})
	}
	running.Wait()
	return made
}

func (t target) url() string { return t.network + "://" + t.address.String() }

// withoutDetails is the longest report that these targets can need when the details are left out.
func withoutDetails(targets []target) report {
	var longest report
	for _, t := range targets {
		longest.Targets = append(longest.Targets, entry{t.name, t.url(), blocked, ""})
	}
	return longest
}

// render leaves out the details where they would make the report longer than Kubernetes keeps: half a JSON object says nothing.
func render(r report) []byte {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // strings only: cannot fail
	}
	if len(text) <= maxReport {
		return text
	}
	var short report
	for _, e := range r.Targets {
		e.Detail = ""
		short.Targets = append(short.Targets, e)
	}
	text, _ = json.Marshal(short)
	return text
}
