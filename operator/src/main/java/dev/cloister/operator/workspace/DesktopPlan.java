package dev.cloister.operator.workspace;

import dev.cloister.api.DesktopRules.Clipboard;
import dev.cloister.api.ResearchProject;
import dev.cloister.api.Workspace;
import dev.cloister.operator.Settings;
import dev.cloister.operator.kube.Labels;
import dev.cloister.operator.kube.Quantities;
import dev.cloister.operator.project.NamespacePlan;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;

/**
 * One desktop: a Job, because Kubernetes itself ends a Job at its deadline, with this operator dead, and stops and starts it
 * by {@code suspend}. Two containers of one image with different users: {@code display} runs the X and RFB server, and
 * {@code session} runs what the researcher runs. They share the X socket alone, and the session cannot replace it.
 */
final class DesktopPlan {

    /** Annotation of the Job: identifies the pod that it runs, since a running Job's pod cannot be changed. */
    static final String TEMPLATE = "cloister.dev/template";

    private static final long DISPLAY_UID = 1001;
    private static final long RESEARCHER_UID = 1000;
    private static final long DESKTOP_GID = 2000;

    /** The display's part of a desktop's size. */
    private static final BigDecimal DISPLAY_CPU = new BigDecimal("0.5");

    private static final BigDecimal DISPLAY_MEMORY = BigDecimal.valueOf(512L << 20);

    /** Desktops idle most of the time: what is reserved is this part of what may be used. */
    private static final BigDecimal CPU_RESERVED = new BigDecimal("0.1");

    private static final BigDecimal MEMORY_RESERVED = new BigDecimal("0.5");

    private static final String X_SOCKET = "x-socket";
    private static final String X_SOCKET_PATH = "/tmp/.X11-unix";

    private final Workspace workspace;
    private final Size size;
    private final String image;
    private final Clipboard clipboard;
    private final Settings settings;

    DesktopPlan(Workspace workspace, Size size, String image, Clipboard clipboard, Settings settings) {
        this.workspace = workspace;
        this.size = size;
        this.image = image;
        this.clipboard = clipboard;
        this.settings = settings;
    }

    static String jobName(String workspace) {
        return "desktop-" + workspace;
    }

    static String homeName(String workspace) {
        return "home-" + workspace;
    }

    /** The home, which outlives the desktop. */
    PersistentVolumeClaim home() {
        return new PersistentVolumeClaimBuilder()
                .withMetadata(metadata(homeName(name())))
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withStorageClassName(settings.storage().homeClass().orElse(null))
                .withNewResources()
                .withRequests(Map.of("storage", Quantities.bytes(size.home())))
                .endResources()
                .endSpec()
                .build();
    }

    /**
     * The desktop.
     *
     * @param deadlineSeconds from its start to the end of the access, at least 1
     */
    Job job(long deadlineSeconds) {
        var pod = pod();
        return new JobBuilder()
                .withMetadata(metadata(jobName(name())))
                .editMetadata()
                .addToAnnotations(TEMPLATE, TemplateHash.of(pod))
                .endMetadata()
                .withNewSpec()
                .withSuspend(false)
                .withActiveDeadlineSeconds(deadlineSeconds)
                // A desktop is never given up: a log-out or a crash brings a new session until the deadline.
                .withBackoffLimit(Integer.MAX_VALUE)
                // Never two pods on one home.
                .withPodReplacementPolicy("Failed")
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels())
                .endMetadata()
                .withSpec(pod)
                .endTemplate()
                .endSpec()
                .build();
    }

    private PodSpec pod() {
        var pod = new PodSpecBuilder()
                .withRestartPolicy("OnFailure")
                .withHostname(name())
                .withTerminationGracePeriodSeconds(5L)
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                // A resolver that recurses is a tunnel. None, and a server that is not there: the pod's own loopback.
                .withDnsPolicy("None")
                .withNewDnsConfig()
                .withNameservers("127.0.0.1")
                .endDnsConfig()
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withFsGroup(DESKTOP_GID)
                .withFsGroupChangePolicy("OnRootMismatch")
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .withContainers(display(), session())
                .withVolumes(
                        memory(X_SOCKET, "1Mi"),
                        scratch("display-tmp", "256Mi"),
                        scratch("session-tmp", "8Gi"),
                        claim("home", homeName(name())),
                        claim("shared", NamespacePlan.SHARED_CLAIM));
        return settings.storage().sharedReadWriteMany()
                ? pod.build()
                : pod.withNewAffinity()
                        .withNewPodAffinity()
                        .addNewRequiredDuringSchedulingIgnoredDuringExecution()
                        .withTopologyKey("kubernetes.io/hostname")
                        .withNewLabelSelector()
                        .addToMatchLabels(Labels.PROJECT, workspace.getSpec().project)
                        .addToMatchLabels(Labels.COMPONENT, Labels.DESKTOP)
                        .endLabelSelector()
                        .endRequiredDuringSchedulingIgnoredDuringExecution()
                        .endPodAffinity()
                        .endAffinity()
                        .build();
    }

    private Container display() {
        return new ContainerBuilder()
                .withName("display")
                .withImage(image)
                .withImagePullPolicy("IfNotPresent")
                .withCommand("/usr/local/bin/cloister-display")
                .withEnv(
                        env("CLOISTER_CLIPBOARD_IN", Boolean.toString(clipboard.in)),
                        env("CLOISTER_CLIPBOARD_OUT", Boolean.toString(clipboard.out)))
                .addNewPort()
                .withName("rfb")
                .withContainerPort(NamespacePlan.RFB_PORT)
                .withProtocol("TCP")
                .endPort()
                .withSecurityContext(locked(DISPLAY_UID))
                .withResources(resources(DISPLAY_CPU, DISPLAY_MEMORY))
                // No TCP probe: to a VNC server, a connection that says nothing is an attack.
                .withNewStartupProbe()
                .withNewExec()
                .withCommand("test", "-S", X_SOCKET_PATH + "/X1")
                .endExec()
                .withPeriodSeconds(1)
                .withFailureThreshold(60)
                .endStartupProbe()
                .withVolumeMounts(mount(X_SOCKET, X_SOCKET_PATH), mount("display-tmp", "/tmp"))
                .build();
    }

    private Container session() {
        var cpu = Quantities.amount(size.cpu()).subtract(DISPLAY_CPU);
        var memory = Quantities.amount(size.memory()).subtract(DISPLAY_MEMORY);
        return new ContainerBuilder()
                .withName("session")
                .withImage(image)
                .withImagePullPolicy("IfNotPresent")
                .withCommand("/usr/local/bin/cloister-session")
                .withEnv(
                        env("CLOISTER_PROJECT", workspace.getSpec().project),
                        env("CLOISTER_RESEARCHER", workspace.getSpec().researcher))
                .withSecurityContext(locked(RESEARCHER_UID))
                .withResources(resources(cpu, memory))
                .withVolumeMounts(
                        new VolumeMountBuilder(mount(X_SOCKET, X_SOCKET_PATH))
                                .withReadOnly(true)
                                .build(),
                        mount("session-tmp", "/tmp"),
                        mount("home", "/home/researcher"),
                        mount("shared", "/shared"))
                .build();
    }

    private static SecurityContext locked(long uid) {
        return new SecurityContextBuilder()
                .withRunAsUser(uid)
                .withRunAsGroup(uid)
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .build();
    }

    private static ResourceRequirements resources(BigDecimal cpu, BigDecimal memory) {
        return new ResourceRequirementsBuilder()
                .addToRequests("cpu", Quantities.cpu(cpu.multiply(CPU_RESERVED)))
                .addToRequests("memory", Quantities.bytes(memory.multiply(MEMORY_RESERVED)))
                .addToLimits("cpu", Quantities.cpu(cpu))
                .addToLimits("memory", Quantities.bytes(memory))
                .build();
    }

    private ObjectMeta metadata(String name) {
        return new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(ResearchProject.namespaceOf(workspace.getSpec().project))
                .withLabels(labels())
                .build();
    }

    private Map<String, String> labels() {
        var labels = new TreeMap<>(Labels.ofProject(workspace.getSpec().project));
        labels.put(Labels.WORKSPACE, name());
        labels.put(Labels.RESEARCHER, workspace.getSpec().researcher);
        labels.put(Labels.COMPONENT, Labels.DESKTOP);
        return labels;
    }

    private String name() {
        return workspace.getMetadata().getName();
    }

    private static EnvVar env(String name, String value) {
        return new EnvVar(name, value, null);
    }

    private static VolumeMount mount(String volume, String path) {
        return new VolumeMountBuilder().withName(volume).withMountPath(path).build();
    }

    private static Volume memory(String name, String limit) {
        return new VolumeBuilder()
                .withName(name)
                .withNewEmptyDir()
                .withMedium("Memory")
                .withSizeLimit(new Quantity(limit))
                .endEmptyDir()
                .build();
    }

    private static Volume scratch(String name, String limit) {
        return new VolumeBuilder()
                .withName(name)
                .withNewEmptyDir()
                .withSizeLimit(new Quantity(limit))
                .endEmptyDir()
                .build();
    }

    private static Volume claim(String name, String claim) {
        return new VolumeBuilder()
                .withName(name)
                .withNewPersistentVolumeClaim(claim, false)
                .build();
    }
}
