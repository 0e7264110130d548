package dev.cloister.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;

/** The size of a desktop. */
public class WorkspaceSize {

    @ValidationRule(
            value = Sizes.AT_LEAST + "quantity('1')) >= 0",
            message = "cpu is below 1; a desktop needs at least one core, write for example 2")
    @JsonPropertyDescription(
            "Processor cores that the desktop may use at most, for example 2. At least 1: half a core of "
                    + "it belongs to the display.")
    public Quantity cpu;

    @ValidationRule(
            value = Sizes.AT_LEAST + "quantity('1Gi')) >= 0",
            message = "memory is below 1Gi; a desktop needs at least that, write for example 4Gi")
    @JsonPropertyDescription("Memory that the desktop may use at most, for example 4Gi. At least 1Gi: half a GiB of it "
            + "belongs to the display.")
    public Quantity memory;

    @ValidationRule(value = Sizes.POSITIVE, message = "home" + Sizes.POSITIVE_MESSAGE + "20Gi")
    @JsonPropertyDescription("Size of the home, which outlives stops. Fixed when the home is made.")
    public Quantity home;
}
