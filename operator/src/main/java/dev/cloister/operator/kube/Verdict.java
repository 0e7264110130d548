package dev.cloister.operator.kube;

import dev.cloister.operator.kube.Conditions.Status;

/**
 * The outcome of one question, ready to be shown as a condition.
 *
 * @param reason one CamelCase word
 * @param message what it means, and what to do next
 */
public record Verdict(Status status, String reason, String message) {

    public static Verdict yes(String reason, String message) {
        return new Verdict(Status.True, reason, message);
    }

    public static Verdict no(String reason, String message) {
        return new Verdict(Status.False, reason, message);
    }

    public static Verdict unknown(String reason, String message) {
        return new Verdict(Status.Unknown, reason, message);
    }

    /** Unknown is no. */
    public boolean isYes() {
        return status == Status.True;
    }

    /** Adds this verdict to the conditions under a type. */
    public void addTo(Conditions conditions, String type) {
        conditions.add(type, status, reason, message);
    }
}
