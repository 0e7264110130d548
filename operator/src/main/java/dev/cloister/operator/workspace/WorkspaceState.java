package dev.cloister.operator.workspace;

import dev.cloister.access.Decision;
import dev.cloister.access.Window;
import dev.cloister.api.Workspace;
import dev.cloister.api.WorkspaceStatus;
import dev.cloister.api.WorkspaceStatus.State;
import dev.cloister.operator.kube.Conditions;
import dev.cloister.operator.kube.Conditions.Status;
import dev.cloister.operator.kube.Verdict;
import java.time.Instant;
import java.util.Optional;

/**
 * Everything that a reconcile found out about a workspace, and how it reads as a status.
 *
 * @param accepted whether the spec can be carried out
 * @param access whether the person may work now
 * @param gate whether the project is in place and its isolation proven
 * @param desktop the condition {@code DesktopReady}
 * @param running whether it should run
 */
record WorkspaceState(Verdict accepted, Decision access, Verdict gate, Verdict desktop, boolean running) {

    WorkspaceStatus toStatus(Workspace workspace, Optional<WorkspaceStatus> previous, Instant now) {
        var generation = workspace.getMetadata().getGeneration();
        var status = new WorkspaceStatus();
        status.observedGeneration = generation;
        status.until = access.lease().map(Window::until).map(Instant::toString).orElse(null);
        status.state = state();
        var conditions = new Conditions(previous, generation, now);
        accepted.addTo(conditions, Conditions.ACCEPTED);
        conditions.add(
                Conditions.ACCESS_ACTIVE,
                Status.of(access.active()),
                access.reason().name(),
                access.message());
        desktop.addTo(conditions, Conditions.DESKTOP_READY);
        status.conditions = conditions.addReady(accepted, ready()).build();
        return status;
    }

    private State state() {
        if (desktop.isYes()) {
            return State.Running;
        }
        if (!accepted.isYes()) {
            return State.Refused;
        }
        if (!access.active()) {
            return State.NoAccess;
        }
        if (!running) {
            return State.Stopped;
        }
        return gate.isYes() ? State.Starting : State.Waiting;
    }

    /** Ready means: as asked. A desktop that is stopped because it should be is ready. */
    private Verdict ready() {
        if (!accepted.isYes()) {
            return accepted;
        }
        if (!access.active()) {
            return Verdict.no(access.reason().name(), access.message());
        }
        if (!running) {
            return Verdict.yes("Stopped", "The desktop is stopped, as asked. Set spec.running to true to start it.");
        }
        if (!gate.isYes()) {
            return gate;
        }
        return desktop;
    }
}
