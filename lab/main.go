// Command lab runs a real Kubernetes cluster on this one machine, without Docker and without an image registry.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"cloister.dev/lab/cluster"
	"cloister.dev/lab/cni"
	"cloister.dev/lab/enforcer"
	"cloister.dev/lab/volumes"
)

const usage = `lab up | down            a cluster with one node
lab cp-up | cp-down      a control plane alone: API server, store and controllers
lab status               what runs
lab load IMAGE.tar...    give the node images from archives
lab restart PROGRAM      start one program of the full cluster anew
lab kill PROGRAM         end it, to see what happens without
`

func main() {
	if filepath.Base(os.Args[0]) == "cloister-lab" { // the plugin's name in the CNI configuration
		cni.Main()
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("want a command:\n%s", usage)
	}
	home, err := cluster.Home()
	if err != nil {
		return err
	}
	full, controlPlane := cluster.Full(home), cluster.ControlPlane(home)
	switch args[0] {
	case "up":
		return full.Up(ctx)
	case "down":
		return full.Down()
	case "cp-up":
		return controlPlane.Up(ctx)
	case "cp-down":
		return controlPlane.Down()
	case "status":
		if err := full.Status(ctx); err != nil {
			return err
		}
		return controlPlane.Status(ctx)
	case "load":
		return full.Load(ctx, args[1:])
	case "restart", "kill":
		if len(args) != 2 {
			return fmt.Errorf("want one program, as `lab status` names it")
		}
		if args[0] == "kill" {
			return full.Kill(args[1])
		}
		return full.Restart(ctx, args[1])
	case "enforcer": // this one and the next are started by up
		return enforcer.Run(ctx, full)
	case "provisioner":
		return volumes.Run(ctx, full)
	default:
		return fmt.Errorf("unknown command %q; there are:\n%s", args[0], usage)
	}
}
