package dev.cloister.operator.cluster;

import static dev.cloister.operator.TestData.member;
import static dev.cloister.operator.TestData.size;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.cloister.api.Member.Role;
import dev.cloister.api.ResearchProject;
import dev.cloister.api.ResearchProjectSpec;
import dev.cloister.api.Workspace;
import dev.cloister.api.WorkspaceSpec;
import dev.cloister.api.WorkspaceTemplate;
import dev.cloister.api.WorkspaceTemplateSpec;
import dev.cloister.operator.TestData;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the API server refuses by itself, in which words, and what it fills in. No operator runs here. */
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiRulesTest {

    private final TestCluster cluster = new TestCluster();

    @AfterAll
    void close() {
        cluster.close();
    }

    static Stream<Arguments> refusedProjects() {
        return Stream.of(
                project("spec.approval.until is not after spec.approval.from", s -> s.approval.until = s.approval.from),
                // The same instant in another offset: instants are compared, not text.
                project("spec.approval.until is not after spec.approval.from", s -> {
                    s.approval.from = "2026-01-01T00:00:00Z";
                    s.approval.until = "2026-01-01T01:00:00+01:00";
                }),
                project("spec.approval.until", s -> s.approval.until = "next summer"),
                project("spec.lead is not among spec.members with role Lead", s -> s.lead = "mallory"),
                project("spec.lead is not among spec.members with role Lead", s -> s.lead = "bob"),
                project("spec.members", s -> s.members = List.of()),
                project(
                        "Duplicate value",
                        s -> s.members = List.of(member("alice", Role.Lead), member("alice", Role.Researcher))),
                project("spec.members[0].researcher", s -> s.members.getFirst().researcher = "Alice Smith"),
                project("spec.resources.cpu is not an amount above zero", s -> s.resources.cpu = new Quantity("0")),
                project(
                        "spec.resources.memory is not an amount above zero",
                        s -> s.resources.memory = new Quantity("-1Gi")),
                project(
                        "spec.resources.storage is not an amount above zero",
                        s -> s.resources.storage = new Quantity("much")),
                project(
                        "spec.resources.shared is larger than spec.resources.storage",
                        s -> s.resources.shared = new Quantity("61Gi")),
                project("spec.summary", s -> s.summary = "Too short"),
                project("spec.title", s -> s.title = null));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedProjects")
    void aProjectIsRefusedWithTheReason(String words, Consumer<ResearchProjectSpec> flaw) {
        var project = TestData.project("refused");
        flaw.accept(project.getSpec());
        assertRefused(words, project);
    }

    static Stream<Arguments> refusedNames() {
        return Stream.of(
                arguments("a".repeat(56), "metadata.name is longer than 55 characters"),
                arguments("with.dots", "metadata.name may hold lower-case letters, digits and hyphens only"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("refusedNames")
    void aNameThatWouldNotMakeANamespaceIsRefused(String name, String words) {
        assertRefused(words, TestData.project(name));
    }

    @Test
    void theLongestNameMakesANamespace() {
        var longest = "a".repeat(ResearchProject.MAX_NAME_LENGTH);
        cluster.admin().resource(TestData.project(longest)).dryRun(true).create();
        assertEquals(63, ResearchProject.namespaceOf(longest).length());
    }

    static Stream<Arguments> refusedTemplates() {
        return Stream.of(
                template("spec.defaultSize needs cpu, memory and home", s -> s.defaultSize.home = null),
                template("spec.largestSize needs cpu, memory and home", s -> s.largestSize.cpu = null),
                template(
                        "spec.defaultSize.cpu is above spec.largestSize.cpu",
                        s -> s.defaultSize.cpu = new Quantity("2500m")),
                template("spec.defaultSize.memory is above", s -> s.defaultSize.memory = new Quantity("9Gi")),
                template("spec.defaultSize.home is above", s -> s.defaultSize.home = new Quantity("1Ti")),
                template("spec.evaluation.until is not after", s -> s.evaluation.until = "2026-01-15T00:00:00Z"),
                template("spec.evaluation.securityReview.outcome", s -> s.evaluation.securityReview.outcome = null));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedTemplates")
    void aTemplateIsRefusedWithTheReason(String words, Consumer<WorkspaceTemplateSpec> flaw) {
        WorkspaceTemplate template = TestData.template("refused");
        flaw.accept(template.getSpec());
        assertRefused(words, template);
    }

    static Stream<Arguments> refusedWorkspaces() {
        return Stream.of(
                workspace("cpu is below 1", s -> s.size = size("500m", "2Gi", "5Gi")),
                workspace("memory is below 1Gi", s -> s.size = size("1", "512Mi", "5Gi")),
                workspace("home is not an amount above zero", s -> s.size = size("1", "2Gi", "0")),
                workspace("spec.project", s -> s.project = null),
                workspace("spec.researcher", s -> s.researcher = "Not A Name"),
                workspace("spec.template", s -> s.template = ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedWorkspaces")
    void aWorkspaceIsRefusedWithTheReason(String words, Consumer<WorkspaceSpec> flaw) {
        var workspace = TestData.workspace("refused", "oncology", "alice", "r");
        flaw.accept(workspace.getSpec());
        assertRefused(words, workspace);
    }

    static Stream<Arguments> emptyKinds() {
        return Stream.of(arguments("ResearchProject"), arguments("Workspace"), arguments("WorkspaceTemplate"));
    }

    @ParameterizedTest
    @MethodSource("emptyKinds")
    void aResourceWithoutASpecIsRefused(String kind) {
        var bare = new GenericKubernetesResource();
        bare.setApiVersion("cloister.dev/v1alpha1");
        bare.setKind(kind);
        bare.setMetadata(TestData.project("bare").getMetadata());
        assertRefused("spec: Required value", bare);
    }

    @Test
    void whoseDesktopAndWhichProjectNeverChange() {
        Workspace workspace = cluster.admin()
                .resource(TestData.workspace("immutable", "oncology", "alice", "r"))
                .create();
        try {
            assertTrue(assertThrows(KubernetesClientException.class, () -> change(workspace, s -> s.project = "other"))
                    .getMessage()
                    .contains("spec.project never changes; delete this Workspace"));
            assertTrue(assertThrows(KubernetesClientException.class, () -> change(workspace, s -> s.researcher = "bob"))
                    .getMessage()
                    .contains("spec.researcher never changes; delete this Workspace"));
            change(workspace, s -> s.template = "another");
        } finally {
            cluster.admin().resource(workspace).delete();
        }
    }

    @Test
    void theApiServerFillsInWhatIsLeftOut() {
        var project = TestData.project("defaults");
        project.getSpec().desktop = null;
        project.getSpec().resources.shared = null;
        project.getSpec().members.getLast().role = null;
        var live = cluster.admin().resource(project).dryRun(true).create().getSpec();
        assertEquals("10Gi", live.resources.shared.toString());
        assertEquals(Role.Researcher, live.members.getLast().role);
        assertTrue(!live.desktop.clipboard.in && !live.desktop.clipboard.out, "the clipboard is off");

        var workspace = TestData.workspace("defaults", "oncology", "alice", "r");
        workspace.getSpec().running = null;
        assertEquals(
                true, cluster.admin().resource(workspace).dryRun(true).create().getSpec().running);
    }

    @Test
    void workspacesAreFoundByProjectAndByResearcher() {
        var workspace = cluster.admin()
                .resource(TestData.workspace("selectable", "oncology-select", "alice", "r"))
                .create();
        try {
            for (var field : List.of("spec.project=oncology-select", "spec.researcher=alice")) {
                var parts = field.split("=");
                var found = cluster.admin()
                        .resources(Workspace.class)
                        .withField(parts[0], parts[1])
                        .list()
                        .getItems();
                assertTrue(
                        found.stream().anyMatch(w -> w.getMetadata().getName().equals("selectable")));
            }
        } finally {
            cluster.admin().resource(workspace).delete();
        }
    }

    private void change(Workspace workspace, Consumer<WorkspaceSpec> change) {
        var live = cluster.live(workspace);
        change.accept(live.getSpec());
        cluster.admin().resource(live).update();
    }

    private void assertRefused(String words, HasMetadata resource) {
        var refusal = assertThrows(
                KubernetesClientException.class,
                () -> cluster.admin().resource(resource).dryRun(true).create());
        assertEquals(422, refusal.getCode(), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
    }

    private static Arguments project(String words, Consumer<ResearchProjectSpec> flaw) {
        return arguments(words, flaw);
    }

    private static Arguments template(String words, Consumer<WorkspaceTemplateSpec> flaw) {
        return arguments(words, flaw);
    }

    private static Arguments workspace(String words, Consumer<WorkspaceSpec> flaw) {
        return arguments(words, flaw);
    }
}
