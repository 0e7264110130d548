//go:build node

package test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestLogsExecAndPortForwardReachAPod(t *testing.T) {
	ns := namespace(t, nil)
	serve(t, ns, "server", nil)
	if output, err := kubectl("logs", "-n", ns, "server"); err != nil {
		t.Errorf("logs: %v: %s", err, output)
	}
	if output, err := kubectl("exec", "-n", ns, "server", "--", "/probe", "addresses"); err != nil {
		t.Errorf("exec: %v: %s", err, output)
	}
	forward := exec.Command(bin("kubectl"), "--kubeconfig", kubeconfig(), "port-forward", "-n", ns, "pod/server", ":8080")
	output, err := forward.StdoutPipe()
	check(t, err)
	check(t, forward.Start())
	defer func() {
		_ = forward.Process.Kill()
		_ = forward.Wait()
	}()
	buffer := make([]byte, 200)
	n, err := output.Read(buffer)
	check(t, err)
	address := regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(string(buffer[:n]))
	connection, err := net.Dial("tcp", address)
	check(t, err)
	defer connection.Close()
	_, err = connection.Write([]byte("x"))
	check(t, err)
	if _, err := connection.Read(buffer[:1]); err != nil || buffer[0] != 'x' {
		t.Errorf("port-forward: %q, %v", buffer[0], err)
	}
}

func TestAVolumeIsMadeForAClaimAndGoesWithIt(t *testing.T) {
	ns := namespace(t, nil)
	apply(t, ns, `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data},
		spec: {accessModes: [ReadWriteOnce, ReadWriteMany], resources: {requests: {storage: 1Gi}}}}`)
	user := func(spec *corev1.PodSpec) {
		uid, group := int64(1000), int64(2000)
		spec.SecurityContext = &corev1.PodSecurityContext{RunAsUser: &uid, RunAsGroup: &uid, FSGroup: &group}
		spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data"}}}}
		spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}
	}
	for _, name := range []string{"one", "two"} { // both write, as a user that is neither owner nor root
		start(t, ns, name, nil, []string{"touch", "/data/" + name}, user)
	}
	for _, name := range []string{"one", "two"} {
		if seen := finished(t, ns, name); seen != "" {
			t.Errorf("pod %s: %s", name, seen)
		}
	}
	claim, err := api.CoreV1().PersistentVolumeClaims(ns).Get(t.Context(), "data", metav1.GetOptions{})
	check(t, err)
	folder := filepath.Join(home, "run/volumes", claim.Spec.VolumeName)
	for _, name := range []string{"one", "two"} {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"one", "two"} {
		check(t, api.CoreV1().Pods(ns).Delete(t.Context(), name, metav1.DeleteOptions{}))
	}
	check(t, api.CoreV1().PersistentVolumeClaims(ns).Delete(t.Context(), "data", metav1.DeleteOptions{}))
	eventually(t, "the folder and the volume are gone", func() bool {
		_, missing := os.Stat(folder)
		_, err := api.CoreV1().PersistentVolumes().Get(t.Context(), claim.Spec.VolumeName, metav1.GetOptions{})
		return os.IsNotExist(missing) && err != nil
	})
}
