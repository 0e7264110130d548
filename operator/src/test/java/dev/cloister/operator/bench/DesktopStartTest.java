package dev.cloister.operator.bench;

import dev.cloister.api.ResearchProject;
import dev.cloister.api.Workspace;
import dev.cloister.operator.kube.Labels;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("bench")
@Tag("node")
@Tag("desktop-start")
class DesktopStartTest {

    private static final int WARM_UP = 1;
    private static final int RUNS = 12;
    private static final Path BARE_POD = Path.of("../images/desktop/pod.yaml");

    private static final Figure.Subject SUBJECT = new Figure.Subject(
            "desktop-start", "s", "under 4", "the bare pod of images/desktop/pod.yaml", """
            From the apply of a Workspace, in a project whose isolation is verified, until the desktop's screen server says \
            `RFB 003.008` through the administrator's port-forward. Each run has a workspace and a home of its own, and one \
            desktop runs at a time. The peer takes turns with it: the bare pod of images/desktop/pod.yaml, with an emptyDir as \
            home, created directly, to the same words; so the ratio is what the operator, the Job, the home's volume and \
            the project's policies cost. %d runs each after %d to warm up, with the installed operator on the lab's node; \
            the images are there already.""".formatted(RUNS, WARM_UP));

    private final KubernetesClient client = new KubernetesClientBuilder().build();
    private final Screen screen = new Screen(client);

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void fromWorkspaceToTheFirstWordsOfItsScreen() throws IOException {
        var ours = new ArrayList<Double>();
        var peers = new ArrayList<Double>();
        try (var bench = new Bench(client)) {
            var project = client.resource(bench.project("")).create();
            Bench.await().until(() -> ready(project));
            var outside = client.resource(namespace(bench)).create();
            try {
                for (var run = 0; run < WARM_UP + RUNS; run++) {
                    var our = desktop(bench.workspace(project, "-" + run));
                    var peer = barePod(outside.getMetadata().getName(), "bare-" + run);
                    if (run >= WARM_UP) {
                        ours.add(our);
                        peers.add(peer);
                    }
                }
            } finally {
                client.resource(outside).delete();
            }
        }
        SUBJECT.of(new Samples(ours), new Samples(peers)).write();
    }

    private boolean ready(ResearchProject project) {
        var live = client.resource(project).get();
        return live.getStatus() != null && live.getStatus().isTrue("Ready");
    }

    private double desktop(Workspace workspace) throws IOException {
        var namespace = ResearchProject.namespaceOf(workspace.getSpec().project);
        var pods = client.pods()
                .inNamespace(namespace)
                .withLabel(Labels.WORKSPACE, workspace.getMetadata().getName());
        var start = System.nanoTime();
        client.resource(workspace).serverSideApply();
        screen.awaitFirstWords(pods);
        var seconds = secondsSince(start);
        client.resource(workspace).delete();
        screen.awaitGone(pods);
        return seconds;
    }

    private double barePod(String namespace, String name) throws IOException {
        var pods = client.pods().inNamespace(namespace).withLabel("cloister.dev/bench", name);
        var pod = bare(namespace, name);
        var start = System.nanoTime();
        client.resource(pod).create();
        screen.awaitFirstWords(pods);
        var seconds = secondsSince(start);
        client.resource(pod).delete();
        screen.awaitGone(pods);
        return seconds;
    }

    /** Under the same Pod Security as a project, and with nothing else of one. */
    private static Namespace namespace(Bench bench) {
        return new NamespaceBuilder()
                .withNewMetadata()
                .withName(bench.prefix + "-bare")
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .endMetadata()
                .build();
    }

    private Pod bare(String namespace, String name) throws IOException {
        try (var yaml = Files.newInputStream(BARE_POD)) {
            return client.pods()
                    .load(yaml)
                    .item()
                    .edit()
                    .editMetadata()
                    .withNamespace(namespace)
                    .withName(name)
                    .addToLabels("cloister.dev/bench", name)
                    .endMetadata()
                    .build();
        }
    }

    private static double secondsSince(long start) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) / 1000.0;
    }
}
