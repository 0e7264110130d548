package dev.cloister.operator.cluster;

import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/** A control plane in a container, for machines with a Docker daemon. It has no node: {@link FakeNode} stands in for one. */
final class K3s {

    private static K3sContainer container;

    private K3s() {}

    /** Starts it at the first call; Testcontainers removes it when this process ends. */
    static synchronized String kubeconfig() {
        if (container == null) {
            container = new K3sContainer(DockerImageName.parse("rancher/k3s:v1.34.1-k3s1"));
            container.setCommand("server", "--disable-agent", "--disable=traefik", "--tls-san=" + container.getHost());
            container.waitingFor(
                    Wait.forLogMessage(".*Tunnel server egress proxy mode.*|.*k3s is up and running.*", 1));
            container.start();
        }
        return container.getKubeConfigYaml();
    }
}
