package dev.cloister.access;

import dev.cloister.access.Decision.Reason;
import java.time.Instant;
import java.util.Optional;

/** Who may enter a project, until when. The checks are ordered: the first that fails gives the reason. */
public final class AccessPolicy {

    private AccessPolicy() {}

    /** Whether the project as a whole is open at {@code now}. */
    public static Decision project(Project project, Instant now) {
        var approval = project.approval();
        if (now.isBefore(approval.from())) {
            var message = "The approval of project %s starts at %s.".formatted(project.name(), approval.from());
            return new Decision(
                    Reason.ApprovalNotStarted, message, Optional.of(approval), Optional.of(approval.from()));
        }
        if (!approval.holds(now)) {
            var message = ("The approval of project %s ended at %s. Ask the access committee for an extension and set"
                            + " spec.approval.until.")
                    .formatted(project.name(), approval.until());
            return new Decision(Reason.ApprovalEnded, message, Optional.of(approval), Optional.empty());
        }
        var message = "Access is open until %s.".formatted(approval.until());
        return new Decision(Reason.Active, message, Optional.of(approval), Optional.of(approval.until()));
    }

    /**
     * Whether one person may work in a project at {@code now}.
     *
     * @param project the project, or empty when there is none of that name: then nobody may
     */
    public static Decision person(Optional<Project> project, String researcher, Instant now) {
        if (project.isEmpty()) {
            return never(
                    Reason.ProjectNotFound,
                    "There is no such ResearchProject, or it is being deleted. Create it, or correct spec.project.");
        }
        var member = project.get().member(researcher);
        if (member.isEmpty()) {
            return never(
                    Reason.NotAMember,
                    "%s is not a member of project %s. Add them to spec.members of the project, after the access committee agreed."
                            .formatted(researcher, project.get().name()));
        }
        var whole = project(project.get(), now);
        var approval = project.get().approval();
        var lease = member.get().until().map(approval::endingBy).orElse(approval);
        if (!lease.until().isAfter(now) && whole.active()) {
            var message = "The membership of %s in project %s ended at %s. Set a later until in spec.members."
                    .formatted(researcher, project.get().name(), lease.until());
            return new Decision(Reason.MembershipEnded, message, Optional.of(lease), Optional.empty());
        }
        return switch (whole.reason()) {
            case Active ->
                new Decision(
                        Reason.Active,
                        "Access is open until %s.".formatted(lease.until()),
                        Optional.of(lease),
                        Optional.of(lease.until()));
            case ApprovalNotStarted, ApprovalEnded, ProjectNotFound, NotAMember, MembershipEnded ->
                new Decision(whole.reason(), whole.message(), Optional.of(lease), whole.changesAt());
        };
    }

    private static Decision never(Reason reason, String message) {
        return new Decision(reason, message, Optional.empty(), Optional.empty());
    }
}
