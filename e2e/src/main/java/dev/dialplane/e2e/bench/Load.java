package dev.dialplane.e2e.bench;

/**
 * How much goes on in a run.
 *
 * @param agents over all namespaces
 * @param namespaces at least
 * @param gateways how many
 * @param rate calls per second
 * @param holdSeconds how long a call lasts on average
 * @param minutes how long calls come
 * @param formerSessions ended sessions that are there before the first call
 */
record Load(
        int agents,
        int namespaces,
        int gateways,
        double rate,
        double holdSeconds,
        double minutes,
        int formerSessions) {}
