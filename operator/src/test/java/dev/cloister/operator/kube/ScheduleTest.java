package dev.cloister.operator.kube;

import static dev.cloister.operator.TestData.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    @Test
    void theEarliestInstantWinsAndIsNotMissedByAFraction() {
        assertEquals(Duration.ofMinutes(5).plusMillis(1), until(NOW.plusSeconds(600), null, NOW.plusSeconds(300)));
    }

    @Test
    void whatIsDueIsDoneAtOnce() {
        assertEquals(Duration.ofMillis(1), until(NOW));
        assertEquals(Duration.ofMillis(1), until(NOW.minusSeconds(5)));
    }

    @Test
    void nothingDueMeansAboutSixHoursAndNotAllTogether() {
        var one = Schedule.until(NOW, new Random(1), Stream.empty());
        var other = Schedule.until(NOW, new Random(2), Stream.empty());
        assertNotEquals(one, other);
        for (var delay : new Duration[] {one, other, until(Instant.MAX.minusSeconds(1))}) {
            assertTrue(delay.compareTo(Duration.ofHours(6)) <= 0 && delay.compareTo(Duration.ofHours(5)) > 0);
        }
    }

    private static Duration until(Instant... instants) {
        return Schedule.until(NOW, new Random(1), Stream.of(instants).map(Optional::ofNullable));
    }
}
