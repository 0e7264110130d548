package dev.cloister.api;

import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Optional;

/** A status with conditions after kstatus. */
public interface ConditionedStatus {

    /** The generation that the status speaks of; null before the first reconcile. */
    Long observedGeneration();

    /** The conditions, possibly none. */
    List<Condition> conditions();

    /** The condition of that type, if it was ever set. */
    default Optional<Condition> condition(String type) {
        return conditions().stream().filter(c -> c.getType().equals(type)).findFirst();
    }

    /** Whether that condition is True. Absent and Unknown are no. */
    default boolean isTrue(String type) {
        return condition(type).map(c -> "True".equals(c.getStatus())).orElse(false);
    }
}
