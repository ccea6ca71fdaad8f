package dev.dialplane.inference.speaking;

import dev.dialplane.inference.speaking.wording.Figure;
import dev.dialplane.inference.speaking.wording.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;

/**
 * A text as it is read aloud: times, telephone numbers, sums and the like written out word by word, the rest as it is.
 *
 * <p>Each word of the text keeps its place, whatever it is written out as, so that speech can be traced back to the text.
 */
public final class SpokenForm {
    private static final String BEFORE_WORDS = "\"'(“‘";
    private static final String AFTER_WORDS = ".,;:!?\"')”’।";

    private record Word(int start, int end, String spoken) {}

    private final List<Word> words;

    private SpokenForm(List<Word> words) {
        this.words = words;
    }

    /** Writes a text out in the words of its language. */
    public static SpokenForm of(String text, Wording wording) {
        List<Word> words = new ArrayList<>();
        Matcher matcher = Figure.WORD.matcher(text);
        String before = "";
        while (matcher.find()) {
            String word = matcher.group();
            words.add(new Word(matcher.start(), matcher.end(), spoken(word, before, wording)));
            before = stripped(word).toLowerCase(Locale.ROOT);
        }
        return new SpokenForm(words);
    }

    /** What is read aloud. */
    public String text() {
        return String.join(" ", words.stream().map(Word::spoken).toList());
    }

    /**
     * Which samples speak which word, if each sound takes as long as any other.
     *
     * @param phonemes of {@link #text()}, words apart
     */
    public List<Spoken.Span> spans(int samples, String phonemes) {
        double[] weights = weights(phonemes.split("\\s+"));
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        List<Spoken.Span> spans = new ArrayList<>();
        double at = 0;
        for (int i = 0; i < weights.length; i++) {
            double end = at + weights[i];
            Word word = words.get(i);
            spans.add(new Spoken.Span(
                    word.start(), word.end(), (int) (samples * at / total), (int) (samples * end / total)));
            at = end;
        }
        return List.copyOf(spans);
    }

    /** By phonemes where they are one group a spoken word, by letters otherwise. */
    private double[] weights(String[] groups) {
        double[] weights = new double[words.size()];
        int spokenWords =
                words.stream().mapToInt(word -> word.spoken().split(" ").length).sum();
        int next = 0;
        for (int i = 0; i < weights.length; i++) {
            String spoken = words.get(i).spoken();
            int count = spoken.split(" ").length;
            for (int k = 0; k < count && spokenWords == groups.length; k++) {
                weights[i] += groups[next++].length() + 1;
            }
            if (spokenWords != groups.length) {
                weights[i] = spoken.length() + 1;
            }
        }
        return weights;
    }

    private static String spoken(String word, String before, Wording wording) {
        int start = start(word);
        int end = end(word, start);
        String core = word.substring(start, end);
        String said = Figure.read(core, before, wording.locale())
                .flatMap(wording::say)
                .orElse(core);
        if (said.equals(core)) {
            Optional<String> whole = wording.abbreviated(word.substring(start), before);
            if (whole.isPresent()) {
                return word.substring(0, start) + whole.get();
            }
            said = wording.abbreviated(core, before).orElse(core);
        }
        return word.substring(0, start) + said + word.substring(end);
    }

    private static String stripped(String word) {
        int start = start(word);
        return word.substring(start, end(word, start));
    }

    private static int start(String word) {
        int start = 0;
        while (start < word.length() && BEFORE_WORDS.indexOf(word.charAt(start)) >= 0) {
            start++;
        }
        return start;
    }

    private static int end(String word, int start) {
        int end = word.length();
        while (end > start && AFTER_WORDS.indexOf(word.charAt(end - 1)) >= 0) {
            end--;
        }
        return end;
    }
}
