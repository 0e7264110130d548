package dev.cloister.operator.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantitiesTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "1.0, 1", "4.05, 4050m", "0.5, 500m", "0.0001, 1m", "10, 10", "0, 0"})
    void coresAreWrittenAsTheApiServerWritesThem(BigDecimal cores, String written) {
        assertEquals(written, Quantities.cpu(cores).toString());
    }

    @ParameterizedTest
    @CsvSource({
        "1Gi, 1Gi",
        "1024Mi, 1Gi",
        "1536Mi, 1536Mi",
        "1.5Gi, 1536Mi",
        "1, 1Mi",
        "1G, 954Mi",
        "2048Gi, 2Ti",
        "0, 0Mi"
    })
    void bytesAreWrittenAsTheApiServerWritesThem(String given, String written) {
        assertEquals(written, Quantities.bytes(new Quantity(given)).toString());
    }
}
