package dev.cloister.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** What a desktop is made of, how large it may be, and why it may be used (SATRE v2 2.1.10). */
@ValidationRule(
        value = "['cpu', 'memory', 'home'].all(k, k in self.defaultSize && k in self.largestSize)",
        message = "spec.defaultSize and spec.largestSize both need cpu, memory and home")
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
    @JsonPropertyDescription("The container image of the desktop; pin it by digest in production. It holds the entry points "
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
