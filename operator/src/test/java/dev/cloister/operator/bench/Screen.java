package dev.cloister.operator.bench;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A desktop's screen server, through the administrator's own tunnel into its pod. */
record Screen(KubernetesClient client) {

    private static final int RFB_PORT = 5901;

    /** Waits until the one pod among these runs and its screen server says its protocol (RFC 6143, 7.1.1). */
    void awaitFirstWords(FilterWatchListDeletable<Pod, PodList, PodResource> pods) throws IOException {
        var pod = pods.waitUntilCondition(
                live -> live != null
                        && live.getStatus() != null
                        && "Running".equals(live.getStatus().getPhase()),
                2,
                TimeUnit.MINUTES);
        try (var tunnel = client.pods().resource(pod).portForward(RFB_PORT)) {
            Bench.await().until(() -> "RFB 003.008\n".equals(firstWords(tunnel)));
        }
    }

    /** Waits until no pod is left, so that the next measurement has the machine to itself. */
    void awaitGone(FilterWatchListDeletable<Pod, PodList, PodResource> pods) {
        Bench.await()
                .pollInterval(Duration.ofMillis(250))
                .until(() -> pods.list().getItems().isEmpty());
    }

    /** Empty where nobody listens yet: then the tunnel closes the connection. */
    private static String firstWords(LocalPortForward tunnel) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), tunnel.getLocalPort())) {
            socket.setSoTimeout(5_000);
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
        }
    }
}
