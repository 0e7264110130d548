package dev.cloister.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.SSABasedGenericKubernetesResourceMatcher;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Brings live objects to what a plan wants, with server-side apply and one fixed field manager. What matches already costs
 * no write. A failure does not stop the rest: it is collected.
 */
public final class Applier {

    /** The owner of every field that the operator sets; it must never change, or old fields would have two owners. */
    public static final String FIELD_MANAGER = "cloister";

    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final KubernetesClient client;

    public Applier(KubernetesClient client) {
        this.client = client;
    }

    /** A write that did not happen, in words for the person who reads the condition. */
    public record Failure(String what, KubernetesClientException error) {

        /** No answer at all, a conflict with another writer, and too many requests. */
        private static final Set<Integer> PASSING = Set.of(0, 409, 429);

        /** Whether the API server was away, busy or asked at a bad moment, and did not refuse: a retry may well pass. */
        public boolean passing() {
            return PASSING.contains(error.getCode()) || error.getCode() >= 500;
        }

        @Override
        public String toString() {
            return what + ": " + error.getMessage();
        }
    }

    /** Applies in the order given, which is the order of safety: what denies comes before what allows. */
    public List<Failure> apply(List<HasMetadata> desired, Children children, Context<?> context) {
        var failures = new ArrayList<Failure>();
        for (var wanted : desired) {
            var actual = children.find(wanted);
            if (actual.isPresent() && matches(wanted, actual.get(), context)) {
                continue;
            }
            attempt("Writing " + describe(wanted), failures, () -> write(wanted));
        }
        return failures;
    }

    /** Creates what is not there yet, and leaves alone what is. */
    public List<Failure> create(List<? extends HasMetadata> desired) {
        var failures = new ArrayList<Failure>();
        for (var wanted : desired) {
            attempt("Creating " + describe(wanted), failures, () -> createOnce(wanted));
        }
        return failures;
    }

    private void createOnce(HasMetadata wanted) {
        try {
            client.resource(wanted).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
        }
    }

    /**
     * Changes a few fields of a live object whose other fields cannot change, whatever its version is by now.
     *
     * @param patch a JSON merge patch (RFC 7396)
     */
    public List<Failure> change(HasMetadata live, String patch) {
        var failures = new ArrayList<Failure>();
        attempt("Changing " + describe(live), failures, () -> client.resource(live)
                .patch(MERGE, patch));
        return failures;
    }

    /** Removes what is still there. */
    public List<Failure> delete(List<? extends HasMetadata> unwanted) {
        var failures = new ArrayList<Failure>();
        for (var resource : unwanted) {
            attempt("Removing " + describe(resource), failures, () -> client.resource(resource)
                    .delete());
        }
        return failures;
    }

    /** Server-side apply, taking over fields that somebody else changed. */
    public <T extends HasMetadata> T write(T desired) {
        var applied = client.resource(desired)
                .fieldManager(FIELD_MANAGER)
                .forceConflicts()
                .serverSideApply();
        if (sameSpec(desired, applied)) {
            return applied;
        }
        // Somebody added fields beside ours, and apply leaves those alone. A rule added to a NetworkPolicy opens it.
        desired.getMetadata().setResourceVersion(applied.getMetadata().getResourceVersion());
        return client.resource(desired).update();
    }

    private static boolean matches(HasMetadata desired, HasMetadata actual, Context<?> context) {
        return sameSpec(desired, actual)
                && SSABasedGenericKubernetesResourceMatcher.<HasMetadata>getInstance()
                        .matches(actual, desired, context);
    }

    /** For the objects that guard a project, nothing may stand beside what we wrote. */
    private static boolean sameSpec(HasMetadata desired, HasMetadata actual) {
        return switch (desired) {
            case NetworkPolicy policy -> policy.getSpec().equals(((NetworkPolicy) actual).getSpec());
            case ResourceQuota quota -> quota.getSpec().equals(((ResourceQuota) actual).getSpec());
            case LimitRange range -> range.getSpec().equals(((LimitRange) actual).getSpec());
            default -> true;
        };
    }

    private static void attempt(String what, List<Failure> failures, Runnable step) {
        try {
            step.run();
        } catch (KubernetesClientException e) {
            failures.add(new Failure(what, e));
        }
    }

    private static String describe(HasMetadata resource) {
        var namespace =
                Optional.ofNullable(resource.getMetadata().getNamespace()).map(n -> n + "/");
        return resource.getKind() + " " + namespace.orElse("")
                + resource.getMetadata().getName();
    }
}
