package dev.cloister.operator.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A real API server: a K3s container, or the one that KUBECONFIG names. The Makefile chooses it and says which. */
public final class TestCluster implements AutoCloseable {

    public static final String SYSTEM_NAMESPACE = "cloister-system";

    private final List<String> writes = new CopyOnWriteArrayList<>();
    private final Set<Right> rights = ConcurrentHashMap.newKeySet();
    private volatile long lastWrite = System.nanoTime();
    private final KubernetesClient admin =
            new KubernetesClientBuilder().withConfig(config()).build();

    public TestCluster() {
        try (var crds = Files.list(Path.of("../crds/yaml"))) {
            for (Path crd : crds.toList()) {
                admin.load(Files.newInputStream(crd)).forceConflicts().serverSideApply();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(SYSTEM_NAMESPACE)
                        .endMetadata()
                        .build())
                .serverSideApply();
    }

    private static Config config() {
        return "k3s".equals(System.getenv("CLOISTER_CLUSTER"))
                ? Config.fromKubeconfig(K3s.kubeconfig())
                : Config.autoConfigure(null);
    }

    /** For the test itself. */
    public KubernetesClient admin() {
        return admin;
    }

    /** For the operator: every write that it sends is noted. */
    public KubernetesClient watched() {
        return new KubernetesClientBuilder()
                .withConfig(config())
                .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("writes", new Interceptor() {
                    @Override
                    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
                        rights.addAll(Right.of(request.method(), request.uri()));
                        if (!"GET".equals(request.method())) {
                            writes.add(request.method() + " " + request.uri().getPath());
                            lastWrite = System.nanoTime();
                        }
                    }
                }))
                .build();
    }

    /** The writes of the operator so far. */
    public List<String> writes() {
        return List.copyOf(writes);
    }

    /** The rights that the operator needed so far. */
    Set<Right> rights() {
        return Set.copyOf(rights);
    }

    /** Whether the operator has sent no write for a second. */
    public boolean quiet() {
        return System.nanoTime() - lastWrite > Duration.ofSeconds(1).toNanos();
    }

    <T extends HasMetadata> T live(T resource) {
        return admin.resource(resource).get();
    }

    @Override
    public void close() {
        admin.close();
    }
}
