package dev.cloister.operator.project;

import dev.cloister.access.Decision;
import dev.cloister.api.ResearchProject;
import dev.cloister.api.ResearchProjectStatus;
import dev.cloister.api.ResearchProjectStatus.State;
import dev.cloister.operator.isolation.IsolationCheck;
import dev.cloister.operator.kube.Conditions;
import dev.cloister.operator.kube.Conditions.Status;
import dev.cloister.operator.kube.Verdict;
import java.time.Instant;
import java.util.Optional;

/**
 * Everything that a reconcile found out about a project, and how it reads as a status.
 *
 * @param accepted whether the spec can be carried out
 * @param namespaceReady whether everything that guards the project was seen in place
 * @param isolation whether the guards were observed to work; empty before the namespace is ready
 * @param access whether the approval holds now
 */
record ProjectState(Verdict accepted, Verdict namespaceReady, Optional<IsolationCheck> isolation, Decision access) {

    ResearchProjectStatus toStatus(ResearchProject project, Optional<ResearchProjectStatus> previous, Instant now) {
        var generation = project.getMetadata().getGeneration();
        var status = new ResearchProjectStatus();
        status.observedGeneration = generation;
        status.namespace = accepted.isYes()
                ? ResearchProject.namespaceOf(project.getMetadata().getName())
                : previous.map(p -> p.namespace).orElse(null);
        // What was proven stays proven while nothing was looked at: a passing fault must not cost a new probe.
        status.isolation = isolation
                .map(IsolationCheck::proof)
                .orElse(previous.map(p -> p.isolation))
                .orElse(null);
        status.state = state();
        var conditions = new Conditions(previous, generation, now);
        var verified = isolation
                .map(IsolationCheck::verdict)
                .orElse(Verdict.unknown("NamespaceNotReady", "Isolation is probed once the namespace is ready."));
        accepted.addTo(conditions, Conditions.ACCEPTED);
        namespaceReady.addTo(conditions, Conditions.NAMESPACE_READY);
        verified.addTo(conditions, Conditions.ISOLATION_VERIFIED);
        conditions.add(
                Conditions.ACCESS_ACTIVE,
                Status.of(access.active()),
                access.reason().name(),
                access.message());
        status.conditions = conditions.addReady(accepted, ready(verified)).build();
        return status;
    }

    private State state() {
        if (!accepted.isYes()) {
            return State.Refused;
        }
        return switch (access.reason()) {
            case Active -> State.Active;
            case ApprovalNotStarted -> State.Upcoming;
            case ApprovalEnded, MembershipEnded, NotAMember, ProjectNotFound -> State.Ended;
        };
    }

    /** Ready is the first thing that is wrong, or the time for which all is right. */
    private Verdict ready(Verdict verified) {
        if (!accepted.isYes()) {
            return accepted;
        }
        if (!namespaceReady.isYes()) {
            return namespaceReady;
        }
        if (!verified.isYes()) {
            return verified;
        }
        return access.active()
                ? Verdict.yes("Active", access.message())
                : Verdict.no(access.reason().name(), access.message());
    }
}
