// Package volumes makes a folder of this machine a PersistentVolume for every claim of the class lab-local.
package volumes

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/workqueue"

	"cloister.dev/lab/cluster"
)

const (
	class         = "lab-local"
	provisioner   = "lab.cloister.dev/local"
	provisionedBy = "pv.kubernetes.io/provisioned-by"
	// The scheduler sets it on a claim once it has found a node for the first pod that uses it.
	selectedNode = "volume.kubernetes.io/selected-node"
)

type controller struct {
	api kubernetes.Interface
	dir string
}

// Run serves claims until the context ends.
func Run(ctx context.Context, lab cluster.Cluster) error {
	config, err := clientcmd.BuildConfigFromFlags("", lab.Kubeconfig())
	if err != nil {
		return err
	}
	api, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	c := controller{api: api, dir: filepath.Join(lab.Dir, "volumes")}
	factory := informers.NewSharedInformerFactory(api, 0)
	// The queue holds functions' inputs, a claim or a volume, and gives a failed one back after a growing delay.
	queue := workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[any]())
	defer queue.ShutDown()
	handler := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { queue.Add(object) },
		UpdateFunc: func(_, object any) { queue.Add(object) },
	}
	for _, informer := range []cache.SharedIndexInformer{
		factory.Core().V1().PersistentVolumeClaims().Informer(), factory.Core().V1().PersistentVolumes().Informer()} {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return err
		}
	}
	factory.Start(ctx.Done())
	go func() {
		<-ctx.Done()
		queue.ShutDown()
	}()
	for object, stop := queue.Get(); !stop; object, stop = queue.Get() {
		if err := c.handle(ctx, object); err != nil {
			log.Print(err)
			queue.AddRateLimited(object)
		} else {
			queue.Forget(object)
		}
		queue.Done(object)
	}
	return nil
}

func (c controller) handle(ctx context.Context, object any) error {
	switch o := object.(type) {
	case *corev1.PersistentVolumeClaim:
		if wanted(o) {
			return c.provision(ctx, o)
		}
	case *corev1.PersistentVolume:
		if abandoned(o) {
			return c.remove(ctx, o)
		}
	}
	return nil
}

// wanted: a claim of our class without a volume, whose pod was given to a node.
func wanted(claim *corev1.PersistentVolumeClaim) bool {
	return claim.Spec.StorageClassName != nil && *claim.Spec.StorageClassName == class && claim.Spec.VolumeName == "" &&
		claim.Annotations[selectedNode] != "" && claim.DeletionTimestamp == nil
}

// abandoned: one of our volumes whose claim is gone.
func abandoned(volume *corev1.PersistentVolume) bool {
	return volume.Annotations[provisionedBy] == provisioner && volume.Status.Phase == corev1.VolumeReleased &&
		volume.Spec.PersistentVolumeReclaimPolicy == corev1.PersistentVolumeReclaimDelete
}

func (c controller) provision(ctx context.Context, claim *corev1.PersistentVolumeClaim) error {
	volume := desired(c.dir, claim)
	if err := os.MkdirAll(volume.Spec.Local.Path, 0o755); err != nil {
		return err
	}
	_, err := c.api.CoreV1().PersistentVolumes().Create(ctx, volume, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("volume for claim %s/%s: %w", claim.Namespace, claim.Name, err)
	}
	return nil
}

func desired(dir string, claim *corev1.PersistentVolumeClaim) *corev1.PersistentVolume {
	name := "pvc-" + string(claim.UID)
	mode := corev1.PersistentVolumeFilesystem
	return &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{provisionedBy: provisioner}},
		Spec: corev1.PersistentVolumeSpec{
			Capacity:                      corev1.ResourceList{corev1.ResourceStorage: claim.Spec.Resources.Requests[corev1.ResourceStorage]},
			AccessModes:                   claim.Spec.AccessModes, // there is one node, so that it can do all of them
			PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimDelete,
			StorageClassName:              class,
			VolumeMode:                    &mode,
			ClaimRef: &corev1.ObjectReference{APIVersion: "v1", Kind: "PersistentVolumeClaim",
				Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID},
			// Not hostPath: the kubelet gives a pod's fsGroup only to kinds of volume that are the cluster's own.
			PersistentVolumeSource: corev1.PersistentVolumeSource{Local: &corev1.LocalVolumeSource{Path: filepath.Join(dir, name)}},
			NodeAffinity: &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
				MatchExpressions: []corev1.NodeSelectorRequirement{{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn,
					Values: []string{claim.Annotations[selectedNode]}}}}}}},
		},
	}
}

// remove deletes only the folder that desired would have named, whatever the volume says by now.
func (c controller) remove(ctx context.Context, volume *corev1.PersistentVolume) error {
	if err := os.RemoveAll(filepath.Join(c.dir, filepath.Base(volume.Name))); err != nil {
		return err
	}
	err := c.api.CoreV1().PersistentVolumes().Delete(ctx, volume.Name, metav1.DeleteOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}
