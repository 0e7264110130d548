package dev.cloister.operator;

import dev.cloister.operator.kube.Applier;
import dev.cloister.operator.kube.Events;
import dev.cloister.operator.kube.StatusWriter;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.quarkus.arc.Unremovable;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Optional;

/** Puts the parts together. The only place that knows the system's clock and where settings come from. */
@Singleton
class Wiring {

    @Produces
    @Singleton
    Settings settings(SettingsMapping mapping) {
        return mapping.toSettings();
    }

    @Produces
    @Singleton
    InstantSource clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    Applier applier(KubernetesClient client) {
        return new Applier(client);
    }

    @Produces
    @Singleton
    Events events(KubernetesClient client, InstantSource clock) {
        return new Events(
                client, clock, Optional.ofNullable(System.getenv("HOSTNAME")).orElse("cloister"));
    }

    @Produces
    @Singleton
    StatusWriter statusWriter(KubernetesClient client, Events events) {
        return new StatusWriter(client, events);
    }

    /**
     * Also the SDK's only {@code Metrics}: its own for Micrometer register one name with two sets of tags, which Prometheus
     * refuses (operator SDK 5.3.2).
     */
    @Produces
    @Singleton
    @Unremovable // looked up by the operator SDK at run time, which the build cannot see
    LoopHealth loopHealth(InstantSource clock) {
        return new LoopHealth(clock);
    }

    @Produces
    @Singleton
    @Unremovable // looked up by the operator SDK at run time, which the build cannot see
    LeaderElectionConfiguration leaderElection(Settings settings) {
        return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration("cloister-operator")
                .withLeaseNamespace(settings.systemNamespace())
                .build();
    }
}
