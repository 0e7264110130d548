package enforcer

import (
	"context"
	"fmt"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	networkinglisters "k8s.io/client-go/listers/networking/v1"
	"k8s.io/client-go/tools/cache"

	"cloister.dev/lab/policy"
)

// clusterView is the watched pods, namespaces and policies.
type clusterView struct {
	api        kubernetes.Interface
	pods       corelisters.PodLister
	namespaces corelisters.NamespaceLister
	policies   networkinglisters.NetworkPolicyLister
}

// watchCluster calls changed, without blocking the watch for long, after every change. It returns once all is known.
func watchCluster(ctx context.Context, api kubernetes.Interface, changed func()) (*clusterView, error) {
	factory := informers.NewSharedInformerFactory(api, 0)
	view := &clusterView{api: api, pods: factory.Core().V1().Pods().Lister(),
		namespaces: factory.Core().V1().Namespaces().Lister(), policies: factory.Networking().V1().NetworkPolicies().Lister()}
	handler := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { changed() },
		UpdateFunc: func(any, any) { changed() },
		DeleteFunc: func(any) { changed() },
	}
	for _, informer := range []cache.SharedIndexInformer{factory.Core().V1().Pods().Informer(),
		factory.Core().V1().Namespaces().Informer(), factory.Networking().V1().NetworkPolicies().Informer()} {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return nil, err
		}
	}
	factory.Start(ctx.Done())
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return nil, fmt.Errorf("cannot watch %v", kind)
		}
	}
	return view, nil
}

// refresh brings what is known of a pod up to date. It is false when the API server no longer has this pod.
func (v *clusterView) refresh(pod *policy.Pod) bool {
	current, err := v.pods.Pods(pod.Namespace).Get(pod.Name)
	if err != nil || string(current.UID) != pod.UID {
		return false
	}
	pod.Labels, pod.Ports = current.Labels, nil
	for _, container := range current.Spec.Containers {
		pod.Ports = append(pod.Ports, container.Ports...)
	}
	return true
}

func (v *clusterView) state(pods []policy.Pod) (policy.State, error) {
	state := policy.State{Pods: pods, Namespaces: map[string]map[string]string{}}
	namespaces, err := v.namespaces.List(labels.Everything())
	if err != nil {
		return state, err
	}
	for _, namespace := range namespaces {
		state.Namespaces[namespace.Name] = namespace.Labels
	}
	state.Policies, err = v.policies.List(labels.Everything())
	return state, err
}

// catchUp waits until the watches have delivered what a read of this moment shows of the pod, its namespace and its
// policies. A watch may lag, and a policy that was there before the pod must hold from the pod's first packet.
func (v *clusterView) catchUp(ctx context.Context, namespace, name, uid string) error {
	pod, err := v.api.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	if string(pod.UID) != uid {
		return fmt.Errorf("pod %s/%s was replaced by another of its name", namespace, name)
	}
	live, err := v.api.CoreV1().Namespaces().Get(ctx, namespace, metav1.GetOptions{})
	if err != nil {
		return err
	}
	policies, err := v.api.NetworkingV1().NetworkPolicies(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for !v.includes(pod, live, policies.Items) {
		select {
		case <-ctx.Done():
			return fmt.Errorf("the watches lag behind the API server: %w", ctx.Err())
		case <-time.After(2 * time.Millisecond):
		}
	}
	return nil
}

func (v *clusterView) includes(pod *corev1.Pod, namespace *corev1.Namespace, policies []networkingv1.NetworkPolicy) bool {
	cachedPod, err := v.pods.Pods(pod.Namespace).Get(pod.Name)
	if !asNew(cachedPod, err, pod) {
		return false
	}
	cachedNamespace, err := v.namespaces.Get(namespace.Name)
	if !asNew(cachedNamespace, err, namespace) {
		return false
	}
	for i := range policies {
		cached, err := v.policies.NetworkPolicies(policies[i].Namespace).Get(policies[i].Name)
		if !asNew(cached, err, &policies[i]) {
			return false
		}
	}
	return true
}

// asNew compares resource versions, which grow with every write to the store.
func asNew(cached metav1.Object, err error, live metav1.Object) bool {
	if apierrors.IsNotFound(err) {
		return false
	}
	have, errHave := strconv.ParseUint(cached.GetResourceVersion(), 10, 64)
	want, errWant := strconv.ParseUint(live.GetResourceVersion(), 10, 64)
	return errHave == nil && errWant == nil && have >= want
}
