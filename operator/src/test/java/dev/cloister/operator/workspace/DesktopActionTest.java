package dev.cloister.operator.workspace;

import static dev.cloister.operator.TestData.NOW;
import static dev.cloister.operator.workspace.DesktopAction.Want.Hold;
import static dev.cloister.operator.workspace.DesktopAction.Want.Run;
import static dev.cloister.operator.workspace.DesktopAction.Want.Stop;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.cloister.operator.workspace.DesktopAction.Change;
import dev.cloister.operator.workspace.DesktopAction.Create;
import dev.cloister.operator.workspace.DesktopAction.Keep;
import dev.cloister.operator.workspace.DesktopAction.Remove;
import dev.cloister.operator.workspace.DesktopAction.Want;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DesktopActionTest {

    private static final Instant END = NOW.plusSeconds(3600);
    private static final Job NONE = null;

    static Stream<Arguments> table() {
        return Stream.of(
                // No Job yet.
                arguments("starts", Run, NONE, END, new Create(3599)),
                arguments("starts for one second at least", Run, NONE, NOW.plusMillis(10), new Create(1)),
                arguments("does not start at the end", Run, NONE, NOW, new Keep()),
                arguments("does not start without access", Run, NONE, null, new Keep()),
                arguments("does not start while held", Hold, NONE, END, new Keep()),
                arguments("does not start when stopped", Stop, NONE, END, new Keep()),
                // A Job that runs, started ten minutes ago.
                arguments("goes on", Run, running(4200), END, new Keep()),
                arguments("two seconds short is exact enough", Run, running(4198), END, new Keep()),
                arguments("three seconds short is not", Run, running(4197), END, new Change(false, 4200)),
                arguments("one second long is never", Run, running(4201), END, new Change(false, 4200)),
                arguments("an extension raises it", Run, running(4200), END.plusSeconds(600), new Change(false, 4800)),
                arguments("a shortening lowers it", Run, running(4200), END.minusSeconds(600), new Change(false, 3600)),
                arguments("held, it goes on", Hold, running(4200), END, new Keep()),
                arguments("held, it is shortened still", Hold, running(9999), END, new Change(false, 4200)),
                arguments("stop suspends", Stop, running(4200), END, new Change(true, 4200)),
                arguments("the end suspends", Run, running(4200), NOW, new Change(true, 4200)),
                arguments("no access suspends, held or not", Hold, running(4200), null, new Change(true, 4200)),
                arguments("not started yet: nothing to measure", Run, job(false, 3599, null), END, new Keep()),
                // A suspended Job.
                arguments("resumes", Run, suspended("t1"), END, new Change(false, 3599)),
                arguments("is replaced when its pod changed", Run, suspended("t0"), END, new Remove()),
                arguments("stays suspended while held", Hold, suspended("t1"), END, new Keep()),
                arguments("stays suspended when stopped", Stop, suspended("t1"), END, new Keep()),
                arguments("stays suspended without access", Run, suspended("t1"), null, new Keep()),
                // A Job that its deadline ended.
                arguments("a renewal is a new Job", Run, ended("Failed"), END, new Remove()),
                arguments("so it is while it is still ending", Run, ended("FailureTarget"), END, new Remove()),
                arguments("no renewal, no Job", Run, ended("Failed"), null, new Keep()),
                arguments("stopped, it is left", Stop, ended("Failed"), END, new Keep()),
                arguments("held, it is left", Hold, ended("Failed"), END, new Keep()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("table")
    void decides(String name, Want want, Job live, Instant until, DesktopAction expected) {
        var action = DesktopAction.decide(
                want, Optional.ofNullable(live), Optional.of("t1"), Optional.ofNullable(until), NOW);
        assertEquals(expected, action);
    }

    private static Job running(long deadline) {
        return job(false, deadline, NOW.minusSeconds(600).toString());
    }

    private static Job suspended(String template) {
        return job(true, 100, null)
                .edit()
                .editMetadata()
                .addToAnnotations(DesktopPlan.TEMPLATE, template)
                .endMetadata()
                .build();
    }

    private static Job ended(String condition) {
        return running(600)
                .edit()
                .editStatus()
                .withConditions(new JobConditionBuilder()
                        .withType(condition)
                        .withStatus("True")
                        .withReason("DeadlineExceeded")
                        .build())
                .endStatus()
                .build();
    }

    private static Job job(boolean suspend, long deadline, String startTime) {
        return new JobBuilder()
                .withNewMetadata()
                .endMetadata()
                .withNewSpec()
                .withSuspend(suspend)
                .withActiveDeadlineSeconds(deadline)
                .endSpec()
                .withNewStatus()
                .withStartTime(startTime)
                .endStatus()
                .build();
    }
}
