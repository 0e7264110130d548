package dev.cloister.operator.isolation;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cloister.operator.kube.Labels;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one of the two pods found, read from its termination message.
 *
 * @param subject what it was asked to prove
 * @param node where it ran
 * @param finishedAt when it ended
 * @param findings by target; empty when it could not report
 */
public record ProbeReport(String subject, String node, Instant finishedAt, List<Finding> findings) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What happened at one target. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Finding(String name, String address, String result, String detail) {

        boolean open() {
            return "Open".equals(result);
        }

        /** Only this counts as a wall: an error in the probe is none. */
        boolean blocked() {
            return "Blocked".equals(result);
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Message(List<Finding> targets) {}

    /**
     * The report of a pod that has ended.
     *
     * @return empty while it still runs
     */
    public static Optional<ProbeReport> of(Pod pod) {
        var phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        if (!"Succeeded".equals(phase) && !"Failed".equals(phase)) {
            return Optional.empty();
        }
        var end = pod.getStatus().getContainerStatuses().stream()
                .map(container -> container.getState().getTerminated())
                .filter(terminated -> terminated != null)
                .findFirst();
        var finished = end.map(ContainerStateTerminated::getFinishedAt)
                .orElse(pod.getMetadata().getCreationTimestamp());
        return Optional.of(new ProbeReport(
                Labels.annotation(pod, ProbePlan.SUBJECT).orElse(""),
                Optional.ofNullable(pod.getSpec().getNodeName()).orElse(""),
                Instant.parse(finished),
                end.map(ContainerStateTerminated::getMessage)
                        .map(ProbeReport::parse)
                        .orElse(List.of())));
    }

    private static List<Finding> parse(String message) {
        try {
            var targets = JSON.readValue(message, Message.class).targets();
            return targets == null ? List.of() : targets;
        } catch (JsonProcessingException e) {
            return List.of();
        }
    }

    Optional<Finding> at(String target) {
        return findings.stream().filter(f -> f.name().equals(target)).findFirst();
    }
}
