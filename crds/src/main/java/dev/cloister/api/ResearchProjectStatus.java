package dev.cloister.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;

/** What the operator saw of a project. */
public class ResearchProjectStatus extends ConditionedStatus {

    @JsonPropertyDescription(
            "Where the project is in time: Upcoming, Active, Ended, or Refused when its spec cannot be "
                    + "carried out.")
    public State state;

    @JsonPropertyDescription("The namespace that holds the project's workspaces.")
    public String namespace;

    @JsonPropertyDescription("The last observation of the project's isolation.")
    public Isolation isolation;

    /** Where a project is in time. */
    public enum State {
        Upcoming,
        Active,
        Ended,
        Refused
    }

    /** A passed isolation probe, bound to what it proved: this namespace with these policies. */
    public static class Isolation {

        @JsonPropertyDescription("When the probe reported, RFC 3339.")
        public String verifiedAt;

        @JsonPropertyDescription("The node on which the probe ran.")
        public String node;

        @JsonPropertyDescription("The targets that were tried and did not answer.")
        public List<String> blocked;

        @JsonPropertyDescription(
                "Identifies the namespace and the policies that were in force; a change asks for a new probe.")
        public String subject;
    }
}
