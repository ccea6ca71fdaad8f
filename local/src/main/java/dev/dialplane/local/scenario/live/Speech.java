package dev.dialplane.local.scenario.live;

import dev.dialplane.local.caller.speech.CallerScript;
import dev.dialplane.local.caller.speech.Mouth;
import dev.dialplane.local.caller.speech.Span;
import dev.dialplane.local.caller.speech.Utterance;
import dev.dialplane.local.scenario.Scenario.Caller;
import dev.dialplane.local.scenario.Scenario.Part;
import dev.dialplane.local.scenario.Scenario.Pause;
import dev.dialplane.local.scenario.Scenario.Sound;
import dev.dialplane.local.scenario.Scenario.Words;
import dev.dialplane.local.scenario.live.ModelScript.SpokenWords;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a scenario's caller does as audio: recorded speech of the sample caller, as long as the words take or the sound lasts,
 * because nobody here can say any words. Which words they are only the models' script knows.
 *
 * @param utterance the audio, which begins and ends with speech
 * @param words its words; ms since its beginning
 */
record Speech(Utterance utterance, List<SpokenWords> words) {
    /** As long as in the lab. */
    static final int WORD_MS = 330;

    private static final int A_MS = Mouth.RATE / 1000;
    /** Pieces shorter than this are breaths. */
    private static final int SHORTEST_PIECE = 200 * A_MS;

    private static final List<short[]> PIECES = pieces();

    private static List<short[]> pieces() {
        List<short[]> pieces = new ArrayList<>();
        for (Utterance said : CallerScript.receptionist().utterances()) {
            for (Span span : said.speech()) {
                if (span.length() >= SHORTEST_PIECE) {
                    pieces.add(Arrays.copyOfRange(said.samples(), span.start(), span.end()));
                }
            }
        }
        return List.copyOf(pieces);
    }

    /** Of one step; steps of other numbers sound differently. */
    static Speech of(Caller caller, int number) {
        List<short[]> parts = new ArrayList<>();
        List<Span> speech = new ArrayList<>();
        List<SpokenWords> words = new ArrayList<>();
        int at = 0;
        for (Part part : caller.parts()) {
            short[] samples = switch (part) {
                case Words(String text) -> {
                    words.add(new SpokenWords(at / A_MS, text));
                    yield voice(number, WORD_MS * text.split(" ").length);
                }
                case Sound(int lasts) -> voice(number, lasts);
                case Pause(int lasts) -> new short[lasts * A_MS];
            };
            if (!(part instanceof Pause)) {
                speech.add(new Span(at, at + samples.length));
            }
            parts.add(samples);
            at += samples.length;
        }
        short[] all = new short[at];
        int to = 0;
        for (short[] samples : parts) {
            System.arraycopy(samples, 0, all, to, samples.length);
            to += samples.length;
        }
        String text = words.stream().map(SpokenWords::text).collect(Collectors.joining(" "));
        Utterance utterance =
                new Utterance(all, speech, caller.counts() ? text : null, new Utterance.AfterReply(caller.after()));
        return new Speech(utterance, words);
    }

    /** So many ms of speech without a pause. */
    private static short[] voice(int number, int millis) {
        short[] voice = new short[millis * A_MS];
        int filled = 0;
        for (int next = number; filled < voice.length; next++) {
            short[] piece = PIECES.get(next % PIECES.size());
            int count = Math.min(piece.length, voice.length - filled);
            System.arraycopy(piece, 0, voice, filled, count);
            filled += count;
        }
        return voice;
    }

    /** Its words when its first sample is that of a moment of the call. */
    List<SpokenWords> at(long startSample) {
        return words.stream()
                .map(one -> new SpokenWords(startSample / A_MS + one.atMs(), one.text()))
                .toList();
    }
}
