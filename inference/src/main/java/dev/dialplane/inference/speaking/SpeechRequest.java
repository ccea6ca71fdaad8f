package dev.dialplane.inference.speaking;

import dev.dialplane.inference.queue.Urgency;

/**
 * A piece of text to be spoken.
 *
 * @param callId shares its place in queues with the call's other requests
 * @param before what the same reply said before this piece; empty for its first
 * @param text a clause or more
 * @param urgency what waits for it
 */
public record SpeechRequest(String callId, String before, String text, Urgency urgency) {}
