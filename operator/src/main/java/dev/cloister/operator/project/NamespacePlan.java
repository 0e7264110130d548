package dev.cloister.operator.project;

import static dev.cloister.operator.kube.Labels.COMPONENT;
import static dev.cloister.operator.kube.Labels.DESKTOP;
import static dev.cloister.operator.kube.Labels.GATEWAY;

import dev.cloister.api.ResearchProject;
import dev.cloister.operator.Settings;
import dev.cloister.operator.isolation.ProbePlan;
import dev.cloister.operator.kube.Children;
import dev.cloister.operator.kube.Claims;
import dev.cloister.operator.kube.Labels;
import dev.cloister.operator.kube.Quantities;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.LimitRangeBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import java.util.List;
import java.util.Map;

/** What a project's namespace holds before anything may run in it, in the order in which it is made: deny before allow. */
public final class NamespacePlan {

    /** The one port of a desktop, RFB (RFC 6143), which only the gateway may reach. */
    public static final int RFB_PORT = 5901;

    /** The claim of the folder that all members share. */
    public static final String SHARED_CLAIM = "shared";

    private final String project;
    private final ResearchProject resource;
    private final Settings settings;

    private NamespacePlan(ResearchProject resource, Settings settings) {
        this.project = resource.getMetadata().getName();
        this.resource = resource;
        this.settings = settings;
    }

    /** The namespace alone, to be created before it is filled. */
    public static Namespace namespace(ResearchProject project, Settings settings) {
        return new NamespacePlan(project, settings).namespace();
    }

    /** Everything, the namespace first. */
    public static List<HasMetadata> of(ResearchProject project, Settings settings) {
        var plan = new NamespacePlan(project, settings);
        return List.of(
                plan.namespace(),
                plan.defaultDeny(),
                plan.gatewayToDesktops(),
                plan.quota(),
                plan.limits(),
                plan.serviceAccount(),
                plan.shared());
    }

    /**
     * The same, but with claims at the size that they have: a claim cannot shrink, and most classes cannot grow one.
     */
    public static List<HasMetadata> keepingSizes(List<HasMetadata> desired, Children children) {
        return desired.stream()
                .map(wanted ->
                        wanted instanceof PersistentVolumeClaim claim ? Claims.keepingSize(claim, children) : wanted)
                .toList();
    }

    /** The quota of a deleted project's namespace: it admits no pod, so that what is kept there cannot be worked with. */
    public static ResourceQuota sealed(ResearchProject project, Settings settings) {
        return new NamespacePlan(project, settings)
                .quota()
                .edit()
                .editSpec()
                .addToHard("pods", new Quantity("0"))
                .endSpec()
                .build();
    }

    /** The policies that an isolation probe speaks of. */
    public static List<NetworkPolicy> policies(List<HasMetadata> desired) {
        return desired.stream()
                .filter(NetworkPolicy.class::isInstance)
                .map(NetworkPolicy.class::cast)
                .toList();
    }

    private Namespace namespace() {
        return new NamespaceBuilder()
                .withNewMetadata()
                .withName(ResearchProject.namespaceOf(project))
                .addToLabels(Labels.ofProject(project))
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .addToLabels("pod-security.kubernetes.io/enforce-version", "latest")
                .addToLabels("pod-security.kubernetes.io/audit", "restricted")
                .addToLabels("pod-security.kubernetes.io/warn", "restricted")
                .addToAnnotations(Labels.PROJECT_UID, resource.getMetadata().getUid())
                .endMetadata()
                .build();
    }

    /** Both directions, every pod, no exception: what opens something is a policy of its own. */
    private NetworkPolicy defaultDeny() {
        return new NetworkPolicyBuilder()
                .withMetadata(metadata("default-deny"))
                .withNewSpec()
                .withNewPodSelector()
                .endPodSelector()
                .withPolicyTypes("Ingress", "Egress")
                .endSpec()
                .build();
    }

    private NetworkPolicy gatewayToDesktops() {
        return new NetworkPolicyBuilder()
                .withMetadata(metadata("gateway-to-desktops"))
                .withNewSpec()
                .withNewPodSelector()
                .addToMatchLabels(COMPONENT, DESKTOP)
                .endPodSelector()
                .addNewIngress()
                .addNewFrom()
                .withNewNamespaceSelector()
                .addToMatchLabels("kubernetes.io/metadata.name", settings.systemNamespace())
                .endNamespaceSelector()
                .withNewPodSelector()
                .addToMatchLabels(COMPONENT, GATEWAY)
                .endPodSelector()
                .endFrom()
                .addNewPort()
                .withProtocol("TCP")
                .withNewPort(RFB_PORT)
                .endPort()
                .endIngress()
                .withPolicyTypes("Ingress")
                .endSpec()
                .build();
    }

    private ResourceQuota quota() {
        var resources = resource.getSpec().resources;
        // One isolation probe may run beside full desktops: its share comes on top of what was approved.
        var cpu = Quantities.cpu(Quantities.amount(resources.cpu).add(Quantities.amount(ProbePlan.CPU)));
        var memory = Quantities.bytes(Quantities.amount(resources.memory).add(Quantities.amount(ProbePlan.MEMORY)));
        return new ResourceQuotaBuilder()
                .withMetadata(metadata("project"))
                .withNewSpec()
                .addToHard("limits.cpu", cpu)
                .addToHard("limits.memory", memory)
                .addToHard("requests.storage", Quantities.bytes(resources.storage))
                .addToHard("services", new Quantity("0"))
                .endSpec()
                .build();
    }

    /** A container that names no limits gets small ones; without any it would escape the quota's purpose. */
    private LimitRange limits() {
        return new LimitRangeBuilder()
                .withMetadata(metadata("defaults"))
                .withNewSpec()
                .addNewLimit()
                .withType("Container")
                .addToDefault("cpu", new Quantity("100m"))
                .addToDefault("memory", new Quantity("128Mi"))
                .addToDefaultRequest("cpu", new Quantity("10m"))
                .addToDefaultRequest("memory", new Quantity("32Mi"))
                .endLimit()
                .endSpec()
                .build();
    }

    /** Every pod that names no account runs as this one: it gets no token. */
    private ServiceAccount serviceAccount() {
        return new ServiceAccountBuilder()
                .withMetadata(metadata("default"))
                .withAutomountServiceAccountToken(false)
                .build();
    }

    private PersistentVolumeClaim shared() {
        var storage = settings.storage();
        return new PersistentVolumeClaimBuilder()
                .withMetadata(metadata(SHARED_CLAIM))
                .withNewSpec()
                .withAccessModes(storage.sharedReadWriteMany() ? "ReadWriteMany" : "ReadWriteOnce")
                .withStorageClassName(storage.sharedClass().orElse(null))
                .withNewResources()
                .withRequests(Map.of("storage", Quantities.bytes(resource.getSpec().resources.shared)))
                .endResources()
                .endSpec()
                .build();
    }

    private ObjectMeta metadata(String name) {
        return new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(ResearchProject.namespaceOf(project))
                .withLabels(Labels.ofProject(project))
                .build();
    }
}
