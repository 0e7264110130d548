package dev.cloister.access;

import java.time.Instant;

/**
 * A span of time that holds its start but not its end: {@code from <= now < until}. Two windows that touch neither overlap
 * nor leave a gap. An end at or before the start holds no instant at all.
 *
 * @param from the first instant inside
 * @param until the first instant after
 */
public record Window(Instant from, Instant until) {

    /** Whether the window holds that instant. */
    public boolean holds(Instant now) {
        return !now.isBefore(from) && now.isBefore(until);
    }

    /** The same window, ending no later than {@code end}. */
    public Window endingBy(Instant end) {
        return end.isBefore(until) ? new Window(from, end) : this;
    }
}
