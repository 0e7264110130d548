/**
 * The API of Cloister: the Five Safes as Kubernetes resources, group {@value dev.cloister.api.Api#GROUP}.
 *
 * <p>These are plain classes with public fields: they carry the schema (descriptions, limits, rules), nothing else. What
 * a field means is said once, in its {@code @JsonPropertyDescription}, because that is what {@code kubectl explain} shows.
 * Instants are RFC 3339 strings at this edge; the pure core works on {@link java.time.Instant}.
 */
package dev.cloister.api;
