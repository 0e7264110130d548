// Package cni is the lab's CNI plugin, last in the chain: no pod starts before its network policies hold.
package cni

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/containernetworking/cni/pkg/skel"
	"github.com/containernetworking/cni/pkg/types"
	current "github.com/containernetworking/cni/pkg/types/100"
	"github.com/containernetworking/cni/pkg/version"

	"cloister.dev/lab/enforcer"
	"cloister.dev/lab/policy"
)

type config struct {
	types.PluginConf
	Socket string `json:"socket"`
}

// The names are those of CNI_ARGS.
type podArgs struct {
	types.CommonArgs
	K8S_POD_NAMESPACE types.UnmarshallableString //nolint:revive,stylecheck
	K8S_POD_NAME      types.UnmarshallableString //nolint:revive,stylecheck
	K8S_POD_UID       types.UnmarshallableString //nolint:revive,stylecheck
}

// Main speaks the protocol on standard input and output, and in the environment.
func Main() {
	skel.PluginMainFuncs(skel.CNIFuncs{Add: add, Del: del, Check: check}, version.All, "cloister-lab")
}

func add(args *skel.CmdArgs) error {
	conf, result, err := parse(args)
	if err != nil {
		return err
	}
	pod := podArgs{CommonArgs: types.CommonArgs{IgnoreUnknown: true}}
	if err := types.LoadArgs(args.Args, &pod); err != nil {
		return err
	}
	if len(result.IPs) != 1 || result.IPs[0].Address.IP.To4() == nil {
		return fmt.Errorf("want exactly one IPv4 address from the plugin before, have %v", result.IPs)
	}
	err = enforcer.Announce(conf.Socket, args.ContainerID, policy.Pod{
		Namespace: string(pod.K8S_POD_NAMESPACE), Name: string(pod.K8S_POD_NAME), UID: string(pod.K8S_POD_UID),
		IP: result.IPs[0].Address.IP.String()})
	if err != nil {
		return err
	}
	return types.PrintResult(result, conf.CNIVersion)
}

// del never fails for want of an enforcer, else pods could not end while it is down. The address stays announced then,
// but nobody has it: before a new pod gets it, an enforcer has to answer an add, which replaces the entry.
func del(args *skel.CmdArgs) error {
	var conf config
	if err := json.Unmarshal(args.StdinData, &conf); err != nil {
		return err
	}
	if err := enforcer.Withdraw(conf.Socket, args.ContainerID); err != nil {
		fmt.Fprintln(os.Stderr, "cloister-lab:", err)
	}
	return nil
}

func check(*skel.CmdArgs) error { return nil }

func parse(args *skel.CmdArgs) (config, *current.Result, error) {
	var conf config
	if err := json.Unmarshal(args.StdinData, &conf); err != nil {
		return conf, nil, err
	}
	if conf.RawPrevResult == nil {
		return conf, nil, errors.New("must come after another plugin")
	}
	if err := version.ParsePrevResult(&conf.PluginConf); err != nil {
		return conf, nil, err
	}
	result, err := current.NewResultFromResult(conf.PrevResult)
	return conf, result, err
}
