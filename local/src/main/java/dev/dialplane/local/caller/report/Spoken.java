package dev.dialplane.local.caller.report;

import dev.dialplane.local.caller.speech.Mouth;
import dev.dialplane.local.caller.speech.Span;
import dev.dialplane.local.caller.speech.Utterance;
import java.util.List;

/**
 * An utterance as it went out.
 *
 * @param utterance what
 * @param startSample with which sample of the media its first sample went out
 */
public record Spoken(Utterance utterance, long startSample) {
    /** When its speech began, ms since the start message. */
    public double onsetMs() {
        return ms(utterance.onset());
    }

    /** When its speech ended. */
    public double endMs() {
        return ms(utterance.end());
    }

    /** When each stretch of its speech ended. */
    List<Double> ends() {
        return utterance.speech().stream().map(Span::end).map(this::ms).toList();
    }

    private double ms(int offset) {
        return (startSample + offset) * 1000.0 / Mouth.RATE;
    }
}
