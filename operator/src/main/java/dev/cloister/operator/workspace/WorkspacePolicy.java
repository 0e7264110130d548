package dev.cloister.operator.workspace;

import dev.cloister.access.Decision;
import dev.cloister.api.Evaluation.Outcome;
import dev.cloister.api.ProjectResources;
import dev.cloister.api.ResearchProject;
import dev.cloister.api.Workspace;
import dev.cloister.api.WorkspaceSize;
import dev.cloister.api.WorkspaceTemplate;
import dev.cloister.operator.kube.Labels;
import dev.cloister.operator.kube.Quantities;
import dev.cloister.operator.kube.Verdict;
import dev.cloister.operator.project.ProjectTerms;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether a workspace's spec can be carried out: what the API server cannot see. The first check that fails is told. */
final class WorkspacePolicy {

    private WorkspacePolicy() {}

    static Verdict accept(
            Workspace workspace,
            Decision access,
            Optional<ResearchProject> project,
            Optional<WorkspaceTemplate> template,
            Optional<PersistentVolumeClaim> home,
            Instant now) {
        return Stream.<Optional<Verdict>>of(
                        member(access),
                        home.flatMap(claim -> ownHome(workspace, claim)),
                        template.isEmpty() ? Optional.of(noTemplate(workspace)) : Optional.empty(),
                        template.flatMap(t -> evaluated(t, now)),
                        template.flatMap(t -> fits(workspace, t, project)))
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(Verdict.yes("Accepted", "The workspace can be carried out."));
    }

    private static Optional<Verdict> member(Decision access) {
        return switch (access.reason()) {
            case ProjectNotFound, NotAMember ->
                Optional.of(Verdict.no(access.reason().name(), access.message()));
            // Outside its time a workspace is in order; it just has no access.
            case Active, ApprovalNotStarted, ApprovalEnded, MembershipEnded -> Optional.empty();
        };
    }

    /** A workspace of a name that somebody else had before must not open that person's home. */
    private static Optional<Verdict> ownHome(Workspace workspace, PersistentVolumeClaim home) {
        var owner = Labels.label(home, Labels.RESEARCHER);
        if (owner.equals(Optional.of(workspace.getSpec().researcher))) {
            return Optional.empty();
        }
        return Optional.of(Verdict.no(
                "HomeOfSomebodyElse",
                "A home of this name is kept for %s. Give this workspace another name."
                        .formatted(owner.orElse("somebody else"))));
    }

    private static Verdict noTemplate(Workspace workspace) {
        return Verdict.no(
                "TemplateNotFound",
                ("There is no WorkspaceTemplate %s. Create it, or choose one of those that"
                                + " `kubectl get workspacetemplates` shows.")
                        .formatted(workspace.getSpec().template));
    }

    private static Optional<Verdict> evaluated(WorkspaceTemplate template, Instant now) {
        var evaluation = template.getSpec().evaluation;
        var name = template.getMetadata().getName();
        if (evaluation.securityReview.outcome != Outcome.Passed) {
            return Optional.of(Verdict.no(
                    "TemplateNotPassed",
                    "The template %s did not pass its security review. Choose another template.".formatted(name)));
        }
        if (!now.isBefore(ProjectTerms.instant(evaluation.until))) {
            return Optional.of(Verdict.no(
                    "EvaluationLapsed",
                    ("The evaluation of template %s ended at %s. Evaluate it again and set spec.evaluation, or choose"
                                    + " another template.")
                            .formatted(name, evaluation.until)));
        }
        return Optional.empty();
    }

    private static Optional<Verdict> fits(
            Workspace workspace, WorkspaceTemplate template, Optional<ResearchProject> project) {
        var size = Size.of(Optional.ofNullable(workspace.getSpec().size), template.getSpec().defaultSize);
        WorkspaceSize largest = template.getSpec().largestSize;
        var ofTemplate =
                "the largest size of template " + template.getMetadata().getName();
        var inTemplate = Stream.of(
                over("cpu", size.cpu(), largest.cpu, ofTemplate),
                over("memory", size.memory(), largest.memory, ofTemplate),
                over("home", size.home(), largest.home, ofTemplate));
        var inProject = project.map(p -> inProject(size, p.getSpec().resources)).orElse(Stream.empty());
        return Stream.concat(inTemplate, inProject).flatMap(Optional::stream).findFirst();
    }

    private static Stream<Optional<Verdict>> inProject(Size size, ProjectResources limits) {
        var ofProject = "what the whole project may use";
        return Stream.of(
                over("cpu", size.cpu(), limits.cpu, ofProject),
                over("memory", size.memory(), limits.memory, ofProject),
                over("home", size.home(), limits.storage, ofProject));
    }

    private static Optional<Verdict> over(String what, Quantity asked, Quantity limit, String ofWhat) {
        if (Quantities.amount(asked).compareTo(Quantities.amount(limit)) <= 0) {
            return Optional.empty();
        }
        return Optional.of(Verdict.no(
                "TooLarge",
                "spec.size.%s is %s; %s is %s. Ask for less, or raise that limit."
                        .formatted(what, asked, ofWhat, limit)));
    }
}
