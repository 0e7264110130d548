package dev.cloister.operator.node;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import dev.cloister.api.ConditionedStatus;
import dev.cloister.api.ResearchProject;
import dev.cloister.api.Workspace;
import dev.cloister.operator.TestData;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;

/** What the tests on a real node share. Cloister was installed there by its charts; these tests are its users. */
@Tag("node")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class NodeTier {

    static final String TEMPLATE = "e2e";

    final KubernetesClient client = new KubernetesClientBuilder().build();
    private final Deque<HasMetadata> made = new ArrayDeque<>();

    @BeforeAll
    void patience() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(120));
        Awaitility.setDefaultPollInterval(Duration.ofMillis(100));
        var template = TestData.template(TEMPLATE);
        template.getSpec().defaultSize = TestData.size("1", "1Gi", "1Gi");
        make(template);
    }

    @AfterAll
    void tidy() {
        while (!made.isEmpty()) {
            var resource = made.pop();
            client.resource(resource).delete();
            await().until(() -> client.resource(resource).get() == null);
            if (resource instanceof ResearchProject) {
                client.namespaces()
                        .withName(ResearchProject.namespaceOf(
                                resource.getMetadata().getName()))
                        .delete();
            }
        }
        client.close();
    }

    <T extends HasMetadata> T make(T resource) {
        var live = client.resource(resource).create();
        made.push(live);
        return live;
    }

    /** A project that is open for an hour, under a name that no earlier run has used. */
    ResearchProject makeProject() {
        var project = TestData.project("e2e-" + Long.toString(System.nanoTime(), 36));
        project.getSpec().approval.until = Instant.now().plusSeconds(3600).toString();
        return make(project);
    }

    Workspace makeWorkspace(ResearchProject project, String researcher) {
        var name = project.getMetadata().getName();
        return make(TestData.workspace(name + "-" + researcher, name, researcher, TEMPLATE));
    }

    <S extends ConditionedStatus, R extends CustomResource<?, S>> void awaitReady(R resource, String reason) {
        await().alias(resource.getMetadata().getName() + " Ready " + reason).until(() -> {
            var live = client.resource(resource).get();
            return live.getStatus() != null
                    && live.getMetadata().getGeneration().equals(live.getStatus().observedGeneration)
                    && live.getStatus()
                            .condition("Ready")
                            .map(c -> "True".equals(c.getStatus()) && reason.equals(c.getReason()))
                            .orElse(false);
        });
    }

    <T extends HasMetadata> void edit(T resource, Consumer<T> change) {
        await().ignoreExceptionsMatching(e -> e instanceof KubernetesClientException k && k.getCode() == 409)
                .until(() -> {
                    var live = client.resource(resource).get();
                    change.accept(live);
                    return client.resource(live).update() != null;
                });
    }

    /** The pod of a desktop that runs. */
    Pod desktop(Workspace workspace) {
        return client
                .pods()
                .inNamespace(ResearchProject.namespaceOf(workspace.getSpec().project))
                .withLabel("cloister.dev/workspace", workspace.getMetadata().getName())
                .list()
                .getItems()
                .stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .findFirst()
                .orElseThrow();
    }

    /** What a command prints that the researcher types; an administrator's exec stands in for the keyboard. */
    String run(Workspace workspace, String... command) throws Exception {
        var out = new ByteArrayOutputStream();
        try (var exec = client.pods()
                .resource(desktop(workspace))
                .inContainer("session")
                .writingOutput(out)
                .writingError(out)
                .exec(command)) {
            exec.exitCode().get(60, SECONDS);
        }
        return out.toString(StandardCharsets.UTF_8).strip();
    }
}
