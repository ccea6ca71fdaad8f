package dev.dialplane.gateway.recording;

import java.time.Instant;

/**
 * What a recording is of.
 *
 * @param callId its name
 * @param namespace of the pool
 * @param pool beside whose other recordings it lies
 * @param told a JSON object: what every record of the call says
 * @param consent what the caller said to being recorded
 */
public record Subject(String callId, String namespace, String pool, String told, Consent consent) {
    /**
     * What the caller said, and when.
     *
     * @param verdict as records spell it: Agreed, Declined, Unclear
     * @param by as records spell it: Words, Key; empty where nothing was answered
     * @param asked when the question had been heard to its end
     * @param answered when the answer was taken for the caller's
     */
    public record Consent(String verdict, String by, Instant asked, Instant answered) {}
}
