package volumes

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
)

func claim(change func(*corev1.PersistentVolumeClaim)) *corev1.PersistentVolumeClaim {
	name := class
	c := &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "data", UID: "u1", Annotations: map[string]string{selectedNode: "lab"}},
		Spec: corev1.PersistentVolumeClaimSpec{StorageClassName: &name,
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteMany}}}
	change(c)
	return c
}

func TestWhichClaimsGetAVolume(t *testing.T) {
	other := "other"
	for _, test := range []struct {
		name   string
		change func(*corev1.PersistentVolumeClaim)
		want   bool
	}{
		{"one whose pod has a node", func(*corev1.PersistentVolumeClaim) {}, true},
		{"not before", func(c *corev1.PersistentVolumeClaim) { c.Annotations = nil }, false},
		{"not twice", func(c *corev1.PersistentVolumeClaim) { c.Spec.VolumeName = "pv" }, false},
		{"not of another class", func(c *corev1.PersistentVolumeClaim) { c.Spec.StorageClassName = &other }, false},
	} {
		if got := wanted(claim(test.change)); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

func TestAFolderComesAndGoesWithItsVolume(t *testing.T) {
	ctx := context.Background()
	c := controller{api: fake.NewClientset(), dir: t.TempDir()}
	for range 2 { // a watch may deliver the same claim twice
		if err := c.handle(ctx, claim(func(*corev1.PersistentVolumeClaim) {})); err != nil {
			t.Fatal(err)
		}
	}
	volume, err := c.api.CoreV1().PersistentVolumes().Get(ctx, "pvc-u1", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if volume.Spec.ClaimRef.UID != "u1" || volume.Spec.AccessModes[0] != corev1.ReadWriteMany {
		t.Errorf("wrong volume: %+v", volume.Spec)
	}
	file := filepath.Join(volume.Spec.Local.Path, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.handle(ctx, volume); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Fatal("data of a volume in use were removed")
	}
	volume.Status.Phase = corev1.VolumeReleased
	if err := c.handle(ctx, volume); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(volume.Spec.Local.Path); !os.IsNotExist(err) {
		t.Error("the folder is still there")
	}
}
