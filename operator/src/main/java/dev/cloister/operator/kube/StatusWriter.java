package dev.cloister.operator.kube;

import dev.cloister.api.ConditionedStatus;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Optional;
import java.util.function.Function;

/**
 * Writes a status when, and only when, it changed.
 *
 * <p>It goes by the plain client and never by {@code UpdateControl.patchStatus}: with that, the operator SDK 5.3 can lose a
 * change of the spec that arrives while the status is being written (java-operator-sdk #3398), and a lost change may be a
 * revoked access.
 */
public final class StatusWriter {

    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(Applier.FIELD_MANAGER + "-status")
            .withForce(true)
            .build();

    private final KubernetesClient client;
    private final Events events;

    public StatusWriter(KubernetesClient client, Events events) {
        this.client = client;
        this.events = events;
    }

    /**
     * Writes the status that {@code build} gives for the previous one.
     *
     * @param seen the resource as the reconcile read it, perhaps not the newest
     * @param fresh makes an empty resource of the same kind
     * @param build from the previous status to the new one; called a second time with the live status before a write,
     *     because the cache may be older than our own last write
     */
    public <S extends ConditionedStatus, R extends CustomResource<?, S>> void write(
            R seen, java.util.function.Supplier<R> fresh, Function<Optional<S>, S> build) {
        if (same(seen.getStatus(), build.apply(Optional.ofNullable(seen.getStatus())))) {
            return;
        }
        var live = client.resource(seen).get();
        if (live == null
                || !live.getMetadata().getUid().equals(seen.getMetadata().getUid())) {
            return;
        }
        var status = build.apply(Optional.ofNullable(live.getStatus()));
        if (same(live.getStatus(), status)) {
            return;
        }
        var patch = fresh.get();
        patch.getMetadata().setName(seen.getMetadata().getName());
        patch.getMetadata().setUid(seen.getMetadata().getUid());
        patch.setStatus(status);
        client.resource(patch).subresource("status").patch(APPLY);
        events.ofTransitions(live, Optional.ofNullable(live.getStatus()), status);
    }

    private boolean same(Object a, Object b) {
        var json = client.getKubernetesSerialization();
        return a != null && json.asJson(a).equals(json.asJson(b));
    }
}
