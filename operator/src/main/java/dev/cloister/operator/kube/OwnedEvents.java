package dev.cloister.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Watches what belongs to a cluster-scoped primary resource by a label that holds its name. The selector is evaluated by the
 * API server, so that foreign objects never reach this process.
 */
public final class OwnedEvents<P extends HasMetadata> {

    private final EventSourceContext<P> context;
    private final Class<P> primary;
    private final String label;

    public OwnedEvents(EventSourceContext<P> context, Class<P> primary, String label) {
        this.context = context;
        this.primary = primary;
        this.label = label;
    }

    /** The events of one kind, of all namespaces. */
    public <R extends HasMetadata> EventSource<R, P> of(Class<R> kind, String selector) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(kind, primary)
                        .withName(kind.getSimpleName())
                        .withLabelSelector(selector)
                        .withWatchAllNamespaces()
                        .withSecondaryToPrimaryMapper(this::primaries)
                        .build(),
                context);
    }

    /** The events of a cluster-scoped kind that primary resources name in their spec. */
    public <R extends HasMetadata> EventSource<R, P> referenced(Class<R> kind, Function<P, String> nameOf) {
        var index = kind.getSimpleName();
        context.getPrimaryCache().addIndexer(index, resource -> List.of(nameOf.apply(resource)));
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(kind, primary)
                        .withName(kind.getSimpleName())
                        .withSecondaryToPrimaryMapper(referenced ->
                                context
                                        .getPrimaryCache()
                                        .byIndex(index, referenced.getMetadata().getName())
                                        .stream()
                                        .map(ResourceID::fromResource)
                                        .collect(Collectors.toSet()))
                        .withPrimaryToSecondaryMapper((P resource) -> Set.of(new ResourceID(nameOf.apply(resource))))
                        .build(),
                context);
    }

    private Set<ResourceID> primaries(HasMetadata resource) {
        return Labels.label(resource, label).stream().map(ResourceID::new).collect(Collectors.toSet());
    }
}
