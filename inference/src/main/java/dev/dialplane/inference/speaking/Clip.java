package dev.dialplane.inference.speaking;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Speech, and which of its samples speak which characters of its text.
 *
 * @param samples shared, never changed
 * @param spans in order, one a word
 */
@SuppressWarnings("ArrayRecordComponent")
public record Clip(String text, short[] samples, List<Spoken.Span> spans) {
    /** Bytes that it takes in memory, about. */
    public long bytes() {
        return 2L * samples.length + 2L * text.length() + 40L * spans.size() + 100;
    }

    /**
     * The words from {@code first} to before {@code end}, cut where the words meet; the first and last words take what is
     * before and after them along, so that slices that meet make up the whole.
     *
     * @param text of the slice, whose words they are
     */
    public Clip slice(String text, int first, int end) {
        int from = first == 0 ? 0 : spans.get(first).sampleStart();
        int to = end == spans.size() ? samples.length : spans.get(end).sampleStart();
        int textStart = spans.get(first).textStart();
        List<Spoken.Span> moved = new ArrayList<>();
        for (Spoken.Span span : spans.subList(first, end)) {
            moved.add(new Spoken.Span(
                    span.textStart() - textStart,
                    span.textEnd() - textStart,
                    Math.max(0, span.sampleStart() - from),
                    Math.min(to, span.sampleEnd()) - from));
        }
        return new Clip(text, Arrays.copyOfRange(samples, from, to), List.copyOf(moved));
    }
}
