package dev.cloister.operator;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Shows {@link LoopHealth} to the kubelet, which restarts an operator whose loop hangs. */
@Liveness
@Singleton
class LoopHealthCheck implements HealthCheck {

    private final LoopHealth loop;

    LoopHealthCheck(LoopHealth loop) {
        this.loop = loop;
    }

    @Override
    public HealthCheckResponse call() {
        var stuck = loop.stuck();
        var response = HealthCheckResponse.named("reconcile loop").status(stuck.isEmpty());
        stuck.ifPresent(what -> response.withData("stuck", what));
        return response.build();
    }
}
