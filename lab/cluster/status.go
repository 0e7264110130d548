package cluster

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"cloister.dev/lab/process"
)

// Status prints which programs run, and whether the cluster answers.
func (c Cluster) Status(ctx context.Context) error {
	alive, err := process.Alive(c.Dir)
	if err != nil {
		return err
	}
	fmt.Printf("lab: %s, state in %s\n", c.Title, c.Dir)
	if len(alive) == 0 {
		fmt.Println("  down")
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(alive)) {
		state := "runs"
		if !alive[name] {
			state = "DEAD, see " + c.path("logs", name+".log")
		}
		fmt.Printf("  %-24s %s\n", name, state)
	}
	if err := c.healthy(ctx); err != nil {
		fmt.Printf("  not healthy: %v\n", err)
		return nil
	}
	fmt.Printf("  healthy\nkubeconfig: %s\n", c.Kubeconfig())
	return nil
}

// healthy is nil when every program runs, the API server answers and the node is Ready.
func (c Cluster) healthy(ctx context.Context) error {
	alive, err := process.Alive(c.Dir)
	if err != nil {
		return err
	}
	if len(alive) == 0 {
		return errors.New("no program of it runs")
	}
	for name, runs := range alive {
		if !runs {
			return fmt.Errorf("%s is dead", name)
		}
	}
	config, err := clientcmd.BuildConfigFromFlags("", c.Kubeconfig())
	if err != nil {
		return err
	}
	config.Timeout = 3 * time.Second
	api, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	s := &startup{Cluster: c, api: api}
	if !c.HasNode {
		return s.apiServerReady(ctx)
	}
	return s.nodeReady(ctx)
}

func (s *startup) nodeReady(ctx context.Context) error {
	node, err := s.api.CoreV1().Nodes().Get(ctx, NodeName, metav1.GetOptions{})
	if err != nil {
		return err
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady && condition.Status == corev1.ConditionTrue {
			return nil
		}
	}
	return fmt.Errorf("node %s is not Ready", NodeName)
}
