package dev.cloister.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LoopHealthTest {

    private Instant now = TestData.NOW;
    private final LoopHealth loop = new LoopHealth(() -> now);

    @Test
    void whatComesBackIsAlive() {
        loop.reconciliationSubmitted(TestData.project("oncology"), null, Map.of());
        loop.reconciliationFinished(TestData.project("oncology"), null, Map.of());
        now = now.plus(LoopHealth.PATIENCE).plusMillis(1);
        assertEquals(Optional.empty(), loop.stuck());
    }

    @Test
    void whatDoesNotComeBackIsStuckAndStaysSoHoweverOftenItIsSubmitted() {
        loop.reconciliationSubmitted(TestData.project("oncology"), null, Map.of());
        now = now.plus(LoopHealth.PATIENCE);
        assertEquals(Optional.empty(), loop.stuck());
        loop.reconciliationSubmitted(TestData.project("oncology"), null, Map.of());
        now = now.plusMillis(1);
        assertTrue(loop.stuck().orElseThrow().contains("ResearchProject oncology"));
    }
}
