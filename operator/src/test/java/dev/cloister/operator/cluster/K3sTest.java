package dev.cloister.operator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;

@Tag("cluster")
class K3sTest {

    @Test
    void whereDockerAnswersK3sServesTheApi() {
        assumeTrue(DockerClientFactory.instance().isDockerAvailable(), "no Docker daemon answers on this machine");
        try (var client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(K3s.kubeconfig()))
                .build()) {
            assertEquals("ok", client.raw("/readyz"));
        }
    }
}
