package dev.cloister.operator.project;

import dev.cloister.access.AccessPolicy;
import dev.cloister.api.ResearchProject;
import dev.cloister.api.ResearchProjectStatus.Isolation;
import dev.cloister.operator.Settings;
import dev.cloister.operator.isolation.IsolationCheck;
import dev.cloister.operator.isolation.ProbePlan;
import dev.cloister.operator.kube.Applier;
import dev.cloister.operator.kube.Applier.Failure;
import dev.cloister.operator.kube.Children;
import dev.cloister.operator.kube.Labels;
import dev.cloister.operator.kube.OwnedEvents;
import dev.cloister.operator.kube.Schedule;
import dev.cloister.operator.kube.StatusWriter;
import dev.cloister.operator.kube.StepsFailed;
import dev.cloister.operator.kube.Verdict;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
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
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** Keeps a project's namespace and what guards it, and proves that the guards work. */
@ControllerConfiguration(name = "project", fieldManager = Applier.FIELD_MANAGER)
@GradualRetry(maxAttempts = -1, initialInterval = 2000, intervalMultiplier = 2, maxInterval = 300_000)
public class ProjectReconciler implements Reconciler<ResearchProject>, Cleaner<ResearchProject> {

    /** Kinds of which a namespace holds what the plan says, and none beside it. */
    private static final Set<Class<? extends HasMetadata>> PRUNED =
            Set.of(NetworkPolicy.class, ResourceQuota.class, LimitRange.class);

    private final KubernetesClient client;
    private final Settings settings;
    private final InstantSource clock;
    private final Applier applier;
    private final StatusWriter statusWriter;

    public ProjectReconciler(
            KubernetesClient client,
            Settings settings,
            InstantSource clock,
            Applier applier,
            StatusWriter statusWriter) {
        this.client = client;
        this.settings = settings;
        this.clock = clock;
        this.applier = applier;
        this.statusWriter = statusWriter;
    }

    @Override
    public List<EventSource<?, ResearchProject>> prepareEventSources(EventSourceContext<ResearchProject> context) {
        var events = new OwnedEvents<>(context, ResearchProject.class, Labels.PROJECT);
        var selector = Labels.MANAGED_BY + "=" + Labels.OPERATOR + "," + Labels.PROJECT;
        return List.of(
                events.of(Namespace.class, selector),
                events.of(NetworkPolicy.class, selector),
                events.of(ResourceQuota.class, selector),
                events.of(LimitRange.class, selector),
                events.of(ServiceAccount.class, selector),
                events.of(PersistentVolumeClaim.class, selector),
                events.of(Pod.class, selector + "," + Labels.PROBE));
    }

    @Override
    public UpdateControl<ResearchProject> reconcile(ResearchProject project, Context<ResearchProject> context) {
        var now = clock.instant();
        var children = Children.read(
                context,
                Namespace.class,
                NetworkPolicy.class,
                ResourceQuota.class,
                LimitRange.class,
                ServiceAccount.class,
                PersistentVolumeClaim.class,
                Pod.class);
        var access = AccessPolicy.project(ProjectTerms.of(project), now);
        var failures = new ArrayList<Failure>();

        var namespace = claimNamespace(project, children);
        var accepted = NamespaceOwner.accept(project, namespace);
        var ready = Verdict.unknown("Refused", "Nothing is changed while the spec is not accepted.");
        var isolation = Optional.<IsolationCheck>empty();
        if (accepted.isYes()) {
            var desired = NamespacePlan.of(project, settings);
            failures.addAll(applier.apply(NamespacePlan.keepingSizes(desired, children), children, context));
            failures.addAll(applier.delete(children.besides(desired, PRUNED)));
            failures.addAll(applier.delete(RetainedHomes.overdue(children, now)));
            ready = guards(failures);
            isolation = failures.isEmpty()
                    ? Optional.of(isolation(project, namespace, desired, children, now, failures))
                    : Optional.empty();
        }
        var state = new ProjectState(accepted, ready, isolation, access);
        statusWriter.write(project, ResearchProject::new, previous -> state.toStatus(project, previous, now));
        StepsFailed.throwIfAny(failures);

        var next = Stream.of(
                access.changesAt(), isolation.flatMap(IsolationCheck::lookAgain), RetainedHomes.nextDue(children));
        return UpdateControl.<ResearchProject>noUpdate()
                .rescheduleAfter(Schedule.until(now, ThreadLocalRandom.current(), next));
    }

    /**
     * Whether the guards are in place. A write that was refused means that they are not, and desktops stop; one that could not
     * be made yet means that nobody knows, and nothing new starts.
     */
    static Verdict guards(List<Failure> failures) {
        if (failures.isEmpty()) {
            return Verdict.yes("InPlace", "Pod security, default-deny policies, quota and limits are in place.");
        }
        return failures.stream().allMatch(Failure::passing)
                ? Verdict.unknown("WriteDelayed", failures + " It is tried again.")
                : Verdict.no("WriteRefused", failures + " It is tried again; see what refuses it.");
    }

    /**
     * The live namespace, created if there is none. Creation is a plain create: an apply would quietly adopt a namespace that
     * somebody else made in the same moment.
     */
    private Namespace claimNamespace(ResearchProject project, Children children) {
        var wanted = NamespacePlan.namespace(project, settings);
        return children.find(wanted)
                .map(Namespace.class::cast)
                .or(() -> Optional.ofNullable(client.resource(wanted).get()))
                .orElseGet(() -> client.resource(wanted).create());
    }

    private IsolationCheck isolation(
            ResearchProject project,
            Namespace namespace,
            List<HasMetadata> desired,
            Children children,
            Instant now,
            List<Failure> failures) {
        var name = project.getMetadata().getName();
        var subject = ProbePlan.subject(namespace.getMetadata().getUid(), NamespacePlan.policies(desired), settings);
        var pods = children.of(Pod.class).toList();
        var check = IsolationCheck.of(subject, proven(project), pods, settings.isolation(), now);
        if (check.next() == IsolationCheck.Step.Start) {
            // The cached status may be older than the proof that we ourselves wrote: ask once before a new probe.
            var live = client.resource(project).get();
            check = IsolationCheck.of(
                    subject, live == null ? Optional.empty() : proven(live), pods, settings.isolation(), now);
        }
        switch (check.next()) {
            case Start -> {
                var probe = List.<HasMetadata>of(
                        ProbePlan.control(name, subject, settings), ProbePlan.probe(name, subject, settings));
                failures.addAll(applier.create(probe));
            }
            case Clear -> failures.addAll(applier.delete(pods));
            case Wait -> {}
        }
        return check;
    }

    private static Optional<Isolation> proven(ResearchProject project) {
        return Optional.ofNullable(project.getStatus()).map(status -> status.isolation);
    }

    /**
     * A deleted project loses its pods and its place to run any; its data stays until somebody deletes the namespace. The
     * Workspaces that point to it stop by their own reconciler, because without a project nobody has access.
     */
    @Override
    public DeleteControl cleanup(ResearchProject project, Context<ResearchProject> context) {
        var namespace = ResearchProject.namespaceOf(project.getMetadata().getName());
        var live = client.namespaces().withName(namespace).get();
        if (live != null && NamespaceOwner.accept(project, live).isYes()) {
            var failures = new ArrayList<>(
                    applier.apply(List.of(NamespacePlan.sealed(project, settings)), new Children(List.of()), context));
            var jobs = client.batch().v1().jobs().inNamespace(namespace).withLabel(Labels.MANAGED_BY, Labels.OPERATOR);
            failures.addAll(applier.delete(jobs.list().getItems()));
            StepsFailed.throwIfAny(failures);
        }
        return DeleteControl.defaultDelete();
    }
}
