package dev.cloister.operator.project;

import dev.cloister.access.Membership;
import dev.cloister.access.Project;
import dev.cloister.access.Window;
import dev.cloister.api.ResearchProject;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/** Reads, from a resource, what the access decision needs. */
public final class ProjectTerms {

    private ProjectTerms() {}

    /** The terms of a project. The API server has checked that its instants are RFC 3339. */
    public static Project of(ResearchProject project) {
        var spec = project.getSpec();
        var members = spec.members.stream()
                .map(member -> new Membership(
                        member.researcher, Optional.ofNullable(member.until).map(ProjectTerms::instant)))
                .toList();
        var approval = new Window(instant(spec.approval.from), instant(spec.approval.until));
        return new Project(project.getMetadata().getName(), approval, members);
    }

    /** An RFC 3339 text with any offset, as an instant. */
    public static Instant instant(String rfc3339) {
        return OffsetDateTime.parse(rfc3339).toInstant();
    }
}
