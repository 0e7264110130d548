package dev.cloister.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** The evaluation of a tool before it enters the catalogue. */
@ValidationRule(
        value = "self.until > self.securityReview.date",
        message = "spec.evaluation.until is not after spec.evaluation.securityReview.date; give a later end",
        fieldPath = ".until")
public class Evaluation {

    @Required
    @Size(min = 1, max = 500)
    @JsonPropertyDescription("What licences cost, and who pays, for example None: free software.")
    public String licenceCost;

    @Required
    @JsonPropertyDescription("The security review of the image.")
    public SecurityReview securityReview;

    @Required
    @Size(min = 1, max = 500)
    @JsonPropertyDescription("Who keeps the image up to date, and how often.")
    public String maintenance;

    @Required
    @JsonPropertyDescription("The end of the evaluation, RFC 3339. From then on no desktop starts from this template; "
            + "running ones go on.")
    public String until;

    /** A security review and its outcome. */
    public static class SecurityReview {

        @Required
        @JsonPropertyDescription("When the review ended, RFC 3339.")
        public String date;

        @Required
        @JsonPropertyDescription("Passed, or Failed: no desktop starts from a template that failed.")
        public Outcome outcome;
    }

    /** How a security review ended. */
    public enum Outcome {
        Passed,
        Failed
    }
}
