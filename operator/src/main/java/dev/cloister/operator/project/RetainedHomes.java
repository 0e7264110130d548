package dev.cloister.operator.project;

import dev.cloister.operator.kube.Children;
import dev.cloister.operator.kube.Labels;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The homes of deleted workspaces, which are kept for a while. */
final class RetainedHomes {

    private RetainedHomes() {}

    /** Those whose time is over. */
    static List<PersistentVolumeClaim> overdue(Children children, Instant now) {
        return children.of(PersistentVolumeClaim.class)
                .filter(claim -> dueAt(claim).map(due -> !due.isAfter(now)).orElse(false))
                .toList();
    }

    /** When the next one's time is over. */
    static Optional<Instant> nextDue(Children children) {
        return children.of(PersistentVolumeClaim.class)
                .flatMap(claim -> dueAt(claim).stream())
                .min(Instant::compareTo);
    }

    private static Optional<Instant> dueAt(PersistentVolumeClaim claim) {
        return Labels.annotation(claim, Labels.RETAINED_UNTIL).map(Instant::parse);
    }
}
