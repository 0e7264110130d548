package dev.cloister.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** What a desktop is made of, how large it may be, and why it may be used (SATRE v2 2.1.10). */
@ValidationRule(
        value = "has(self.defaultSize.cpu) && has(self.defaultSize.memory) && has(self.defaultSize.home)",
        message = "spec.defaultSize needs cpu, memory and home",
        fieldPath = ".defaultSize")
@ValidationRule(
        value = "has(self.largestSize.cpu) && has(self.largestSize.memory) && has(self.largestSize.home)",
        message = "spec.largestSize needs cpu, memory and home",
        fieldPath = ".largestSize")
@ValidationRule(
        value = "!has(self.defaultSize.cpu) || !has(self.largestSize.cpu)"
                + " || quantity(string(self.defaultSize.cpu)).compareTo(quantity(string(self.largestSize.cpu))) <= 0",
        message = "spec.defaultSize.cpu is above spec.largestSize.cpu; lower the one or raise the other",
        fieldPath = ".defaultSize.cpu")
@ValidationRule(
        value =
                "!has(self.defaultSize.memory) || !has(self.largestSize.memory)"
                        + " || quantity(string(self.defaultSize.memory)).compareTo(quantity(string(self.largestSize.memory))) <= 0",
        message = "spec.defaultSize.memory is above spec.largestSize.memory; lower the one or raise the other",
        fieldPath = ".defaultSize.memory")
@ValidationRule(
        value = "!has(self.defaultSize.home) || !has(self.largestSize.home)"
                + " || quantity(string(self.defaultSize.home)).compareTo(quantity(string(self.largestSize.home))) <= 0",
        message = "spec.defaultSize.home is above spec.largestSize.home; lower the one or raise the other",
        fieldPath = ".defaultSize.home")
public class WorkspaceTemplateSpec {

    @Required
    @Size(min = 3, max = 100)
    @JsonPropertyDescription("The name that people see, for example R and Python desktop.")
    public String title;

    @Required
    @Size(min = 10, max = 2000)
    @JsonPropertyDescription("What is in it and what it is good for.")
    public String description;

    @Required
    @Size(min = 1, max = 500)
    @JsonPropertyDescription(
            "The container image of the desktop; pin it by digest in production. It holds the entry points "
                    + "cloister-display and cloister-session (images/desktop).")
    public String image;

    @Required
    @JsonPropertyDescription("The size of a desktop whose Workspace gives none.")
    public WorkspaceSize defaultSize;

    @Required
    @JsonPropertyDescription("The largest size that a Workspace may ask for.")
    public WorkspaceSize largestSize;

    @Required
    @JsonPropertyDescription("Why this tool may be used in the environment, and until when.")
    public Evaluation evaluation;
}
