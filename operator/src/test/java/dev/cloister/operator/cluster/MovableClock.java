package dev.cloister.operator.cluster;

import java.time.Instant;
import java.time.InstantSource;

/** A clock that tests move. */
final class MovableClock implements InstantSource {

    private volatile Instant now;

    MovableClock(Instant now) {
        this.now = now;
    }

    @Override
    public Instant instant() {
        return now;
    }

    void moveTo(Instant instant) {
        now = instant;
    }
}
