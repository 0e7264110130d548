package dev.cloister.access;

import java.time.Instant;
import java.util.Optional;

/**
 * Whether access is given at one instant, why, and when the answer changes by the mere passing of time.
 *
 * @param reason the check that decided
 * @param message for the person who reads it: what holds, and what to do
 * @param lease the whole span of the access, past or to come; empty where there is none
 * @param changesAt the next instant at which this decision is no longer right; empty when time alone changes nothing
 */
public record Decision(Reason reason, String message, Optional<Window> lease, Optional<Instant> changesAt) {

    /** Whether access is given now. */
    public boolean active() {
        return reason == Reason.Active;
    }

    /** Why access is given or not. The names are the reasons of the condition {@code AccessActive}. */
    public enum Reason {
        Active,
        ProjectNotFound,
        NotAMember,
        ApprovalNotStarted,
        ApprovalEnded,
        MembershipEnded
    }
}
