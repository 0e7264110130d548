package dev.cloister.operator.isolation;

import static dev.cloister.operator.kube.Labels.COMPONENT;
import static dev.cloister.operator.kube.Labels.CONTROL;
import static dev.cloister.operator.kube.Labels.DESKTOP;
import static dev.cloister.operator.kube.Labels.PROBE;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cloister.api.ResearchProject;
import dev.cloister.operator.Settings;
import dev.cloister.operator.kube.Labels;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The two pods of an isolation probe: one inside the project, with the labels and so the network of a desktop, and a
 * control outside of any project. Only beside a control that gets an answer does silence prove a wall.
 */
public final class ProbePlan {

    /** Annotation of both pods: what they prove, so that a report about something else is never believed. */
    public static final String SUBJECT = "cloister.dev/isolation-subject";

    /** Seconds after which Kubernetes ends a probe that hangs. It needs about two. */
    private static final long DEADLINE_SECONDS = 60;

    /** What one of the pods may use. */
    public static final Quantity CPU = new Quantity("50m");

    public static final Quantity MEMORY = new Quantity("32Mi");

    private static final ObjectMapper JSON = new ObjectMapper();

    private ProbePlan() {}

    /** Identifies what a probe proves: this very namespace with these very policies and targets. */
    public static String subject(String namespaceUid, List<NetworkPolicy> policies, Settings settings) {
        try {
            var text =
                    new StringBuilder(namespaceUid).append(settings.isolation().targets());
            for (var policy : policies) {
                text.append(policy.getMetadata().getName()).append(JSON.writeValueAsString(policy.getSpec()));
            }
            var hash =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException | JsonProcessingException e) {
            throw new AssertionError("every Java has SHA-256, and every policy is plain data", e);
        }
    }

    /** The pod inside the project. */
    public static Pod probe(String project, String subject, Settings settings) {
        return pod(
                project, "isolation-probe", ResearchProject.namespaceOf(project), DESKTOP, "probe", subject, settings);
    }

    /** The pod outside of any project. */
    public static Pod control(String project, String subject, Settings settings) {
        var name = "isolation-control-" + project;
        return pod(project, name, settings.systemNamespace(), CONTROL, "control", subject, settings);
    }

    private static Pod pod(
            String project,
            String name,
            String namespace,
            String component,
            String side,
            String subject,
            Settings settings) {
        var targets = settings.isolation().targets().stream()
                .map(target -> target.name() + "=" + target.address())
                .toList();
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .addToLabels(Labels.ofProject(project))
                .addToLabels(COMPONENT, component)
                .addToLabels(PROBE, side)
                .addToAnnotations(SUBJECT, subject)
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withActiveDeadlineSeconds(DEADLINE_SECONDS)
                .withTerminationGracePeriodSeconds(0L)
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(65532L)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewContainer()
                .withName("probe")
                .withImage(settings.isolation().image())
                .withImagePullPolicy("IfNotPresent")
                .withArgs(targets)
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .withNewResources()
                .addToRequests("cpu", CPU)
                .addToRequests("memory", MEMORY)
                .addToLimits("cpu", CPU)
                .addToLimits("memory", MEMORY)
                .endResources()
                .endContainer()
                .endSpec()
                .build();
    }
}
