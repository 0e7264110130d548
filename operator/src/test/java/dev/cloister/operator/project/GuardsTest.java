package dev.cloister.operator.project;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cloister.operator.kube.Applier.Failure;
import dev.cloister.operator.kube.Conditions.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardsTest {

    @Test
    void withoutAFailureTheGuardsAreInPlace() {
        assertTrue(ProjectReconciler.guards(List.of()).isYes());
    }

    @ParameterizedTest(name = "HTTP {0}: {1}")
    @CsvSource({
        "0, Unknown", // no answer at all
        "409, Unknown",
        "429, Unknown",
        "500, Unknown",
        "503, Unknown",
        "400, False",
        "401, False",
        "403, False",
        "422, False",
        "503 403, False" // one that was refused decides
    })
    void aRefusedWriteIsANoAndADelayedOneIsNotKnown(String codes, Status status) {
        var failures = Arrays.stream(codes.split(" "))
                .map(code -> new Failure(
                        "Writing NetworkPolicy default-deny",
                        new KubernetesClientException("no", Integer.parseInt(code), null)))
                .toList();
        assertEquals(status, ProjectReconciler.guards(failures).status());
    }
}
