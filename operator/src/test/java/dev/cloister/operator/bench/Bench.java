package dev.cloister.operator.bench;

import dev.cloister.api.ResearchProject;
import dev.cloister.api.Workspace;
import dev.cloister.api.WorkspaceTemplate;
import dev.cloister.operator.TestData;
import dev.cloister.operator.kube.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Everything that one measurement makes in a cluster, under names of its own, so that it can be taken away again. */
final class Bench implements AutoCloseable {

    /** On every custom resource of a measurement. */
    private static final String LABEL = "cloister.dev/bench";

    /** Names begin with it; no two measurements share it. */
    final String prefix = "bench-" + Long.toString(System.nanoTime(), 36);

    private final KubernetesClient client;

    Bench(KubernetesClient client) {
        this.client = client;
        var template = TestData.template(prefix);
        template.getSpec().defaultSize = TestData.size("1", "1Gi", "1Gi");
        client.resource(labelled(template)).create();
    }

    /** A project that is open for an hour. It is not sent yet. */
    ResearchProject project(String suffix) {
        var project = TestData.project(prefix + suffix);
        project.getSpec().approval.until = Instant.now().plusSeconds(3600).toString();
        return labelled(project);
    }

    /** Alice's workspace in that project. It is not sent yet. */
    Workspace workspace(ResearchProject project, String suffix) {
        var name = project.getMetadata().getName();
        return labelled(TestData.workspace(name + suffix, name, "alice", prefix));
    }

    private <T extends HasMetadata> T labelled(T resource) {
        resource.getMetadata().setLabels(Map.of(LABEL, prefix));
        return resource;
    }

    /** Looks often, because what is waited for is being timed. */
    static ConditionFactory await() {
        return Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10));
    }

    /** While the operator still runs, because it lets go of its resources. */
    @Override
    public void close() {
        for (var kind : List.of(Workspace.class, ResearchProject.class, WorkspaceTemplate.class)) {
            client.resources(kind).withLabel(LABEL, prefix).delete();
            await().until(() -> client.resources(kind)
                    .withLabel(LABEL, prefix)
                    .list()
                    .getItems()
                    .isEmpty());
        }
        client.pods().inAnyNamespace().withLabel(Labels.PROBE).list().getItems().stream()
                .filter(pod -> Labels.label(pod, Labels.PROJECT).orElse("").startsWith(prefix))
                .forEach(pod -> client.resource(pod).delete());
        client.namespaces().withLabel(Labels.MANAGED_BY, Labels.OPERATOR).list().getItems().stream()
                .filter(namespace ->
                        Labels.label(namespace, Labels.PROJECT).orElse("").startsWith(prefix))
                .forEach(namespace -> client.resource(namespace).delete());
    }
}
