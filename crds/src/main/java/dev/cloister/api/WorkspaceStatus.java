package dev.cloister.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/** What the operator saw of a workspace. */
public class WorkspaceStatus implements ConditionedStatus {

    @JsonPropertyDescription("The generation of the spec that this status speaks of.")
    public Long observedGeneration;

    @JsonPropertyDescription(
            "Refused (the spec cannot be carried out), NoAccess (outside the approved time), Waiting (the "
                    + "project is not verified yet), Starting, Running or Stopped.")
    public State state;

    @JsonPropertyDescription("The end of this person's access, RFC 3339: the desktop ends then, whatever else happens.")
    public String until;

    @JsonPropertyDescription("Accepted, AccessActive, DesktopReady and Ready; Reconciling and Stalled after kstatus.")
    public List<Condition> conditions;

    @Override
    public Long observedGeneration() {
        return observedGeneration;
    }

    @Override
    public List<Condition> conditions() {
        return conditions == null ? List.of() : conditions;
    }

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
