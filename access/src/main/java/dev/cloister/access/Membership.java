package dev.cloister.access;

import java.time.Instant;
import java.util.Optional;

/**
 * One person's place in a project.
 *
 * @param researcher who
 * @param until the end of this membership, or empty when it lasts as long as the approval
 */
public record Membership(String researcher, Optional<Instant> until) {}
