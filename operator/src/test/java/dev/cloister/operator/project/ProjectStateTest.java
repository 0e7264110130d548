package dev.cloister.operator.project;

import static dev.cloister.operator.TestData.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cloister.access.AccessPolicy;
import dev.cloister.api.ResearchProjectStatus;
import dev.cloister.api.ResearchProjectStatus.Isolation;
import dev.cloister.api.ResearchProjectStatus.State;
import dev.cloister.operator.TestData;
import dev.cloister.operator.kube.Verdict;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProjectStateTest {

    private static final Verdict YES = Verdict.yes("Accepted", "Fine.");

    @Test
    void aPassingFaultCostsNoProof() {
        var before = new ResearchProjectStatus();
        before.isolation = new Isolation();
        before.isolation.subject = "0123";

        var status = status(YES, Verdict.unknown("WriteDelayed", "Busy."), Optional.of(before), NOW);

        assertEquals("0123", status.isolation.subject);
        assertEquals(
                "Unknown", status.condition("IsolationVerified").orElseThrow().getStatus());
        assertEquals("WriteDelayed", status.condition("Ready").orElseThrow().getReason());
        assertEquals(true, status.isTrue("Reconciling"));
    }

    @Test
    void aConditionKeepsItsTimeUntilItsStatusFlips() {
        var first = status(YES, YES, Optional.empty(), NOW);
        var second = status(YES, Verdict.no("WriteRefused", "No."), Optional.of(first), NOW.plusSeconds(60));

        assertEquals(NOW.toString(), second.condition("Accepted").orElseThrow().getLastTransitionTime());
        assertEquals(
                NOW.plusSeconds(60).toString(),
                second.condition("NamespaceReady").orElseThrow().getLastTransitionTime());
    }

    @Test
    void aRefusedSpecIsStalledAndNotReady() {
        var status = status(Verdict.no("NamespaceNotOurs", "Another name."), YES, Optional.empty(), NOW);

        assertEquals(State.Refused, status.state);
        assertEquals(true, status.isTrue("Stalled"));
        assertEquals("NamespaceNotOurs", status.condition("Ready").orElseThrow().getReason());
    }

    private static ResearchProjectStatus status(
            Verdict accepted, Verdict guards, Optional<ResearchProjectStatus> previous, Instant now) {
        var project = TestData.project("oncology");
        var access = AccessPolicy.project(ProjectTerms.of(project), now);
        return new ProjectState(accepted, guards, Optional.empty(), access).toStatus(project, previous, now);
    }
}
