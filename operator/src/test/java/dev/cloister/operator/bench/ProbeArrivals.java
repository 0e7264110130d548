package dev.cloister.operator.bench;

import dev.cloister.api.ResearchProject;
import dev.cloister.operator.kube.Labels;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** When a watch saw the two pods of each isolation probe, which are the last that is made before the desktop's gate. */
final class ProbeArrivals implements AutoCloseable, ResourceEventHandler<Pod> {

    private final Map<String, CompletableFuture<Long>> seen = new ConcurrentHashMap<>();
    private final SharedIndexInformer<Pod> pods;

    ProbeArrivals(KubernetesClient client) {
        pods = client.pods().inAnyNamespace().withLabel(Labels.PROBE).inform(this);
    }

    /** Waits for both pods of that project; gives the milliseconds from {@code start}, of {@code System.nanoTime}, to the later one. */
    double millisUntilBoth(ResearchProject project, long start) {
        var name = project.getMetadata().getName();
        var last = List.of("probe", "control").stream()
                .map(side -> of(name, side).orTimeout(1, TimeUnit.MINUTES).join())
                .reduce(start, Math::max);
        return TimeUnit.NANOSECONDS.toMicros(last - start) / 1000.0;
    }

    private CompletableFuture<Long> of(String project, String side) {
        return seen.computeIfAbsent(project + "/" + side, key -> new CompletableFuture<>());
    }

    @Override
    public void onAdd(Pod pod) {
        var labels = pod.getMetadata().getLabels();
        of(labels.get(Labels.PROJECT), labels.get(Labels.PROBE)).complete(System.nanoTime());
    }

    @Override
    public void onUpdate(Pod before, Pod after) {}

    @Override
    public void onDelete(Pod pod, boolean unknown) {}

    @Override
    public void close() {
        pods.close();
    }
}
