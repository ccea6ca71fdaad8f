package dev.dialplane.local.caller.speech;

import dev.dialplane.audio.Recording;
import dev.dialplane.audio.Resampler;
import dev.dialplane.audio.WavException;
import dev.dialplane.audio.WavReader;
import dev.dialplane.local.yaml.YamlText.MalformedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * All that a caller says in a call: a recording split at its pauses, and where there is a file of the same name with
 * {@code .yaml}, the texts and the moments.
 *
 * @param utterances in order
 */
public record CallerScript(List<Utterance> utterances) {
    /** A pause of this length or more ends an utterance. */
    public static final int PAUSE_MS = 700;
    /** For how long the agent must be silent after its reply before the caller goes on, unless the file says. */
    public static final int QUIET_MS = 600;

    private static final int MARGIN = Mouth.RATE * 60 / 1000;
    private static final int MAX_SIDECAR_BYTES = 256 << 10;

    /** Copies the list. */
    public CallerScript {
        utterances = List.copyOf(utterances);
    }

    /**
     * Reads a recording and, if it is there, the file that goes with it.
     *
     * @throws IOException if either cannot be read or is not as it should be; the message says what is wrong
     */
    public static CallerScript read(Path wav) throws IOException {
        Path sidecar = wav.resolveSibling(
                wav.getFileName().toString().replaceFirst("\\.[^.]*$", "").concat(".yaml"));
        Recording recording;
        try {
            recording = WavReader.read(wav);
        } catch (WavException e) {
            throw new IOException(wav + ": " + e.getMessage(), e);
        }
        if (!Files.exists(sidecar)) {
            return of(recording, null, wav.toString());
        }
        if (Files.size(sidecar) > MAX_SIDECAR_BYTES) {
            throw new IOException(sidecar + " has " + Files.size(sidecar) + " bytes, allowed are " + MAX_SIDECAR_BYTES);
        }
        try {
            return of(recording, Sidecar.read(Files.readString(sidecar)), wav.toString());
        } catch (MalformedException e) {
            throw new IOException(sidecar + ": " + e.getMessage(), e);
        }
    }

    /** What the sample caller says to the sample receptionist. */
    public static CallerScript receptionist() {
        return resource("receptionist");
    }

    /** Those five of its utterances that the built-in scripted models answer, an interruption among them. */
    public static CallerScript brief() {
        List<Utterance> all = receptionist().utterances();
        return new CallerScript(IntStream.of(0, 5, 6, 7, 8).mapToObj(all::get).toList());
    }

    /** Twelve short utterances by several voices, for measurements. */
    public static CallerScript clips() {
        return resource("clips");
    }

    private static CallerScript resource(String name) {
        try {
            Recording recording = WavReader.read(new ByteArrayInputStream(bytes(name + ".wav")), 4 << 20);
            Sidecar sidecar = Sidecar.read(new String(bytes(name + ".yaml"), StandardCharsets.UTF_8));
            return of(recording, sidecar, name);
        } catch (IOException | MalformedException e) {
            throw new IllegalStateException("the sample " + name + " is broken", e);
        }
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream in = CallerScript.class.getResourceAsStream("/caller/" + name)) {
            if (in == null) {
                throw new IOException("/caller/" + name + " is missing");
            }
            return in.readAllBytes();
        }
    }

    static CallerScript of(Recording recording, @Nullable Sidecar sidecar, String name) throws IOException {
        if (!Resampler.RATES.contains(recording.rate())) {
            throw new IOException(
                    name + " has " + recording.rate() + " samples a second, allowed are " + Resampler.RATES);
        }
        if (recording.format().channels() != 1) {
            throw new IOException(name + " has " + recording.format().channels() + " channels, allowed is one");
        }
        return split(recording.mono(Mouth.RATE), sidecar, name);
    }

    /** Splits samples of 8 kHz at their pauses. */
    static CallerScript split(short[] samples, @Nullable Sidecar sidecar, String name) throws IOException {
        List<Span> parts = SpeechSpans.of(samples, PAUSE_MS);
        if (parts.isEmpty()) {
            throw new IOException(name + " has no speech in it");
        }
        if (sidecar != null && sidecar.lines().size() != parts.size()) {
            throw new IOException(name + " has " + parts.size() + " utterances (parted by pauses of " + PAUSE_MS
                    + " ms and more), but " + sidecar.lines().size() + " are described");
        }
        List<Span> breaths = SpeechSpans.of(samples, 100);
        List<Utterance> utterances = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Span part = parts.get(i);
            int from = Math.max(0, part.start() - MARGIN);
            int to = Math.min(samples.length, part.end() + MARGIN);
            List<Span> speech = breaths.stream()
                    .filter(breath -> breath.start() >= part.start() && breath.end() <= part.end())
                    .map(breath -> breath.shifted(-from))
                    .toList();
            short[] clip = Arrays.copyOfRange(samples, from, to);
            utterances.add(
                    sidecar == null
                            ? new Utterance(clip, speech, null, new Utterance.AfterReply(QUIET_MS))
                            : sidecar.lines().get(i).utterance(clip, speech));
        }
        return new CallerScript(utterances);
    }
}
