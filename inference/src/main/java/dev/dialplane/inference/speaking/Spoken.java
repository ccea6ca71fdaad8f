package dev.dialplane.inference.speaking;

import java.util.List;

/**
 * How a piece was spoken.
 *
 * @param spans in order; empty if the voice cannot tell
 * @param cached nothing of it had to be computed
 */
public record Spoken(List<Span> spans, int queueMs, int computeMs, boolean cached) {
    /**
     * Samples that speak characters.
     *
     * @param textStart UTF-16 code units of the piece's text, inclusive
     * @param textEnd exclusive
     * @param sampleStart within the piece, inclusive
     * @param sampleEnd exclusive
     */
    public record Span(int textStart, int textEnd, int sampleStart, int sampleEnd) {
        /** The same span further on. */
        public Span shifted(int characters, int samples) {
            return new Span(textStart + characters, textEnd + characters, sampleStart + samples, sampleEnd + samples);
        }
    }
}
