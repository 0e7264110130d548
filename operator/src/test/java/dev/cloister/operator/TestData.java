package dev.cloister.operator;

import dev.cloister.api.Approval;
import dev.cloister.api.DesktopRules;
import dev.cloister.api.DesktopRules.Clipboard;
import dev.cloister.api.Evaluation;
import dev.cloister.api.Evaluation.Outcome;
import dev.cloister.api.Evaluation.SecurityReview;
import dev.cloister.api.Member;
import dev.cloister.api.Member.Role;
import dev.cloister.api.ProjectResources;
import dev.cloister.api.ResearchProject;
import dev.cloister.api.ResearchProjectSpec;
import dev.cloister.api.Workspace;
import dev.cloister.api.WorkspaceSize;
import dev.cloister.api.WorkspaceSpec;
import dev.cloister.api.WorkspaceTemplate;
import dev.cloister.api.WorkspaceTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One valid resource of each kind, for tests to bend. */
public final class TestData {

    /** Inside every window below. */
    public static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    public static final Instant UNTIL = Instant.parse("2027-01-01T00:00:00Z");

    public static final Settings SETTINGS = new Settings(
            "cloister-system",
            new Settings.Isolation(
                    "cloister.dev/probe:dev",
                    List.of(
                            new Settings.Target("api", "tcp://10.96.0.1:443"),
                            new Settings.Target("dns", "dns://10.96.0.10:53")),
                    Duration.ofMinutes(1)),
            new Settings.Storage(Optional.empty(), Optional.empty(), true),
            Duration.ofDays(30));

    private TestData() {}

    public static ResearchProject project(String name) {
        var project = new ResearchProject();
        project.getMetadata().setName(name);
        var spec = new ResearchProjectSpec();
        spec.title = "Outcomes of lung cancer";
        spec.summary = "How treatments work for people with lung cancer, to choose better ones.";
        spec.lead = "alice";
        spec.approval = new Approval();
        spec.approval.reference = "DAC-2026-014";
        spec.approval.committee = "Data access committee";
        spec.approval.from = "2026-01-01T00:00:00Z";
        spec.approval.until = UNTIL.toString();
        spec.members = List.of(member("alice", Role.Lead), member("bob", Role.Researcher));
        spec.resources = new ProjectResources();
        spec.resources.cpu = new Quantity("4");
        spec.resources.memory = new Quantity("16Gi");
        spec.resources.storage = new Quantity("60Gi");
        spec.resources.shared = new Quantity("10Gi");
        spec.desktop = new DesktopRules();
        spec.desktop.clipboard = new Clipboard();
        project.setSpec(spec);
        return project;
    }

    public static Member member(String researcher, Role role) {
        var member = new Member();
        member.researcher = researcher;
        member.role = role;
        return member;
    }

    public static WorkspaceTemplate template(String name) {
        var template = new WorkspaceTemplate();
        template.getMetadata().setName(name);
        var spec = new WorkspaceTemplateSpec();
        spec.title = "R and Python";
        spec.description = "A desktop with R, Python and compilers.";
        spec.image = "cloister.dev/desktop:dev";
        spec.defaultSize = size("1", "2Gi", "5Gi");
        spec.largestSize = size("2", "8Gi", "50Gi");
        spec.evaluation = new Evaluation();
        spec.evaluation.licenceCost = "None: free software.";
        spec.evaluation.maintenance = "Rebuilt every week by the platform team.";
        spec.evaluation.securityReview = new SecurityReview();
        spec.evaluation.securityReview.date = "2026-01-15T00:00:00Z";
        spec.evaluation.securityReview.outcome = Outcome.Passed;
        spec.evaluation.until = "2999-01-01T00:00:00Z";
        template.setSpec(spec);
        return template;
    }

    public static WorkspaceSize size(String cpu, String memory, String home) {
        var size = new WorkspaceSize();
        size.cpu = new Quantity(cpu);
        size.memory = new Quantity(memory);
        size.home = new Quantity(home);
        return size;
    }

    public static Workspace workspace(String name, String project, String researcher, String template) {
        var workspace = new Workspace();
        workspace.getMetadata().setName(name);
        var spec = new WorkspaceSpec();
        spec.project = project;
        spec.researcher = researcher;
        spec.template = template;
        spec.running = true;
        workspace.setSpec(spec);
        return workspace;
    }
}
