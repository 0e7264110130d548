package dev.cloister.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;

/** The size of a desktop. */
public class WorkspaceSize {

    @ValidationRule(value = Sizes.POSITIVE, message = "size.cpu" + Sizes.POSITIVE_MESSAGE + "2 or 500m")
    @JsonPropertyDescription("Processor cores that the desktop may use at most, for example 2.")
    public Quantity cpu;

    @ValidationRule(value = Sizes.POSITIVE, message = "size.memory" + Sizes.POSITIVE_MESSAGE + "4Gi")
    @JsonPropertyDescription("Memory that the desktop may use at most, for example 4Gi.")
    public Quantity memory;

    @ValidationRule(value = Sizes.POSITIVE, message = "size.home" + Sizes.POSITIVE_MESSAGE + "20Gi")
    @JsonPropertyDescription("Size of the home, which outlives stops. Fixed when the home is made.")
    public Quantity home;
}
