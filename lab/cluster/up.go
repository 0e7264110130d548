package cluster

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"cloister.dev/lab/process"
)

// startup is one run of `up`: the cluster, what it has started so far, and a client once there is a kubeconfig.
type startup struct {
	Cluster
	began   time.Time
	started []*process.Process
	api     kubernetes.Interface
}

// Up starts the cluster from nothing, whatever an earlier run or crash left behind. It does nothing when it is up.
func (c Cluster) Up(ctx context.Context) error {
	fmt.Printf("lab: %s, state in %s\n", c.Title, c.Dir)
	if missing := c.missing(); len(missing) > 0 {
		return fmt.Errorf("run lab/build.sh first; missing: %s", strings.Join(missing, ", "))
	}
	if c.HasNode && os.Geteuid() != 0 {
		return fmt.Errorf("a node needs root: networks, mounts and control groups are made")
	}
	unlock, err := c.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if c.healthy(ctx) == nil {
		fmt.Printf("already up\nkubeconfig: %s\n", c.Kubeconfig())
		return nil
	}
	if err := c.wipe(false); err != nil {
		return fmt.Errorf("clean up after an earlier run: %w", err)
	}
	s := &startup{Cluster: c, began: time.Now()}
	if err := s.run(ctx); err != nil {
		if wipeErr := c.wipe(true); wipeErr != nil {
			err = fmt.Errorf("%w\nand cleaning up failed: %w", err, wipeErr)
		}
		return err
	}
	s.progress("up")
	fmt.Printf("kubeconfig: %s\n", c.Kubeconfig())
	return nil
}

// Down removes every trace of the cluster but its binaries and images.
func (c Cluster) Down() error {
	fmt.Printf("lab: removing %s, state in %s\n", c.Title, c.Dir)
	unlock, err := c.lock()
	if err != nil {
		return err
	}
	defer unlock()
	return c.wipe(false)
}

// Restart starts one program of a running cluster anew. It returns when the program does its work again.
func (c Cluster) Restart(ctx context.Context, program string) error {
	p, err := process.Restart(c.Dir, program)
	if err != nil {
		return err
	}
	s := &startup{Cluster: c, began: time.Now(), started: []*process.Process{p}}
	if program == "enforcer" {
		return s.until(ctx, "network policy", socketReady("enforcer.sock"))
	}
	return nil
}

// Kill ends one program, for tests of what happens without it.
func (c Cluster) Kill(program string) error { return process.Kill(c.Dir, program) }

func (s *startup) run(ctx context.Context) error {
	if err := s.issueCertificates(); err != nil {
		return fmt.Errorf("certificates: %w", err)
	}
	config, err := clientcmd.BuildConfigFromFlags("", s.Kubeconfig())
	if err != nil {
		return err
	}
	if s.api, err = kubernetes.NewForConfig(config); err != nil {
		return err
	}
	steps := []func(context.Context) error{s.startControlPlane}
	if s.HasNode {
		// The node's network and containerd come up while the API server does.
		steps = []func(context.Context) error{s.prepareNode, s.startControlPlane, s.startNode}
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *startup) startControlPlane(ctx context.Context) error {
	if err := s.etcd(); err != nil {
		return err
	}
	if err := s.apiServer(); err != nil {
		return err
	}
	if err := s.until(ctx, "API server", s.apiServerReady); err != nil {
		return err
	}
	if err := s.controllerManager(); err != nil {
		return err
	}
	if s.HasNode {
		return s.scheduler()
	}
	return s.until(ctx, "controllers", s.controllersReady)
}

func (s *startup) start(name string, argv ...string) error {
	p, err := process.Start(s.Dir, name, argv...)
	if err == nil {
		s.started = append(s.started, p)
	}
	return err
}

// until waits for a condition, and gives up as soon as a program that was started is gone.
func (s *startup) until(ctx context.Context, what string, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		err := ready(ctx)
		if err == nil {
			s.progress(what + " ready")
			return nil
		}
		for _, p := range s.started {
			if died := p.Died(); died != nil {
				return died
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s not ready after a minute: %w; logs are in %s", what, err, s.path("logs"))
		case <-time.After(25 * time.Millisecond):
		}
	}
}

func (s *startup) progress(line string) {
	fmt.Printf("  %4.1f s  %s\n", time.Since(s.began).Seconds(), line)
}

// lock keeps a second `up` or `down` of the same cluster waiting until this one is done.
func (c Cluster) lock() (func(), error) {
	if err := os.MkdirAll(c.Home, 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(c.Dir+".lock", os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		return nil, err
	}
	return func() { file.Close() }, nil
}
