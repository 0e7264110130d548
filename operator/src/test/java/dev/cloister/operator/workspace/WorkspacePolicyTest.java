package dev.cloister.operator.workspace;

import static dev.cloister.operator.TestData.NOW;
import static dev.cloister.operator.TestData.size;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cloister.access.AccessPolicy;
import dev.cloister.api.Evaluation.Outcome;
import dev.cloister.api.ResearchProject;
import dev.cloister.api.Workspace;
import dev.cloister.api.WorkspaceTemplate;
import dev.cloister.operator.TestData;
import dev.cloister.operator.kube.Labels;
import dev.cloister.operator.kube.Verdict;
import dev.cloister.operator.project.ProjectTerms;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkspacePolicyTest {

    private final Workspace workspace = TestData.workspace("oncology-alice", "oncology", "alice", "r");
    private Optional<ResearchProject> project = Optional.of(TestData.project("oncology"));
    private Optional<WorkspaceTemplate> template = Optional.of(TestData.template("r"));
    private Optional<PersistentVolumeClaim> home = Optional.empty();
    private Instant now = NOW;

    @Test
    void aWorkspaceThatFitsIsAccepted() {
        assertTrue(accept().isYes());
    }

    @Test
    void outsideItsTimeAWorkspaceIsInOrder() {
        now = TestData.UNTIL;
        assertTrue(accept().isYes());
    }

    @Test
    void theFirstThingThatIsWrongIsTold() {
        home = Optional.of(homeOf("bob"));
        template = Optional.empty();
        assertEquals("HomeOfSomebodyElse", accept().reason());
        project = Optional.empty();
        assertEquals("ProjectNotFound", accept().reason());
    }

    @Test
    void aStrangerIsRefused() {
        workspace.getSpec().researcher = "mallory";
        assertEquals("NotAMember", accept().reason());
    }

    @Test
    void anOwnHomeIsTakenUpAgainAndAnUnmarkedOneIsNobodys() {
        home = Optional.of(homeOf("alice"));
        assertTrue(accept().isYes());
        home.get().getMetadata().getLabels().clear();
        assertEquals("HomeOfSomebodyElse", accept().reason());
    }

    @Test
    void aTemplateCountsWhileItsEvaluationDoes() {
        template.get().getSpec().evaluation.until = "2026-06-01T14:00:00+02:00";
        now = NOW.minusNanos(1);
        assertTrue(accept().isYes());
        now = NOW;
        assertEquals("EvaluationLapsed", accept().reason());
    }

    @Test
    void aTemplateThatFailedItsReviewIsRefused() {
        template.get().getSpec().evaluation.securityReview.outcome = Outcome.Failed;
        assertEquals("TemplateNotPassed", accept().reason());
    }

    @Test
    void eachDimensionIsHeldToTheTemplateAndToTheProject() {
        workspace.getSpec().size = size("2", "8Gi", "50Gi");
        assertTrue(accept().isYes());
        workspace.getSpec().size = size("2001m", "8Gi", "50Gi");
        assertEquals("TooLarge", accept().reason());
        workspace.getSpec().size = size("2", "8193Mi", "50Gi");
        assertTrue(accept().message().contains("spec.size.memory is 8193Mi"), accept().message());
        workspace.getSpec().size = size("2", "8Gi", "51Gi");
        assertTrue(accept().message().contains("spec.size.home is 51Gi"), accept().message());

        workspace.getSpec().size = size("2", "8Gi", "50Gi");
        project.get().getSpec().resources.memory = new Quantity("4Gi");
        assertTrue(accept().message().contains("what the whole project may use is 4Gi"), accept().message());
    }

    private Verdict accept() {
        var access = AccessPolicy.person(project.map(ProjectTerms::of), workspace.getSpec().researcher, now);
        return WorkspacePolicy.accept(workspace, access, project, template, home, now);
    }

    private static PersistentVolumeClaim homeOf(String researcher) {
        return new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .addToLabels(Labels.RESEARCHER, researcher)
                .endMetadata()
                .build();
    }
}
