package dev.cloister.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether the reconcile loop is alive: what was handed to it comes back. A reconcile blocks on nothing, so one that has not
 * come back for minutes means that the loop hangs, and then no access would end by it.
 */
public final class LoopHealth implements Metrics {

    /** Several times the longest time-out of a call to the API server. */
    static final Duration PATIENCE = Duration.ofMinutes(3);

    private final InstantSource clock;
    private final Map<String, Instant> submitted = new ConcurrentHashMap<>();

    public LoopHealth(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void reconciliationSubmitted(HasMetadata resource, RetryInfo retry, Map<String, Object> metadata) {
        submitted.putIfAbsent(key(resource), clock.instant());
    }

    @Override
    public void reconciliationFinished(HasMetadata resource, RetryInfo retry, Map<String, Object> metadata) {
        submitted.remove(key(resource));
    }

    /** What was handed to the loop and has not come back in time, if anything. */
    public Optional<String> stuck() {
        var limit = clock.instant().minus(PATIENCE);
        return submitted.entrySet().stream()
                .filter(entry -> entry.getValue().isBefore(limit))
                .map(entry -> entry.getKey() + " since " + entry.getValue())
                .findFirst();
    }

    private static String key(HasMetadata resource) {
        return resource.getKind() + " " + resource.getMetadata().getName();
    }
}
