package dev.cloister.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** What the operator saw of a workspace. */
public class WorkspaceStatus extends ConditionedStatus {

    @JsonPropertyDescription(
            "Refused (the spec cannot be carried out), NoAccess (outside the approved time), Waiting (the "
                    + "project is not verified yet), Starting, Running or Stopped.")
    public State state;

    @JsonPropertyDescription("The end of this person's access, RFC 3339: the desktop ends then, whatever else happens.")
    public String until;

    /** What a workspace is doing. */
    public enum State {
        Refused,
        NoAccess,
        Waiting,
        Starting,
        Running,
        Stopped
    }
}
