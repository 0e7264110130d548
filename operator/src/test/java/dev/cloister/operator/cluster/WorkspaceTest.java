package dev.cloister.operator.cluster;

import static dev.cloister.operator.TestData.member;
import static dev.cloister.operator.TestData.project;
import static dev.cloister.operator.TestData.size;
import static dev.cloister.operator.TestData.template;
import static dev.cloister.operator.TestData.workspace;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cloister.api.Evaluation.Outcome;
import dev.cloister.api.Member.Role;
import dev.cloister.api.ResearchProject;
import dev.cloister.api.Workspace;
import dev.cloister.operator.kube.Labels;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WorkspaceTest extends ClusterTier {

    private Workspace alices;

    @BeforeEach
    void name() {
        // The API server and the Job controller have clocks of their own: a Job's start is real time.
        clock.moveTo(Instant.now());
        node.finishingAt(clock.instant());
        alices = workspace(name + "-alice", name, "alice", "r");
    }

    @Test
    void anyOrderOfCreationEndsInARunningDesktop() {
        create(alices);
        awaitCondition(alices, "Accepted", "False", "ProjectNotFound");
        create(currentProject());
        awaitCondition(alices, "Accepted", "False", "TemplateNotFound");
        create(template("r"));

        awaitCondition(alices, "Ready", "True", "Running");
    }

    @Test
    void nothingRunsBeforeIsolationIsProven() {
        node.reporting("probe", "Open");
        create(template("r"));
        create(currentProject());
        create(alices);

        awaitCondition(alices, "Ready", "False", "ProjectNotReady");

        assertEquals(Optional.empty(), job(alices));
    }

    @Test
    void theDesktopIsAJobThatEndsWithTheAccess() {
        var project = running();

        var job = job(alices).orElseThrow();
        var start = Instant.parse(job.getStatus().getStartTime());
        var end = start.plusSeconds(job.getSpec().getActiveDeadlineSeconds());
        var until = Instant.parse(project.getSpec().approval.until);
        assertFalse(end.isAfter(until), end + " is after " + until);
        assertFalse(end.isBefore(until.minusSeconds(3)), end + " is long before " + until);
    }

    @Test
    void anExtensionRaisesTheDeadlineOfTheSameJob() {
        var project = running();
        var before = job(alices).orElseThrow();

        var later = clock.instant().plus(Duration.ofDays(100));
        edit(project, live -> live.getSpec().approval.until = later.toString());

        await().until(() -> job(alices).orElseThrow().getSpec().getActiveDeadlineSeconds()
                > before.getSpec().getActiveDeadlineSeconds() + 1000);
        assertEquals(
                before.getMetadata().getUid(),
                job(alices).orElseThrow().getMetadata().getUid());
        assertFalse(job(alices).orElseThrow().getSpec().getSuspend());
    }

    @Test
    void stopSuspendsAndStartResumesWithTheSameHome() {
        running();
        var home = home().orElseThrow();

        edit(alices, live -> live.getSpec().running = false);
        awaitCondition(alices, "Ready", "True", "Stopped");
        await().until(() -> job(alices).orElseThrow().getSpec().getSuspend());

        edit(alices, live -> live.getSpec().running = true);
        awaitCondition(alices, "Ready", "True", "Running");
        assertEquals(
                home.getMetadata().getUid(), home().orElseThrow().getMetadata().getUid());
    }

    @Test
    void aChangedSizeTakesEffectAtTheNextStart() {
        running();
        var before = job(alices).orElseThrow();

        edit(alices, live -> live.getSpec().size = size("2", "4Gi", "5Gi"));
        awaitQuiet();
        assertEquals(
                before.getMetadata().getUid(),
                job(alices).orElseThrow().getMetadata().getUid());

        edit(alices, live -> live.getSpec().running = false);
        awaitCondition(alices, "Ready", "True", "Stopped");
        edit(alices, live -> live.getSpec().running = true);
        await().until(() -> job(alices)
                .map(job ->
                        !job.getMetadata().getUid().equals(before.getMetadata().getUid()))
                .orElse(false));
        awaitCondition(alices, "Ready", "True", "Running");
    }

    @Test
    void whoLeavesTheProjectLosesTheDesktopAtOnce() {
        var project = running();

        edit(project, live -> {
            live.getSpec().lead = "bob";
            live.getSpec().members = List.of(member("bob", Role.Lead));
        });

        awaitCondition(alices, "Accepted", "False", "NotAMember");
        await().until(() -> job(alices).orElseThrow().getSpec().getSuspend());
    }

    @Test
    void aMembersEndStopsTheDesktopAndARenewalBringsItBack() {
        var project = running();
        edit(
                project,
                live -> live.getSpec().members.getFirst().until =
                        clock.instant().minusSeconds(1).toString());
        awaitCondition(alices, "AccessActive", "False", "MembershipEnded");
        await().until(() -> job(alices).orElseThrow().getSpec().getSuspend());

        edit(project, live -> live.getSpec().members.getFirst().until = null);
        awaitCondition(alices, "Ready", "True", "Running");
    }

    @Test
    void aJobThatItsDeadlineEndedIsReplacedByANewOneAfterARenewal() {
        var project = running();
        // Kubernetes' own clock ends the Job while the operator is away.
        stopOperator();
        var ended = job(alices).orElseThrow();
        cluster.admin().resource(ended).edit(job -> job.edit()
                .editSpec()
                .withActiveDeadlineSeconds(1L)
                .endSpec()
                .build());
        await().until(() -> job(alices).orElseThrow().getStatus().getConditions().stream()
                .anyMatch(c -> "Failed".equals(c.getType())));

        startOperator();

        await().until(() -> job(alices)
                .map(job ->
                        !job.getMetadata().getUid().equals(ended.getMetadata().getUid()))
                .orElse(false));
        awaitCondition(alices, "Ready", "True", "Running");
        assertTrue(cluster.live(project).getStatus().isTrue("Ready"));
    }

    @Test
    void aDesktopThatRunsGoesOnWhenItsTemplateLapsesButDoesNotStartAgain() {
        running();

        edit(template("r"), live -> live.getSpec().evaluation.securityReview.outcome = Outcome.Failed);
        awaitCondition(alices, "Accepted", "False", "TemplateNotPassed");
        awaitQuiet();
        assertFalse(job(alices).orElseThrow().getSpec().getSuspend());

        edit(alices, live -> live.getSpec().running = false);
        await().until(() -> job(alices).orElseThrow().getSpec().getSuspend());
        edit(alices, live -> live.getSpec().running = true);
        awaitQuiet();
        assertTrue(job(alices).orElseThrow().getSpec().getSuspend());
    }

    @Test
    void aSizeAboveTheTemplatesIsRefusedWithTheLimit() {
        create(template("r"));
        create(currentProject());
        alices.getSpec().size = size("3", "2Gi", "5Gi");
        create(alices);

        var accepted = awaitCondition(alices, "Accepted", "False", "TooLarge");
        assertEquals(
                "spec.size.cpu is 3; the largest size of template r is 2. Ask for less, or raise that limit.",
                accepted.getMessage());
    }

    @Test
    void aDeletedWorkspaceKeepsItsHomeForAWhileAndOnlyForItsOwner() {
        running();
        var home = home().orElseThrow();

        cluster.admin().resource(alices).delete();
        await().until(() -> cluster.live(alices) == null && job(alices).isEmpty());
        assertEquals(
                Optional.of(clock.instant().plus(Duration.ofDays(30)).toString()),
                Labels.annotation(home().orElseThrow(), Labels.RETAINED_UNTIL));

        var bobs = create(workspace(name + "-alice", name, "bob", "r"));
        awaitCondition(bobs, "Accepted", "False", "HomeOfSomebodyElse");
        assertEquals(Optional.empty(), job(bobs));
        cluster.admin().resource(bobs).delete();
        await().until(() -> cluster.live(bobs) == null);

        create(alices);
        awaitCondition(alices, "Ready", "True", "Running");
        assertEquals(
                home.getMetadata().getUid(), home().orElseThrow().getMetadata().getUid());
        assertEquals(Optional.empty(), Labels.annotation(home().orElseThrow(), Labels.RETAINED_UNTIL));
    }

    @Test
    void aRetainedHomeGoesWhenItsTimeIsOver() {
        var project = running();
        cluster.admin().resource(alices).delete();
        await().until(() -> cluster.live(alices) == null);

        clock.moveTo(clock.instant().plus(Duration.ofDays(30)));
        edit(project, live -> live.getSpec().title += ".");

        // The claim's own protection waits for a pod to be gone, which needs a node; that it is going is enough.
        await().until(() ->
                home().map(h -> h.getMetadata().getDeletionTimestamp() != null).orElse(true));
    }

    @Test
    void aDeletedProjectStopsItsDesktops() {
        var project = running();

        cluster.admin().resource(project).delete();

        awaitCondition(alices, "Accepted", "False", "ProjectNotFound");
        await().until(() -> job(alices).isEmpty());
    }

    @Test
    void noEditIsMissedWhileTheStatusIsBeingWritten() {
        running();
        for (var turn = 0; turn < 20; turn++) {
            var last = turn % 2 == 1;
            edit(alices, live -> live.getSpec().running = last);
        }
        edit(alices, live -> live.getSpec().running = false);

        await().until(() -> job(alices).orElseThrow().getSpec().getSuspend());
        var newest = cluster.live(alices).getMetadata().getGeneration();
        await().until(() -> cluster.live(alices).getStatus().observedGeneration, is(newest));
        awaitCondition(alices, "Ready", "True", "Stopped");
    }

    @Test
    void nothingIsWrittenWhenNothingChanged() {
        running();
        awaitQuiet();
        var before = cluster.writes();

        stopOperator();
        startOperator();
        awaitQuiet();

        assertNoWrites(before, cluster.writes());
    }

    /** A project that is open now, by the real clock. */
    private ResearchProject currentProject() {
        var project = project(name);
        project.getSpec().approval.until =
                clock.instant().plus(Duration.ofDays(10)).toString();
        return project;
    }

    private ResearchProject running() {
        create(template("r"));
        var project = create(currentProject());
        create(alices);
        awaitCondition(alices, "Ready", "True", "Running");
        return cluster.live(project);
    }

    private Optional<Job> job(Workspace workspace) {
        return job(workspace.getMetadata().getName());
    }

    private Optional<PersistentVolumeClaim> home() {
        return Optional.ofNullable(cluster.admin()
                .persistentVolumeClaims()
                .inNamespace(namespace)
                .withName("home-" + alices.getMetadata().getName())
                .get());
    }
}
