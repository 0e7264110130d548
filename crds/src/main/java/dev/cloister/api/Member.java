package dev.cloister.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** One person's place in a project. */
public class Member {

    @Required
    @Size(min = 1, max = 63)
    @Pattern(Api.DNS_LABEL)
    @JsonPropertyDescription("The researcher's name in this environment: lower-case letters, digits and hyphens.")
    public String researcher;

    @Default("Researcher")
    @JsonPropertyDescription("What the person is in the project: Lead (answers for it) or Researcher.")
    public Role role;

    @JsonPropertyDescription("The end of this person's access, RFC 3339. Without it, the end of the approval. "
            + "It can only shorten the approval.")
    public String until;

    /** A member's role. */
    public enum Role {
        Lead,
        Researcher
    }
}
