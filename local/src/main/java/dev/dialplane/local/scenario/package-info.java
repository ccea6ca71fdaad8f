/** Conversations written down as scenarios, which are played in virtual time by tests and for real by {@code ./run}. */
@org.jspecify.annotations.NullMarked
package dev.dialplane.local.scenario;
