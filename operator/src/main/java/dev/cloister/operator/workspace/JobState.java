package dev.cloister.operator.workspace;

import dev.cloister.operator.kube.Labels;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** What a live Job says of itself. */
final class JobState {

    /** A Job that ends by its deadline is ending before it is Failed; it cannot be saved from then on. */
    private static final Set<String> FINAL = Set.of("Complete", "Failed", "FailureTarget", "SuccessCriteriaMet");

    private JobState() {}

    static boolean finished(Job job) {
        return job.getStatus() != null
                && job.getStatus().getConditions().stream()
                        .anyMatch(c -> FINAL.contains(c.getType()) && "True".equals(c.getStatus()));
    }

    static boolean suspended(Job job) {
        return Boolean.TRUE.equals(job.getSpec().getSuspend());
    }

    static boolean ready(Job job) {
        return job.getStatus() != null
                && job.getStatus().getReady() != null
                && job.getStatus().getReady() > 0;
    }

    static long deadline(Job job) {
        return Optional.ofNullable(job.getSpec().getActiveDeadlineSeconds()).orElse(Long.MAX_VALUE);
    }

    static Optional<Instant> startedAt(Job job) {
        return Optional.ofNullable(job.getStatus())
                .map(status -> status.getStartTime())
                .map(Instant::parse);
    }

    static Optional<String> template(Job job) {
        return Labels.annotation(job, DesktopPlan.TEMPLATE);
    }
}
