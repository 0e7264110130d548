package dev.cloister.operator.kube;

import dev.cloister.api.ConditionedStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Builds the conditions of one status. A condition's time moves only when its status flips. */
public final class Conditions {

    public static final String ACCEPTED = "Accepted";
    public static final String NAMESPACE_READY = "NamespaceReady";
    public static final String ISOLATION_VERIFIED = "IsolationVerified";
    public static final String ACCESS_ACTIVE = "AccessActive";
    public static final String DESKTOP_READY = "DesktopReady";
    public static final String READY = "Ready";

    /** After kstatus: present and True while the operator is at work on it; absent otherwise. */
    public static final String RECONCILING = "Reconciling";

    /** After kstatus: present and True when nothing will move before somebody changes the spec; absent otherwise. */
    public static final String STALLED = "Stalled";

    private final List<Condition> previous;
    private final Long generation;
    private final String now;
    private final List<Condition> conditions = new ArrayList<>();

    /**
     * Starts the conditions of a status.
     *
     * @param previous the status before, for the times of what did not flip
     */
    public Conditions(Optional<? extends ConditionedStatus> previous, Long generation, Instant now) {
        this.previous = previous.map(status -> status.conditions).orElse(List.of());
        this.generation = generation;
        this.now = now.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** True, False or Unknown. */
    public enum Status {
        True,
        False,
        Unknown;

        public static Status of(boolean value) {
            return value ? True : False;
        }
    }

    /**
     * Adds a condition.
     *
     * @param reason one CamelCase word
     * @param message what it means, and what to do next
     */
    public Conditions add(String type, Status status, String reason, String message) {
        var since = previous.stream()
                .filter(c -> c.getType().equals(type) && Objects.equals(c.getStatus(), status.name()))
                .map(Condition::getLastTransitionTime)
                .findFirst()
                .orElse(now);
        conditions.add(new ConditionBuilder()
                .withType(type)
                .withStatus(status.name())
                .withReason(reason)
                .withMessage(message)
                .withObservedGeneration(generation)
                .withLastTransitionTime(since)
                .build());
        return this;
    }

    /**
     * Adds Ready and, after kstatus, what else a machine has to know: Stalled where a person must act, Reconciling where it
     * is a matter of time.
     */
    public Conditions addReady(Verdict accepted, Verdict ready) {
        ready.addTo(this, READY);
        if (!accepted.isYes()) {
            return add(STALLED, Status.True, accepted.reason(), accepted.message());
        }
        return ready.status() == Status.Unknown ? add(RECONCILING, Status.True, ready.reason(), ready.message()) : this;
    }

    public List<Condition> build() {
        return List.copyOf(conditions);
    }
}
