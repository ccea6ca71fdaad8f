package dev.dialplane.e2e.lab;

import dev.dialplane.agent.rehearsal.ScriptedModels.Spoken;
import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.local.scenario.Scenario.Part;
import dev.dialplane.local.scenario.Scenario.Pause;
import dev.dialplane.local.scenario.Scenario.Sound;
import dev.dialplane.local.scenario.Scenario.Words;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a caller does as audio: real speech, as long as the words take; which words they are only the script knows.
 *
 * @param audio µ-law at 8 kHz, without silence at its end
 * @param spoken its words; ms since the beginning of the audio
 */
record Speech(byte[] audio, List<Spoken> spoken) {
    private static final int WORD_MS = 330;
    private static final int SHORTEST_MS = 330;
    private static final int LONGEST_CLIP_MS = 7000;
    private static final byte SILENCE = (byte) 0xFF;

    static Speech of(List<Part> parts) {
        ByteArrayOutputStream audio = new ByteArrayOutputStream();
        List<Spoken> spoken = new ArrayList<>();
        for (Part part : parts) {
            int at = audio.size() / 8;
            switch (part) {
                case Words words -> {
                    spoken.add(new Spoken(words.text(), at));
                    int left = Math.max(SHORTEST_MS, WORD_MS * words.text().split(" ").length);
                    while (left > 0) {
                        int clip = Math.min(left, LONGEST_CLIP_MS);
                        audio.writeBytes(Recordings.sentence(clip));
                        left -= clip;
                    }
                }
                case Sound sound -> audio.writeBytes(Recordings.sentence(sound.lasts()));
                case Pause pause -> {
                    byte[] silence = new byte[8 * pause.lasts()];
                    Arrays.fill(silence, SILENCE);
                    audio.writeBytes(silence);
                }
            }
        }
        return new Speech(audio.toByteArray(), spoken);
    }

    /** Recorded audio, and a little of the line's silence after it. */
    static byte[] followed(byte[] audio) {
        byte[] followed = Arrays.copyOf(audio, audio.length + 800);
        Arrays.fill(followed, audio.length, followed.length, SILENCE);
        return followed;
    }

    int millis() {
        return audio.length / 8;
    }

    /** Its words when it begins at a moment of the call. */
    List<Spoken> at(long millis) {
        return spoken.stream()
                .map(one -> new Spoken(one.text(), millis + one.fromMillis()))
                .toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Speech(byte[] theirs, var words)
                && Arrays.equals(audio, theirs)
                && spoken.equals(words);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(audio) + spoken.hashCode();
    }

    @Override
    public String toString() {
        return spoken + " in " + millis() + " ms";
    }
}
