package dev.dialplane.local.caller.carrier;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a webhook tells the carrier to do, in order.
 *
 * @param verbs the document's verbs; none means hang up
 */
public record Twiml(List<Verb> verbs) {
    /** One instruction. */
    public sealed interface Verb {}

    /**
     * Stream the call's media both ways until the socket closes; then ask {@code action} what is next, or go on to the
     * next verb.
     *
     * @param action relative to the document's own URL, or null
     * @param url the media socket
     * @param parameters what the start message hands on
     */
    public record Connect(@Nullable String action, String url, Map<String, String> parameters) implements Verb {}

    /** End the call. */
    public record Hangup() implements Verb {}

    /** Do not answer; {@code reason} is {@code rejected} or {@code busy}. */
    public record Reject(String reason) implements Verb {}

    /** Put the caller through to a number. */
    public record Dial(String number) implements Verb {}

    /** Wait. */
    public record Pause(int seconds) implements Verb {}

    /** Go on with another document. */
    public record Redirect(String url) implements Verb {}

    /** Speech or sound of the carrier's own; {@code text} is what is said, or the sound's URL. */
    public record Say(String text) implements Verb {}

    /** Copies the list. */
    public Twiml {
        verbs = List.copyOf(verbs);
    }
}
