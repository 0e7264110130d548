package dev.cloister.operator.kube;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** When to look again: at the next instant that matters, and in any case after about six hours. */
public final class Schedule {

    private static final Duration FAILSAFE = Duration.ofHours(6);

    private Schedule() {}

    /**
     * The delay until the earliest of the instants.
     *
     * @return at least one millisecond, at most six hours with a tenth of jitter, so that a thousand projects that were made
     *     together do not wake together
     */
    public static Duration until(Instant now, RandomGenerator random, Stream<Optional<Instant>> instants) {
        var jitter = FAILSAFE.dividedBy(10).multipliedBy(random.nextInt(1000)).dividedBy(1000);
        var failsafe = FAILSAFE.minus(jitter);
        return instants.flatMap(Optional::stream)
                .map(instant -> Duration.between(now, instant))
                .map(delay -> delay.isPositive() ? delay.plusMillis(1) : Duration.ofMillis(1))
                .filter(delay -> delay.compareTo(failsafe) < 0)
                .min(Duration::compareTo)
                .orElse(failsafe);
    }
}
