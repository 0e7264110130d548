package dev.cloister.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The labels and annotations that the operator writes. Nobody else's labels ever reach a pod in a project. */
public final class Labels {

    /** On everything that the operator made: what it may change and remove. */
    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

    public static final String OPERATOR = "cloister";

    /** What a pod is: {@code desktop} there, {@code gateway} in the system namespace. NetworkPolicies select by it. */
    public static final String COMPONENT = "app.kubernetes.io/component";

    public static final String DESKTOP = "desktop";
    public static final String GATEWAY = "gateway";
    public static final String CONTROL = "isolation-control";

    public static final String PROJECT = "cloister.dev/project";
    public static final String WORKSPACE = "cloister.dev/workspace";
    public static final String RESEARCHER = "cloister.dev/researcher";

    /** On the two pods of an isolation probe: {@code probe} inside the project, {@code control} outside of any. */
    public static final String PROBE = "cloister.dev/probe";

    /** Annotation of a namespace: the uid of the project that it was made for. */
    public static final String PROJECT_UID = "cloister.dev/project-uid";

    /** Annotation of what outlives its owner: until when it is kept, RFC 3339. */
    public static final String RETAINED_UNTIL = "cloister.dev/retained-until";

    private Labels() {}

    /** The labels of everything that belongs to a project. */
    public static Map<String, String> ofProject(String project) {
        var labels = new TreeMap<String, String>();
        labels.put(MANAGED_BY, OPERATOR);
        labels.put(PROJECT, project);
        return labels;
    }

    /** The value of a label of ours. */
    public static Optional<String> label(HasMetadata resource, String key) {
        return Optional.ofNullable(resource.getMetadata().getLabels()).map(labels -> labels.get(key));
    }

    /** The value of an annotation of ours. */
    public static Optional<String> annotation(HasMetadata resource, String key) {
        return Optional.ofNullable(resource.getMetadata().getAnnotations()).map(annotations -> annotations.get(key));
    }
}
