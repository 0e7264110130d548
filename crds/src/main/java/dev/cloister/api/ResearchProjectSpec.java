package dev.cloister.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** What the access committee approved. A {@code git diff} of this is a governance decision. */
@ValidationRule(
        value = "self.members.exists(m, m.researcher == self.lead && m.role == 'Lead')",
        message = "spec.lead is not among spec.members with role Lead; add the lead to the members with role: Lead",
        fieldPath = ".lead")
public class ResearchProjectSpec {

    @Required
    @Size(min = 3, max = 200)
    @JsonPropertyDescription("The project's title, as approved.")
    public String title;

    @Required
    @Size(min = 20, max = 4000)
    @JsonPropertyDescription(
            "What the project does and for whose benefit, in plain language. Public: it is what the data "
                    + "use register shows, so it names no person and no confidential detail.")
    public String summary;

    @Required
    @Size(min = 1, max = 63)
    @JsonPropertyDescription("The researcher who answers for the project. Also listed in members, with role Lead.")
    public String lead;

    @Required
    @JsonPropertyDescription("The access committee's decision. Outside its window nobody has access.")
    public Approval approval;

    @Required
    @Size(min = 1, max = 200)
    @JsonPropertyDescription("Who may work in the project. Leaving this list ends a person's access at once.")
    public List<Member> members;

    @Required
    @JsonPropertyDescription("The compute and storage that all workspaces of the project share.")
    public ProjectResources resources;

    @Default("{}")
    @JsonPropertyDescription("Rules for the desktops of this project.")
    public DesktopRules desktop;
}
