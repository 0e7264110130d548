//go:build node

// Package test proves on a running lab what its README claims. Start it with: go test -tags node ./test
package test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

const probeImage = "lab.cloister.dev/lab-probe:test"

var (
	api  kubernetes.Interface
	root = mustAbs("../..")
	home = lookup("CLOISTER_LAB_DIR", filepath.Join(root, ".lab"))
)

func TestMain(m *testing.M) {
	if err := prepare(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func prepare() error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig())
	if err != nil {
		return fmt.Errorf("these tests need a running lab: %w", err)
	}
	config.QPS, config.Burst = 200, 400
	if api, err = kubernetes.NewForConfig(config); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "lab-probe")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	rootfs, archive := filepath.Join(dir, "rootfs"), filepath.Join(dir, "probe.tar")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(rootfs, "probe"), "./probe")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	for _, cmd := range []*exec.Cmd{build,
		exec.Command(filepath.Join(root, "images/pack.sh"), probeImage, rootfs, archive, `{"Entrypoint":["/probe"]}`),
		exec.Command(bin("lab"), "load", archive)} {
		if output, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%v: %w: %s", cmd.Args, err, output)
		}
	}
	return nil
}

func kubeconfig() string { return filepath.Join(home, "run/admin.kubeconfig") }

func bin(name string) string { return filepath.Join(home, "bin", name) }

// kubectl returns standard output and errors together; a failing command inside a pod is an error.
func kubectl(args ...string) (string, error) {
	cmd := exec.Command(bin("kubectl"), append([]string{"--kubeconfig", kubeconfig()}, args...)...)
	output, err := cmd.CombinedOutput()
	return string(output), err
}

// namespace makes one that is gone after the test, ready for pods.
func namespace(t *testing.T, labels map[string]string) string {
	t.Helper()
	created, err := api.CoreV1().Namespaces().Create(t.Context(),
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "lab-test-", Labels: labels}}, metav1.CreateOptions{})
	check(t, err)
	t.Cleanup(func() {
		check(t, api.CoreV1().Namespaces().Delete(context.Background(), created.Name, metav1.DeleteOptions{}))
	})
	eventually(t, "the default ServiceAccount", func() bool {
		_, err := api.CoreV1().ServiceAccounts(created.Name).Get(t.Context(), "default", metav1.GetOptions{})
		return err == nil
	})
	return created.Name
}

// start creates a pod of the probe; change may alter it first.
func start(t *testing.T, namespace, name string, labels map[string]string, args []string, change ...func(*corev1.PodSpec)) {
	t.Helper()
	grace := int64(0)
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels},
		Spec: corev1.PodSpec{RestartPolicy: corev1.RestartPolicyNever, TerminationGracePeriodSeconds: &grace,
			Containers: []corev1.Container{{Name: "probe", Image: probeImage, ImagePullPolicy: corev1.PullNever, Args: args}}},
	}
	for _, apply := range change {
		apply(&pod.Spec)
	}
	_, err := api.CoreV1().Pods(namespace).Create(t.Context(), pod, metav1.CreateOptions{})
	check(t, err)
}

// serve starts a server pod and returns its address.
func serve(t *testing.T, namespace, name string, labels map[string]string) string {
	t.Helper()
	start(t, namespace, name, labels, []string{"serve"})
	return running(t, namespace, name).Status.PodIP
}

func running(t *testing.T, namespace, name string) *corev1.Pod {
	t.Helper()
	var pod *corev1.Pod
	eventually(t, "pod "+name+" runs", func() bool {
		pod = get(t, namespace, name)
		return pod.Status.Phase == corev1.PodRunning && pod.Status.PodIP != ""
	})
	return pod
}

func get(t *testing.T, namespace, name string) *corev1.Pod {
	t.Helper()
	pod, err := api.CoreV1().Pods(namespace).Get(t.Context(), name, metav1.GetOptions{})
	check(t, err)
	return pod
}

// run executes the probe inside a running pod and says whether it succeeded.
func run(t *testing.T, namespace, pod string, args ...string) bool {
	t.Helper()
	output, err := kubectl(append([]string{"exec", "-n", namespace, pod, "--", "/probe"}, args...)...)
	if err != nil && !strings.Contains(output, "failed:") {
		t.Fatalf("kubectl exec: %v: %s", err, output)
	}
	return err == nil
}

// finished waits for a pod that ends by itself and returns what it printed.
func finished(t *testing.T, namespace, name string) string {
	t.Helper()
	eventually(t, "pod "+name+" finishes", func() bool {
		phase := get(t, namespace, name).Status.Phase
		return phase == corev1.PodSucceeded || phase == corev1.PodFailed
	})
	return logs(t, namespace, name)
}

func logs(t *testing.T, namespace, name string) string {
	t.Helper()
	text, err := api.CoreV1().Pods(namespace).GetLogs(name, &corev1.PodLogOptions{}).DoRaw(t.Context())
	check(t, err)
	return string(bytes.TrimSpace(text))
}

func apply(t *testing.T, namespace, manifest string) {
	t.Helper()
	cmd := exec.Command(bin("kubectl"), "--kubeconfig", kubeconfig(), "apply", "-n", namespace, "-f", "-")
	cmd.Stdin = strings.NewReader(manifest)
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("apply: %v: %s", err, output)
	}
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	within(t, time.Minute, what, condition)
}

func within(t *testing.T, limit time.Duration, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !condition(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mustAbs(path string) string {
	absolute, err := filepath.Abs(path)
	if err != nil {
		panic(err)
	}
	return absolute
}

func lookup(variable, otherwise string) string {
	if value := os.Getenv(variable); value != "" {
		return value
	}
	return otherwise
}
