package dev.cloister.operator.bench;

import static org.junit.jupiter.api.Assertions.assertNull;

import dev.cloister.operator.TestData;
import dev.cloister.operator.cluster.TestCluster;
import dev.cloister.operator.cluster.TestOperator;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;

/** An API server, and the operator in this process. Nodes are not needed: nothing here waits for one. */
final class ControlPlane implements AutoCloseable {

    final TestCluster cluster = new TestCluster();
    final KubernetesClient client = cluster.admin();
    final Bench bench;
    private TestOperator operator;

    ControlPlane() {
        assertNull(
                client.apps()
                        .deployments()
                        .inNamespace(TestCluster.SYSTEM_NAMESPACE)
                        .withName("cloister-operator")
                        .get(),
                "An operator is installed on this cluster, and two would fight. Measure on a cluster without Cloister.");
        bench = new Bench(client);
        start();
    }

    private void start() {
        operator = new TestOperator(cluster.watched(), TestData.SETTINGS, Clock.systemUTC());
    }

    /** A new operator, which has to look at all there is. */
    void restart() {
        operator.close();
        start();
    }

    @Override
    public void close() {
        bench.close();
        operator.close();
        cluster.close();
    }
}
