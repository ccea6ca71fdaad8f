package dev.dialplane.inference.local.sentence;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * BERT's uncased word pieces: words and punctuation apart, accents dropped, and each word cut into the longest pieces that
 * the vocabulary has, from its start on.
 */
final class WordPieces {
    private static final String UNKNOWN = "[UNK]";
    private static final String CONTINUED = "##";
    private static final int MAX_WORD = 100;

    private final Map<String, Integer> vocabulary;
    private final int begin;
    private final int end;
    private final int unknown;

    private WordPieces(Map<String, Integer> vocabulary) {
        this.vocabulary = vocabulary;
        begin = vocabulary.getOrDefault("[CLS]", 101);
        end = vocabulary.getOrDefault("[SEP]", 102);
        unknown = vocabulary.getOrDefault(UNKNOWN, 100);
    }

    /** From a {@code tokenizer.json} as the tokenizers library writes it. */
    static WordPieces read(InputStream tokenizer) throws IOException {
        JsonNode words = new JsonMapper().readTree(tokenizer).path("model").path("vocab");
        Map<String, Integer> vocabulary = new HashMap<>();
        words.properties()
                .forEach(
                        entry -> vocabulary.put(entry.getKey(), entry.getValue().asInt()));
        if (vocabulary.isEmpty()) {
            throw new IOException("the tokenizer has no model.vocab");
        }
        return new WordPieces(vocabulary);
    }

    /** The ids of a text between its begin and end marks, {@code most} of them at most. */
    long[] ids(String text, int most) {
        List<Integer> ids = new ArrayList<>();
        ids.add(begin);
        for (String word : words(text)) {
            pieces(word, ids);
        }
        int count = Math.min(ids.size(), most - 1);
        long[] input = new long[count + 1];
        for (int i = 0; i < count; i++) {
            input[i] = ids.get(i);
        }
        input[count] = end;
        return input;
    }

    private static List<String> words(String text) {
        String plain = Normalizer.normalize(text.toLowerCase(java.util.Locale.ROOT), Normalizer.Form.NFD);
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        plain.codePoints().forEach(c -> {
            if (Character.getType(c) == Character.NON_SPACING_MARK) {
                return;
            }
            if (Character.isWhitespace(c) || Character.isISOControl(c)) {
                flush(word, words);
            } else if (Character.isLetterOrDigit(c)) {
                word.appendCodePoint(c);
            } else {
                flush(word, words);
                words.add(Character.toString(c));
            }
        });
        flush(word, words);
        return words;
    }

    private static void flush(StringBuilder word, List<String> words) {
        if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }

    private void pieces(String word, List<Integer> ids) {
        int first = ids.size();
        int start = 0;
        while (start < word.length() && word.length() <= MAX_WORD) {
            int stop = word.length();
            Integer id = null;
            while (stop > start && id == null) {
                id = vocabulary.get((start == 0 ? "" : CONTINUED) + word.substring(start, stop));
                stop = id == null ? stop - 1 : stop;
            }
            if (id == null) {
                break;
            }
            ids.add(id);
            start = stop;
        }
        if (start < word.length()) {
            ids.subList(first, ids.size()).clear();
            ids.add(unknown);
        }
    }
}
