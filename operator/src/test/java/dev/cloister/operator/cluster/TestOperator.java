package dev.cloister.operator.cluster;

import dev.cloister.operator.Settings;
import dev.cloister.operator.kube.Applier;
import dev.cloister.operator.kube.Events;
import dev.cloister.operator.kube.StatusWriter;
import dev.cloister.operator.project.ProjectReconciler;
import dev.cloister.operator.workspace.WorkspaceReconciler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.time.InstantSource;

/** The operator in this process, with the test's clock and client. */
public final class TestOperator implements AutoCloseable {

    private final Operator operator;

    public TestOperator(KubernetesClient client, Settings settings, InstantSource clock) {
        var applier = new Applier(client);
        var events = new Events(client, clock, "test");
        var statusWriter = new StatusWriter(client, events);
        operator = new Operator(
                configuration -> configuration.withKubernetesClient(client).withCloseClientOnStop(true));
        operator.register(new ProjectReconciler(client, settings, clock, applier, statusWriter));
        operator.register(new WorkspaceReconciler(client, settings, clock, applier, statusWriter, events));
        operator.start();
    }

    @Override
    public void close() {
        operator.stop();
    }
}
