package dev.cloister.operator.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cloister.api.ConditionedStatus;
import dev.cloister.api.ResearchProject;
import dev.cloister.api.Workspace;
import dev.cloister.api.WorkspaceTemplate;
import dev.cloister.operator.TestData;
import dev.cloister.operator.kube.Labels;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

/** What the tests against a real API server share: a cluster, an operator, a clock, and an empty place to begin. */
@Tag("cluster")
abstract class ClusterTier {

    /** A name that no earlier test has used: the namespaces that they leave take seconds to go. */
    final String name = "p" + Long.toString(System.nanoTime(), 36);

    final String namespace = ResearchProject.namespaceOf(name);
    final TestCluster cluster = new TestCluster();
    final MovableClock clock = new MovableClock(TestData.NOW);
    FakeNode node;
    private TestOperator operator;

    @BeforeAll
    static void patience() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
        Awaitility.setDefaultPollInterval(Duration.ofMillis(20));
    }

    /** These tests delete every resource of ours when they end: on somebody's own cluster, that must be none of theirs. */
    @BeforeAll
    static void nobodyElsesData() {
        if (!"current".equals(System.getenv("CLOISTER_CLUSTER"))) {
            return;
        }
        try (var cluster = new TestCluster()) {
            var found = cluster.admin().resources(ResearchProject.class).list().getItems();
            if (!found.isEmpty()) {
                throw new IllegalStateException(
                        "The current cluster has ResearchProjects, which these tests would delete."
                                + " Point KUBECONFIG to a cluster without any, or leave CLUSTER=current out.");
            }
        }
    }

    @BeforeEach
    void begin() {
        node = new FakeNode(cluster.admin()).finishingAt(TestData.NOW);
        startOperator();
    }

    void startOperator() {
        operator = new TestOperator(cluster.watched(), TestData.SETTINGS, clock);
    }

    void stopOperator() {
        operator.close();
    }

    @AfterEach
    void end() {
        for (var kind : List.of(Workspace.class, ResearchProject.class, WorkspaceTemplate.class)) {
            cluster.admin().resources(kind).delete();
            await().until(() ->
                    cluster.admin().resources(kind).list().getItems().isEmpty());
        }
        operator.close();
        cluster.admin()
                .namespaces()
                .withLabel(Labels.MANAGED_BY, Labels.OPERATOR)
                .delete();
        node.close();
        cluster.close();
    }

    <T extends HasMetadata> T create(T resource) {
        return cluster.admin().resource(resource).create();
    }

    /** Changes a live resource, however often the operator changes it in between. */
    <T extends HasMetadata> void edit(T resource, Consumer<T> change) {
        await().ignoreExceptionsMatching(e -> e instanceof KubernetesClientException k && k.getCode() == 409)
                .until(() -> {
                    var live = cluster.live(resource);
                    change.accept(live);
                    return cluster.admin().resource(live).update() != null;
                });
    }

    /** Waits until the condition has that status and reason, and gives it. */
    <S extends ConditionedStatus, R extends CustomResource<?, S>> Condition awaitCondition(
            R resource, String type, String status, String reason) {
        return await().alias(type + "=" + status + " " + reason)
                .until(() -> condition(resource, type), c -> c.map(
                                x -> status.equals(x.getStatus()) && reason.equals(x.getReason()))
                        .orElse(false))
                .orElseThrow();
    }

    <S extends ConditionedStatus, R extends CustomResource<?, S>> Optional<Condition> condition(
            R resource, String type) {
        return Optional.ofNullable(cluster.live(resource))
                .map(live -> live.getStatus())
                .flatMap(status -> status.condition(type));
    }

    Optional<Job> job(String workspace) {
        return Optional.ofNullable(cluster.admin()
                .batch()
                .v1()
                .jobs()
                .inNamespace(namespace)
                .withName("desktop-" + workspace)
                .get());
    }

    void awaitQuiet() {
        await().until(cluster::quiet);
    }

    static void assertNoWrites(List<String> before, List<String> after) {
        assertEquals(List.of(), after.subList(before.size(), after.size()));
    }
}
