package dev.dialplane.agent.speaking;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One thing that the agent says: its text, its audio in the carrier's codec as far as there is any, and how far of it the
 * caller heard. Positions are samples of that audio.
 */
public final class Speech {
    /** Samples that speak characters of a piece's text, both half-open. */
    public record Span(int textStart, int textEnd, int sampleStart, int sampleEnd) {}

    /** A speech's text, parted at what the caller heard. */
    public record Parted(String heard, String notHeard) {}

    /** How fast a voice speaks that has not told: characters a second. */
    private static final int CHARACTERS_A_SECOND = 15;

    private final int rate;
    private final int bytesPerSample;
    private final List<Piece> pieces = new ArrayList<>();
    private byte[] audio = new byte[4096];
    private int samples;
    private boolean complete;
    private int heard;

    /** A speech that has no text and no audio yet. */
    public Speech(int rate, int bytesPerSample) {
        this.rate = rate;
        this.bytesPerSample = bytesPerSample;
    }

    /** What the agent does without words and the gateway makes the sound of: it lasts so many samples, of which none is here. */
    public static Speech madeElsewhere(String text, int rate, int bytesPerSample, int samples) {
        Speech speech = new Speech(rate, bytesPerSample);
        speech.text(text);
        speech.pieceBegins(0);
        speech.samples = samples;
        speech.pieceEnds(0, List.of());
        speech.complete();
        return speech;
    }

    /** A clause that is to be spoken after those before it; its audio may come later. */
    public void text(String clause) {
        pieces.add(new Piece(clause));
    }

    /** The audio that follows is of clause number {@code piece}, from 0. */
    public void pieceBegins(int piece) {
        Piece begun = piece(piece);
        if (begun.start < 0) {
            begun.start = samples;
        }
    }

    /**
     * All audio of a clause is there; {@code spans} tell where its words are, and may be empty; those that
     * lie outside the text are not believed.
     */
    public void pieceEnds(int piece, List<Span> spans) {
        Piece ended = piece(piece);
        if (ended.start < 0) {
            ended.start = samples;
        }
        ended.end = samples;
        // A voice's mistake here must not end a call.
        ended.spans = spans.stream()
                .map(span -> new Span(
                        span.textStart(),
                        Math.min(span.textEnd(), ended.text.length()),
                        span.sampleStart(),
                        span.sampleEnd()))
                .filter(span -> span.textStart() >= 0
                        && span.textStart() <= span.textEnd()
                        && span.sampleStart() <= span.sampleEnd())
                .toList();
    }

    /** More audio, in the carrier's codec. */
    public void append(byte[] coded, int offset, int length) {
        int from = samples * bytesPerSample;
        if (from + length > audio.length) {
            audio = Arrays.copyOf(audio, Math.max(audio.length * 2, from + length));
        }
        System.arraycopy(coded, offset, audio, from, length);
        samples += length / bytesPerSample;
    }

    /** Nothing more will come. */
    public void complete() {
        complete = true;
    }

    /** Whether all its audio is there. */
    public boolean isComplete() {
        return complete;
    }

    /** How much audio there is. */
    public int samples() {
        return samples;
    }

    /** The array that holds the audio, from its start on; not to be changed. */
    byte[] audio() {
        return audio;
    }

    /** The audio that there is. */
    byte[] copy() {
        return Arrays.copyOf(audio, samples * bytesPerSample);
    }

    /** How many samples the caller heard. */
    public int heard() {
        return heard;
    }

    /** Sets how many samples the caller heard, at most those that there are. */
    void heard(int samplesHeard) {
        heard = Math.clamp(samplesHeard, 0, samples);
    }

    /** The whole text. */
    public String text() {
        return joined(pieces.stream().map(piece -> piece.text).toList());
    }

    /** How many clauses there are. */
    public int pieces() {
        return pieces.size();
    }

    /** Whether every clause has all its audio. */
    public boolean allSpoken() {
        return pieces.stream().allMatch(piece -> piece.end >= 0);
    }

    /** The text, parted after the last word that the caller heard to its end. */
    public Parted parted() {
        List<String> before = new ArrayList<>();
        List<String> after = new ArrayList<>();
        for (Piece piece : pieces) {
            int cut = wordCut(piece.text, charactersHeard(piece));
            before.add(piece.text.substring(0, cut).strip());
            after.add(piece.text.substring(cut).strip());
        }
        return new Parted(joined(before), joined(after));
    }

    /**
     * Where to go on after a pause at {@code sample}: the start of the word that was cut, or 300 ms before where the voice
     * does not tell its words.
     */
    public int resumeAt(int sample) {
        for (Piece piece : pieces) {
            if (piece.start < 0 || sample < piece.start || piece.end >= 0 && sample >= piece.end) {
                continue;
            }
            int within = sample - piece.start;
            int word = -1;
            for (Span span : piece.spans) {
                if (span.sampleStart() <= within && isWord(piece.text, span)) {
                    word = span.sampleStart();
                }
            }
            if (word >= 0) {
                return piece.start + word;
            }
            return Math.max(piece.start, sample - 3 * rate / 10);
        }
        return Math.min(sample, samples);
    }

    /** A span of a whole clause tells no word. */
    private static boolean isWord(String text, Span span) {
        return text.substring(span.textStart(), span.textEnd()).strip().indexOf(' ') < 0;
    }

    private int charactersHeard(Piece piece) {
        if (piece.end >= 0 && heard >= piece.end && heard > 0) {
            return piece.text.length();
        }
        if (piece.start < 0 || heard <= piece.start) {
            return 0;
        }
        int within = heard - piece.start;
        if (!piece.spans.isEmpty()) {
            int characters = 0;
            for (Span span : piece.spans) {
                if (span.sampleEnd() <= within) {
                    characters = Math.max(characters, span.textEnd());
                } else if (span.sampleStart() < within) {
                    double share = (double) (within - span.sampleStart()) / (span.sampleEnd() - span.sampleStart());
                    characters = Math.max(
                            characters, (int) (span.textStart() + share * (span.textEnd() - span.textStart())));
                }
            }
            return Math.min(characters, piece.text.length());
        }
        double length = piece.end >= 0
                ? piece.end - piece.start
                : Math.max(samples - piece.start, (double) piece.text.length() * rate / CHARACTERS_A_SECOND);
        return (int) Math.min(piece.text.length(), piece.text.length() * within / length);
    }

    /** The end of the last word that ends at or before {@code characters}. */
    private static int wordCut(String text, int characters) {
        if (characters >= text.length()) {
            return text.length();
        }
        int cut = characters;
        while (cut > 0
                && !(Character.isWhitespace(text.charAt(cut)) && !Character.isWhitespace(text.charAt(cut - 1)))) {
            cut--;
        }
        return cut;
    }

    private static String joined(List<String> parts) {
        return String.join(" ", parts.stream().filter(part -> !part.isEmpty()).toList());
    }

    private Piece piece(int number) {
        if (number < 0 || number >= pieces.size()) {
            throw new IllegalArgumentException("piece is " + number + ", there are " + pieces.size());
        }
        return pieces.get(number);
    }

    private static final class Piece {
        final String text;
        int start = -1;
        int end = -1;
        List<Span> spans = List.of();

        Piece(String text) {
            this.text = text;
        }
    }
}
