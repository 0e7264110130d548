package dev.cloister.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Optional;

/** A status with conditions after kstatus. */
public abstract class ConditionedStatus {

    @JsonPropertyDescription("The generation of the spec that this status speaks of.")
    public Long observedGeneration;

    @JsonPropertyDescription(
            "What is true of the resource, and why; Ready sums it up. Reconciling and Stalled after kstatus.")
    public List<Condition> conditions;

    /** The condition of that type, if it was ever set. */
    public Optional<Condition> condition(String type) {
        return Optional.ofNullable(conditions).orElse(List.of()).stream()
                .filter(c -> c.getType().equals(type))
                .findFirst();
    }

    /** Whether that condition is True. Absent and Unknown are no. */
    public boolean isTrue(String type) {
        return condition(type).map(c -> "True".equals(c.getStatus())).orElse(false);
    }
}
