package dev.cloister.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;

/** Upper limits for a whole project; Kubernetes enforces them as a ResourceQuota. */
@ValidationRule(
        value = "quantity(string(self.shared)).compareTo(quantity(string(self.storage))) <= 0",
        message = "spec.resources.shared is larger than spec.resources.storage, of which it is a part; lower shared or"
                + " raise storage",
        fieldPath = ".shared")
public class ProjectResources {

    @Required
    @ValidationRule(value = Sizes.POSITIVE, message = "spec.resources.cpu" + Sizes.POSITIVE_MESSAGE + "4 or 500m")
    @JsonPropertyDescription(
            "Processor cores that all running desktops of the project may use together, for example 8.")
    public Quantity cpu;

    @Required
    @ValidationRule(value = Sizes.POSITIVE, message = "spec.resources.memory" + Sizes.POSITIVE_MESSAGE + "32Gi")
    @JsonPropertyDescription("Memory that all running desktops of the project may use together, for example 32Gi.")
    public Quantity memory;

    @Required
    @ValidationRule(value = Sizes.POSITIVE, message = "spec.resources.storage" + Sizes.POSITIVE_MESSAGE + "200Gi")
    @JsonPropertyDescription(
            "Storage of the project: the homes of its workspaces and the shared folder, for example 200Gi.")
    public Quantity storage;

    @Default("10Gi")
    @ValidationRule(value = Sizes.POSITIVE, message = "spec.resources.shared" + Sizes.POSITIVE_MESSAGE + "50Gi")
    @JsonPropertyDescription(
            "Size of the folder that all members share, a part of storage. Fixed when the project is made.")
    public Quantity shared;
}
