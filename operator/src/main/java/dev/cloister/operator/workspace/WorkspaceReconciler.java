package dev.cloister.operator.workspace;

import dev.cloister.access.AccessPolicy;
import dev.cloister.access.Decision;
import dev.cloister.access.Window;
import dev.cloister.api.ResearchProject;
import dev.cloister.api.Workspace;
import dev.cloister.api.WorkspaceTemplate;
import dev.cloister.operator.Settings;
import dev.cloister.operator.kube.Applier;
import dev.cloister.operator.kube.Applier.Failure;
import dev.cloister.operator.kube.Children;
import dev.cloister.operator.kube.Claims;
import dev.cloister.operator.kube.Conditions;
import dev.cloister.operator.kube.Conditions.Status;
import dev.cloister.operator.kube.Events;
import dev.cloister.operator.kube.Labels;
import dev.cloister.operator.kube.OwnedEvents;
import dev.cloister.operator.kube.Schedule;
import dev.cloister.operator.kube.StatusWriter;
import dev.cloister.operator.kube.StepsFailed;
import dev.cloister.operator.kube.Verdict;
import dev.cloister.operator.project.ProjectTerms;
import dev.cloister.operator.workspace.DesktopAction.Want;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** Keeps one person's desktop and home: there while the access lasts, gone when it ends. */
@ControllerConfiguration(name = "workspace", fieldManager = Applier.FIELD_MANAGER)
@GradualRetry(maxAttempts = -1, initialInterval = 2000, intervalMultiplier = 2, maxInterval = 300_000)
public class WorkspaceReconciler implements Reconciler<Workspace>, Cleaner<Workspace> {

    private final KubernetesClient client;
    private final Settings settings;
    private final InstantSource clock;
    private final Applier applier;
    private final StatusWriter statusWriter;
    private final Events events;

    public WorkspaceReconciler(
            KubernetesClient client,
            Settings settings,
            InstantSource clock,
            Applier applier,
            StatusWriter statusWriter,
            Events events) {
        this.client = client;
        this.settings = settings;
        this.clock = clock;
        this.applier = applier;
        this.statusWriter = statusWriter;
        this.events = events;
    }

    @Override
    public List<EventSource<?, Workspace>> prepareEventSources(EventSourceContext<Workspace> context) {
        var owned = new OwnedEvents<>(context, Workspace.class, Labels.WORKSPACE);
        var selector = Labels.MANAGED_BY + "=" + Labels.OPERATOR + "," + Labels.WORKSPACE;
        return List.of(
                owned.of(Job.class, selector),
                owned.of(PersistentVolumeClaim.class, selector),
                owned.referenced(ResearchProject.class, workspace -> workspace.getSpec().project),
                owned.referenced(WorkspaceTemplate.class, workspace -> workspace.getSpec().template));
    }

    @Override
    public UpdateControl<Workspace> reconcile(Workspace workspace, Context<Workspace> context) {
        var now = clock.instant();
        var children = Children.read(context, Job.class, PersistentVolumeClaim.class);
        var project = project(workspace, context);
        var template = context.getSecondaryResource(WorkspaceTemplate.class);
        var job = children.of(Job.class).findFirst();
        var home = children.of(PersistentVolumeClaim.class).findFirst();

        var access = AccessPolicy.person(project.map(ProjectTerms::of), workspace.getSpec().researcher, now);
        var accepted = WorkspacePolicy.accept(workspace, access, project, template, home, now);
        var gate = gate(project);
        var plan = accepted.isYes()
                ? Optional.of(plan(workspace, project.orElseThrow(), template.orElseThrow()))
                : Optional.<DesktopPlan>empty();
        var want = want(workspace, access, accepted, gate);
        var until = access.lease().map(Window::until).filter(end -> access.active());

        var failures = new ArrayList<Failure>();
        if (want == Want.Run || home.isPresent() && plan.isPresent()) {
            var claim = Claims.keepingSize(plan.orElseThrow().home(), children);
            failures.addAll(applier.apply(List.of(claim), children, context));
            home.filter(kept -> Labels.annotation(kept, Labels.RETAINED_UNTIL).isPresent())
                    .ifPresent(kept -> failures.addAll(applier.change(kept, retention("null"))));
        }
        var action = DesktopAction.decide(
                want, job, plan.map(p -> JobState.template(p.job(1)).orElseThrow()), until, now);
        failures.addAll(act(action, job, plan));
        var state =
                new WorkspaceState(accepted, access, gate, desktop(job, action, want, failures), running(workspace));
        statusWriter.write(workspace, Workspace::new, previous -> state.toStatus(workspace, previous, now));
        StepsFailed.throwIfAny(failures);

        var evaluationEnd = template.map(t -> ProjectTerms.instant(t.getSpec().evaluation.until))
                .filter(now::isBefore);
        return UpdateControl.<Workspace>noUpdate()
                .rescheduleAfter(
                        Schedule.until(now, ThreadLocalRandom.current(), Stream.of(access.changesAt(), evaluationEnd)));
    }

    /**
     * The project, unless it is being deleted. That there is none stops a desktop, so the cache alone is not believed: it is
     * asked for once more.
     */
    private Optional<ResearchProject> project(Workspace workspace, Context<Workspace> context) {
        var name = workspace.getSpec().project;
        return context.getSecondaryResource(ResearchProject.class)
                .or(() -> Optional.ofNullable(
                        client.resources(ResearchProject.class).withName(name).get()))
                .filter(project -> project.getMetadata().getDeletionTimestamp() == null);
    }

    private DesktopPlan plan(Workspace workspace, ResearchProject project, WorkspaceTemplate template) {
        var size = Size.of(Optional.ofNullable(workspace.getSpec().size), template.getSpec().defaultSize);
        return new DesktopPlan(
                workspace, size, template.getSpec().image, project.getSpec().desktop.clipboard, settings);
    }

    private static boolean running(Workspace workspace) {
        return !Boolean.FALSE.equals(workspace.getSpec().running);
    }

    /** Whether the project is guarded, and the guards were seen to work. Unknown is no. */
    private static Verdict gate(Optional<ResearchProject> project) {
        var status = project.flatMap(p -> Optional.ofNullable(p.getStatus()));
        for (var type : List.of(Conditions.ACCEPTED, Conditions.NAMESPACE_READY, Conditions.ISOLATION_VERIFIED)) {
            var condition = status.flatMap(s -> s.condition(type));
            if (condition.isEmpty() || "Unknown".equals(condition.get().getStatus())) {
                return Verdict.unknown(
                        "WaitingForProject",
                        condition.map(c -> c.getMessage()).orElse("The project has not been looked at yet."));
            }
            if (!"True".equals(condition.get().getStatus())) {
                return Verdict.no(
                        "ProjectNotReady",
                        type + " of the project is " + condition.get().getStatus() + ": "
                                + condition.get().getMessage());
            }
        }
        return Verdict.yes("Isolated", "The project is in place and its isolation proven.");
    }

    private static Want want(Workspace workspace, Decision access, Verdict accepted, Verdict gate) {
        if (!access.active() || !running(workspace) || gate.status() == Status.False) {
            return Want.Stop;
        }
        return accepted.isYes() && gate.isYes() ? Want.Run : Want.Hold;
    }

    private List<Failure> act(DesktopAction action, Optional<Job> job, Optional<DesktopPlan> plan) {
        return switch (action) {
            case DesktopAction.Keep keep -> List.of();
            case DesktopAction.Create create ->
                applier.create(List.of(plan.orElseThrow().job(create.deadlineSeconds())));
            case DesktopAction.Change change ->
                applier.change(
                        job.orElseThrow(),
                        "{\"spec\":{\"suspend\":%s,\"activeDeadlineSeconds\":%d}}"
                                .formatted(change.suspend(), change.deadlineSeconds()));
            case DesktopAction.Remove remove -> applier.delete(job.stream().toList());
        };
    }

    private static Verdict desktop(Optional<Job> job, DesktopAction action, Want want, List<Failure> failures) {
        if (!failures.isEmpty()) {
            return Verdict.no("WriteFailed", failures + " It is retried.");
        }
        var untouched = action instanceof DesktopAction.Keep
                || action instanceof DesktopAction.Change change && !change.suspend();
        var live = job.filter(j -> untouched && !JobState.suspended(j) && !JobState.finished(j));
        if (live.filter(JobState::ready).isPresent()) {
            return Verdict.yes("Running", "The desktop is running.");
        }
        return want == Want.Run || live.isPresent()
                ? Verdict.unknown("Starting", "The desktop is starting.")
                : Verdict.no("NotRunning", "The desktop is not running.");
    }

    private static String retention(String jsonValue) {
        return "{\"metadata\":{\"annotations\":{\"%s\":%s}}}".formatted(Labels.RETAINED_UNTIL, jsonValue);
    }

    /** A deleted workspace loses its desktop at once, and its home after the retention period. */
    @Override
    public DeleteControl cleanup(Workspace workspace, Context<Workspace> context) {
        var keptUntil = clock.instant().plus(settings.homeRetention());
        var children = Children.read(context, Job.class, PersistentVolumeClaim.class);
        var failures = new ArrayList<>(applier.delete(children.of(Job.class).toList()));
        var unmarked = children.of(PersistentVolumeClaim.class)
                .filter(home -> Labels.annotation(home, Labels.RETAINED_UNTIL).isEmpty())
                .toList();
        unmarked.forEach(home -> failures.addAll(applier.change(home, retention("\"" + keptUntil + "\""))));
        StepsFailed.throwIfAny(failures);
        unmarked.forEach(home -> events.record(
                workspace,
                Events.Severity.Normal,
                "HomeRetained",
                "The home %s/%s is kept until %s. A workspace of the same name and researcher gets it back."
                        .formatted(
                                home.getMetadata().getNamespace(),
                                home.getMetadata().getName(),
                                keptUntil)));
        return DeleteControl.defaultDelete();
    }
}
