package dev.cloister.operator.project;

import dev.cloister.api.ResearchProject;
import dev.cloister.operator.kube.Labels;
import dev.cloister.operator.kube.Verdict;
import io.fabric8.kubernetes.api.model.Namespace;
import java.util.Optional;

/** Whether a namespace is this very project's. One that is not ours is never adopted: it may hold anything. */
final class NamespaceOwner {

    private NamespaceOwner() {}

    static Verdict accept(ResearchProject project, Namespace namespace) {
        var name = namespace.getMetadata().getName();
        var ours = Labels.label(namespace, Labels.MANAGED_BY).equals(Optional.of(Labels.OPERATOR))
                && Labels.label(namespace, Labels.PROJECT)
                        .equals(Optional.of(project.getMetadata().getName()));
        var uid = Labels.annotation(namespace, Labels.PROJECT_UID);
        if (!ours && uid.isEmpty()) {
            return Verdict.no(
                    "NamespaceNotOurs",
                    ("The namespace %s exists already and was not made by Cloister. It is left alone. Give the project"
                                    + " another name, or move what is in that namespace and delete it.")
                            .formatted(name));
        }
        if (!uid.equals(Optional.of(project.getMetadata().getUid()))) {
            return Verdict.no(
                    "NamespaceHoldsOldData",
                    ("The namespace %s holds the data of an earlier project of this name. Give the project another name, or,"
                                    + " when that data may go, delete the namespace.")
                            .formatted(name));
        }
        if (namespace.getMetadata().getDeletionTimestamp() != null) {
            return Verdict.no("NamespaceDeleting", "The namespace %s is being deleted.".formatted(name));
        }
        return Verdict.yes("Accepted", "The project can be carried out.");
    }
}
