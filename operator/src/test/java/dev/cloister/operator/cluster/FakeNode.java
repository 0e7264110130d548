package dev.cloister.operator.cluster;

import dev.cloister.operator.kube.Labels;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Says of pods what a kubelet would: this tier has an API server but no node. Probes report at once what the test chose;
 * desktops become ready at once.
 */
public final class FakeNode implements AutoCloseable, ResourceEventHandler<Pod> {

    private final KubernetesClient client;
    private final Map<String, String> results = new ConcurrentHashMap<>(Map.of("probe", "Blocked", "control", "Open"));
    private final SharedIndexInformer<Pod> pods;
    private final ExecutorService worker = Executors.newSingleThreadExecutor();
    private volatile Instant finishedAt = Instant.now();

    public FakeNode(KubernetesClient client) {
        this.client = client;
        this.pods = client.pods()
                .inAnyNamespace()
                .withLabel(Labels.MANAGED_BY, Labels.OPERATOR)
                .inform(this);
    }

    /** What the next pods of that side ("probe" or "control") report of every target. */
    FakeNode reporting(String side, String result) {
        results.put(side, result);
        return this;
    }

    /** When the next reports say that they ended. */
    FakeNode finishingAt(Instant instant) {
        finishedAt = instant;
        return this;
    }

    @Override
    public void onAdd(Pod pod) {
        worker.execute(() -> {
            try {
                client.resource(pod)
                        .editStatus(live -> live.getMetadata().getLabels().containsKey(Labels.PROBE)
                                ? reported(live)
                                : ready(live));
            } catch (KubernetesClientException e) {
                // The pod is gone already: there is nothing to say of it.
            }
        });
    }

    private Pod reported(Pod pod) {
        var result = results.get(pod.getMetadata().getLabels().get(Labels.PROBE));
        var message = "{\"targets\":[{\"name\":\"api\",\"result\":\"%s\"},{\"name\":\"dns\",\"result\":\"%s\"}]}"
                .formatted(result, result);
        return pod.edit()
                .editOrNewStatus()
                .withPhase("Succeeded")
                .withContainerStatuses(new ContainerStatusBuilder()
                        .withName("probe")
                        .withImage("probe")
                        .withImageID("probe")
                        .withReady(false)
                        .withRestartCount(0)
                        .withNewState()
                        .withNewTerminated()
                        .withExitCode(0)
                        .withFinishedAt(
                                finishedAt.truncatedTo(ChronoUnit.SECONDS).toString())
                        .withMessage(message)
                        .endTerminated()
                        .endState()
                        .build())
                .endStatus()
                .build();
    }

    private static Pod ready(Pod pod) {
        return pod.edit()
                .editOrNewStatus()
                .withPhase("Running")
                .addToConditions(new PodConditionBuilder()
                        .withType("Ready")
                        .withStatus("True")
                        .build())
                .endStatus()
                .build();
    }

    @Override
    public void onUpdate(Pod before, Pod after) {}

    @Override
    public void onDelete(Pod pod, boolean unknown) {}

    @Override
    public void close() {
        pods.close();
        worker.shutdownNow();
    }
}
