package dev.cloister.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SelectableField;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Whose desktop, in which project, made from what. */
public class WorkspaceSpec {

    @Required
    @Size(min = 1, max = 55)
    @Pattern(Api.DNS_LABEL)
    @SelectableField
    @ValidationRule(
            value = "self == oldSelf",
            message = "spec.project never changes; delete this Workspace and make one in the other project")
    @JsonPropertyDescription("The ResearchProject that the desktop belongs to. Never changes.")
    public String project;

    @Required
    @Size(min = 1, max = 63)
    @Pattern(Api.DNS_LABEL)
    @SelectableField
    @ValidationRule(
            value = "self == oldSelf",
            message = "spec.researcher never changes; delete this Workspace and make one for the other person")
    @JsonPropertyDescription("The member of the project who works here, and nobody else. Never changes.")
    public String researcher;

    @Required
    @Size(min = 1, max = 63)
    @Pattern(Api.DNS_LABEL)
    @JsonPropertyDescription(
            "The WorkspaceTemplate that the desktop is made from. A change takes effect at the next start.")
    public String template;

    @JsonPropertyDescription(
            "The size of the desktop, within the template's and the project's limits. What is left out "
                    + "comes from the template. A change takes effect at the next start.")
    public WorkspaceSize size;

    @Default("true")
    @JsonPropertyDescription(
            "Whether the desktop runs. Stopping keeps the home. Leave it out of Git: it belongs to whoever "
                    + "starts and stops the desktop.")
    public Boolean running;
}
