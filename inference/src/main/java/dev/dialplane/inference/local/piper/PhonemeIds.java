package dev.dialplane.inference.local.piper;

import com.fasterxml.jackson.databind.JsonNode;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Phonemes as the numbers that a Piper voice was trained with: begin, pad, each phoneme followed by pad, end. */
final class PhonemeIds {
    private static final String PAD = "_";
    private static final String BEGIN = "^";
    private static final String END = "$";

    private final Map<String, Long> ids;

    private PhonemeIds(Map<String, Long> ids) {
        this.ids = ids;
    }

    /** From a voice's {@code phoneme_id_map}. */
    static PhonemeIds of(JsonNode map) {
        Map<String, Long> ids = new HashMap<>();
        map.properties()
                .forEach(entry ->
                        ids.put(entry.getKey(), entry.getValue().path(0).asLong()));
        return new PhonemeIds(ids);
    }

    /**
     * The input for a clause.
     *
     * @param phonemes IPA; what the voice does not know is left out
     * @param mark the punctuation that ends the clause and shapes its melody, which espeak-ng drops
     */
    long[] of(String phonemes, char mark) {
        String text = Normalizer.normalize(phonemes + mark, Normalizer.Form.NFD);
        long[] input = new long[2 * text.length() + 3];
        int count = 0;
        input[count++] = id(BEGIN);
        input[count++] = id(PAD);
        for (int i = 0; i < text.length(); i++) {
            Long id = ids.get(String.valueOf(text.charAt(i)));
            if (id != null) {
                input[count++] = id;
                input[count++] = id(PAD);
            }
        }
        input[count++] = id(END);
        return Arrays.copyOf(input, count);
    }

    private long id(String symbol) {
        Long id = ids.get(symbol);
        if (id == null) {
            throw new IllegalArgumentException("phoneme_id_map has no " + symbol);
        }
        return id;
    }
}
