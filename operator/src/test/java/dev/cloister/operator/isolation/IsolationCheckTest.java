package dev.cloister.operator.isolation;

import static dev.cloister.operator.TestData.NOW;
import static dev.cloister.operator.TestData.SETTINGS;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.cloister.api.ResearchProjectStatus.Isolation;
import dev.cloister.operator.Settings;
import dev.cloister.operator.isolation.IsolationCheck.Step;
import dev.cloister.operator.kube.Conditions.Status;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IsolationCheckTest {

    private static final String SUBJECT = "0123";

    /** What api and dns say inside and outside, the status, and words of the message. */
    static Stream<Arguments> reports() {
        return Stream.of(
                arguments("Blocked Blocked", "Open Open", Status.True, "did not answer from inside"),
                arguments("Open Blocked", "Open Open", Status.False, "api (tcp://10.96.0.1:443) answers from inside"),
                arguments("Blocked Open", "Open Open", Status.False, "dns (dns://10.96.0.10:53) answers from inside"),
                arguments("Blocked Blocked", "Open Blocked", Status.False, "control outside the project got no answer"),
                arguments("Blocked Blocked", "Open Error", Status.False, "control outside the project got no answer"),
                arguments("Blocked Error", "Open Open", Status.False, "the probe could not try dns"),
                arguments("Blocked blocked", "Open Open", Status.False, "the probe could not try dns"),
                arguments("Blocked -", "Open Open", Status.False, "the probe could not try dns"),
                arguments("- -", "Open Open", Status.False, "the probe could not try api"),
                arguments("Blocked Blocked", "- -", Status.False, "control outside the project got no answer"));
    }

    @ParameterizedTest(name = "inside {0}, outside {1}: {2}")
    @MethodSource("reports")
    void judgesWhatWasSeen(String inside, String outside, Status status, String words) {
        var pods = List.of(reported("probe", inside), reported("control", outside));
        var check = check(Optional.empty(), pods, NOW);
        assertAll(
                () -> assertEquals(status, check.verdict().status()),
                () -> assertTrue(
                        check.verdict().message().contains(words),
                        check.verdict().message()),
                () -> assertEquals(status == Status.True, check.proof().isPresent()),
                () -> assertEquals(status == Status.True ? Step.Clear : Step.Wait, check.next()));
    }

    @Test
    void aPodThatFailedWithoutAReportProvesNothing() {
        var died = new PodBuilder(pod("probe"))
                .editMetadata()
                .withCreationTimestamp(NOW.toString())
                .endMetadata()
                .withNewStatus()
                .withPhase("Failed")
                .endStatus()
                .build();
        var check = check(Optional.empty(), List.of(died, reported("control", "Open Open")), NOW);
        assertEquals("ProbeInconclusive", check.verdict().reason());
    }

    @Test
    void nothingIsProvenWhileAPodRuns() {
        var pods = List.of(pod("probe"), reported("control", "Open Open"));
        assertEquals(
                Status.Unknown, check(Optional.empty(), pods, NOW).verdict().status());
        assertEquals(Step.Wait, check(Optional.empty(), pods, NOW).next());
    }

    @Test
    void withoutPodsAProbeStarts() {
        assertEquals(Step.Start, check(Optional.empty(), List.of(), NOW).next());
        assertEquals(
                Step.Start,
                check(Optional.empty(), List.of(reported("probe", "Blocked Blocked")), NOW)
                        .next());
    }

    @Test
    void aProofHoldsForItsSubjectOnly() {
        var proof = new Isolation();
        proof.subject = SUBJECT;
        proof.blocked = List.of("api", "dns");
        assertEquals(
                Status.True, check(Optional.of(proof), List.of(), NOW).verdict().status());
        proof.subject = "another namespace or policy";
        assertEquals(
                Status.Unknown,
                check(Optional.of(proof), List.of(), NOW).verdict().status());
    }

    @Test
    void aReportAboutSomethingElseIsNotBelieved() {
        var stale = reported("probe", "Blocked Blocked")
                .edit()
                .editMetadata()
                .addToAnnotations(ProbePlan.SUBJECT, "another")
                .endMetadata()
                .build();
        var check = check(Optional.empty(), List.of(stale, reported("control", "Open Open")), NOW);
        assertEquals(Step.Clear, check.next());
        assertEquals(Status.Unknown, check.verdict().status());
    }

    @Test
    void aFailureIsTriedAgainAfterAWhile() {
        var pods = List.of(reported("probe", "Open Open"), reported("control", "Open Open"));
        var due = NOW.plus(SETTINGS.isolation().retryAfter());
        assertEquals(Optional.of(due), check(Optional.empty(), pods, NOW).lookAgain());
        assertEquals(Step.Wait, check(Optional.empty(), pods, due.minusNanos(1)).next());
        assertEquals(Step.Clear, check(Optional.empty(), pods, due).next());
    }

    @Test
    void withoutTargetsNothingIsEverProven() {
        var none = new Settings.Isolation("probe", List.of(), Duration.ofMinutes(1));
        var check = IsolationCheck.of(SUBJECT, Optional.empty(), List.of(), none, NOW);
        assertEquals("NothingToProbe", check.verdict().reason());
        assertEquals(Step.Wait, check.next());
    }

    private static IsolationCheck check(Optional<Isolation> proven, List<Pod> pods, Instant now) {
        return IsolationCheck.of(SUBJECT, proven, pods, SETTINGS.isolation(), now);
    }

    private static Pod pod(String side) {
        return side.equals("probe")
                ? ProbePlan.probe("oncology", SUBJECT, SETTINGS)
                : ProbePlan.control("oncology", SUBJECT, SETTINGS);
    }

    private static Pod reported(String side, String results) {
        var parts = results.split(" ");
        var message = new StringBuilder("{\"targets\":[");
        for (var i = 0; i < parts.length; i++) {
            if (!parts[i].equals("-")) {
                message.append(message.toString().endsWith("}") ? "," : "")
                        .append("{\"name\":\"%s\",\"result\":\"%s\"}".formatted(i == 0 ? "api" : "dns", parts[i]));
            }
        }
        return new PodBuilder(pod(side))
                .withNewStatus()
                .withPhase("Succeeded")
                .addNewContainerStatus()
                .withNewState()
                .withNewTerminated()
                .withFinishedAt(NOW.toString())
                .withMessage(message.append("]}").toString())
                .endTerminated()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }
}
