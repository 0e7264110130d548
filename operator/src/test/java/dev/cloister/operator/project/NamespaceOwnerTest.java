package dev.cloister.operator.project;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cloister.operator.TestData;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import org.junit.jupiter.api.Test;

class NamespaceOwnerTest {

    @Test
    void onlyTheNamespaceThatWasMadeForThisVeryProjectIsIts() {
        assertEquals("Accepted", reason(ours("uid-1")));
        assertEquals("NamespaceHoldsOldData", reason(ours("uid-of-an-earlier-project")));
        assertEquals(
                "NamespaceNotOurs",
                reason(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("project-oncology")
                        .endMetadata()
                        .build()));
        assertEquals(
                "NamespaceDeleting",
                reason(ours("uid-1")
                        .edit()
                        .editMetadata()
                        .withDeletionTimestamp("2026-01-01T00:00:00Z")
                        .endMetadata()
                        .build()));
    }

    private static Namespace ours(String uid) {
        var project = TestData.project("oncology");
        project.getMetadata().setUid(uid);
        return NamespacePlan.namespace(project, TestData.SETTINGS);
    }

    private static String reason(Namespace namespace) {
        var project = TestData.project("oncology");
        project.getMetadata().setUid("uid-1");
        return NamespaceOwner.accept(project, namespace).reason();
    }
}
