package dev.cloister.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A decision of an access committee, and the window of time for which it holds: {@code from <= now < until}. */
@ValidationRule(
        value = "self.until > self.from",
        message = "spec.approval.until is not after spec.approval.from; give an end that is later than the start",
        fieldPath = ".until")
public class Approval {

    @Required
    @Size(min = 1, max = 100)
    @JsonPropertyDescription("The committee's own reference of the decision, for example DAC-2026-014.")
    public String reference;

    @Required
    @Size(min = 1, max = 200)
    @JsonPropertyDescription("The committee that decided.")
    public String committee;

    @Required
    @JsonPropertyDescription("The first instant of the approval, RFC 3339, for example 2026-01-01T00:00:00Z.")
    public String from;

    @Required
    @JsonPropertyDescription("The end of the approval, RFC 3339: from this instant on nobody has access.")
    public String until;
}
