/**
 * The pure decision: who may do what until when. No Kubernetes client, no framework and no clock of its own, so that every
 * program of Cloister decides alike, and a table of instants can prove it.
 */
package dev.cloister.access;
