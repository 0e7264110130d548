package dev.cloister.access;

import static dev.cloister.access.Decision.Reason.Active;
import static dev.cloister.access.Decision.Reason.ApprovalEnded;
import static dev.cloister.access.Decision.Reason.ApprovalNotStarted;
import static dev.cloister.access.Decision.Reason.MembershipEnded;
import static dev.cloister.access.Decision.Reason.NotAMember;
import static dev.cloister.access.Decision.Reason.ProjectNotFound;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.cloister.access.Decision.Reason;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AccessPolicyTest {

    private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant UNTIL = Instant.parse("2027-01-01T00:00:00Z");
    private static final Instant LEAP_DAY = Instant.parse("2028-02-29T12:00:00Z");

    /** now, alice's own end, expected reason, expected next change. */
    static Stream<Arguments> instants() {
        return Stream.of(
                arguments("2000-01-01T00:00:00Z", null, ApprovalNotStarted, FROM),
                arguments("2025-12-31T23:59:59.999999999Z", null, ApprovalNotStarted, FROM),
                arguments("2026-01-01T00:00:00Z", null, Active, UNTIL),
                arguments("2026-01-01T00:00:00.000000001Z", null, Active, UNTIL),
                arguments("2026-12-31T23:59:59.999999999Z", null, Active, UNTIL),
                arguments("2027-01-01T00:00:00Z", null, ApprovalEnded, null),
                arguments("2027-01-01T00:00:00.000000001Z", null, ApprovalEnded, null),
                arguments("9999-12-31T23:59:59Z", null, ApprovalEnded, null),
                // A member's own end shortens the approval ...
                arguments(
                        "2026-06-30T21:59:59.999999999Z", "2026-07-01T00:00:00+02:00", Active, "2026-06-30T22:00:00Z"),
                arguments("2026-06-30T22:00:00Z", "2026-07-01T00:00:00+02:00", MembershipEnded, null),
                // ... and never lengthens it.
                arguments("2026-12-31T23:59:59Z", "2030-01-01T00:00:00Z", Active, UNTIL),
                arguments("2027-01-01T00:00:00Z", "2030-01-01T00:00:00Z", ApprovalEnded, null),
                // Equal ends: the committee's is named, because that is the one to ask about.
                arguments("2027-01-01T00:00:00Z", "2027-01-01T00:00:00Z", ApprovalEnded, null),
                // An end before the approval even starts opens nothing, now or later.
                arguments("2025-06-01T00:00:00Z", "2025-12-01T00:00:00Z", ApprovalNotStarted, FROM),
                arguments("2026-01-01T00:00:00Z", "2025-12-01T00:00:00Z", MembershipEnded, null));
    }

    @ParameterizedTest(name = "{0}, member until {1}: {2}")
    @MethodSource("instants")
    void accessFollowsTheWindows(String now, String memberUntil, Reason reason, Object changesAt) {
        var decision = AccessPolicy.person(Optional.of(project(memberUntil)), "alice", Instant.parse(now));
        var next = Optional.ofNullable(changesAt).map(Object::toString).map(Instant::parse);
        assertAll(
                () -> assertEquals(reason, decision.reason(), decision.message()),
                () -> assertEquals(next, decision.changesAt()),
                () -> assertEquals(reason == Active, decision.active()),
                () -> assertTrue(decision.message().length() > 20));
    }

    @Test
    void aStrangerHasNoAccessAndNoLease() {
        var decision = AccessPolicy.person(Optional.of(project(null)), "mallory", FROM);
        assertEquals(NotAMember, decision.reason());
        assertEquals(Optional.empty(), decision.lease());
    }

    @Test
    void namesAreComparedWhole() {
        assertEquals(
                NotAMember,
                AccessPolicy.person(Optional.of(project(null)), "ali", FROM).reason());
    }

    @Test
    void withoutAProjectNobodyHasAccess() {
        assertEquals(
                ProjectNotFound,
                AccessPolicy.person(Optional.empty(), "alice", FROM).reason());
    }

    @Test
    void theDecisionHoldsUntilTheInstantThatItNames() {
        var project = Optional.of(project("2026-07-01T00:00:00+02:00"));
        for (var now : List.of(FROM.minusSeconds(1), FROM, LEAP_DAY)) {
            var decision = AccessPolicy.person(project, "alice", now);
            decision.changesAt().ifPresent(change -> {
                assertEquals(
                        decision.reason(),
                        AccessPolicy.person(project, "alice", change.minusNanos(1))
                                .reason());
                assertTrue(decision.reason()
                        != AccessPolicy.person(project, "alice", change).reason());
            });
        }
    }

    @Test
    void anExtensionTakesEffectWhereTheOldEndWas() {
        var extended = new Project(
                "oncology", new Window(FROM, LEAP_DAY), project(null).members());
        var decision = AccessPolicy.person(Optional.of(extended), "alice", UNTIL);
        assertEquals(Active, decision.reason());
        assertEquals(Optional.of(LEAP_DAY), decision.changesAt());
    }

    private static Project project(String memberUntil) {
        var until = Optional.ofNullable(memberUntil).map(OffsetDateTime::parse).map(OffsetDateTime::toInstant);
        return new Project("oncology", new Window(FROM, UNTIL), List.of(new Membership("alice", until)));
    }
}
