package dev.cloister.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The live objects of one primary resource, as the caches have them. Never changed: the caches hand out their own. */
public record Children(List<HasMetadata> all) {

    /** Reads those kinds from the caches of the controller. */
    @SafeVarargs
    public static Children read(Context<?> context, Class<? extends HasMetadata>... kinds) {
        var all = new ArrayList<HasMetadata>();
        for (var kind : kinds) {
            all.addAll(context.getSecondaryResources(kind));
        }
        return new Children(List.copyOf(all));
    }

    /** The live counterpart of an object: the same kind, namespace and name. */
    public Optional<HasMetadata> find(HasMetadata wanted) {
        return all.stream().filter(live -> same(live, wanted)).findFirst();
    }

    /** All of one kind. */
    public <T extends HasMetadata> Stream<T> of(Class<T> kind) {
        return all.stream().filter(kind::isInstance).map(kind::cast);
    }

    /** What is there and is of those kinds, but is not wanted. */
    public List<HasMetadata> besides(List<HasMetadata> wanted, Set<Class<? extends HasMetadata>> kinds) {
        return all.stream()
                .filter(live -> kinds.stream().anyMatch(kind -> kind.isInstance(live)))
                .filter(live -> wanted.stream().noneMatch(w -> same(live, w)))
                .toList();
    }

    private static boolean same(HasMetadata a, HasMetadata b) {
        return a.getKind().equals(b.getKind())
                && a.getMetadata().getName().equals(b.getMetadata().getName())
                && Optional.ofNullable(a.getMetadata().getNamespace())
                        .equals(Optional.ofNullable(b.getMetadata().getNamespace()));
    }
}
