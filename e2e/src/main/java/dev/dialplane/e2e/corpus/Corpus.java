package dev.dialplane.e2e.corpus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * The recordings of the two corpora, µ-law at 8 kHz over a line's noise, and what a recognizer makes of them. Every second
 * one is held out: nothing was tuned by it.
 */
public final class Corpus {
    /** What the caller does while the agent speaks. */
    public enum Kind {
        /** Means to say something. */
        words,
        /** Says that they listen: "mm-hmm". */
        listening,
        cough,
        noise,
        /** The agent's own voice, as it comes back from the far end. */
        echo
    }

    /**
     * A transcript of a recording's beginning.
     *
     * @param untilMs how much of it was heard
     * @param tookMs the recognizer's time for it
     */
    public record Transcript(int untilMs, int tookMs, String text) {}

    /**
     * What an end-of-turn model makes of a recording's beginning.
     *
     * @param untilMs where the speech in it ends
     * @param tookMs the model's time for it
     * @param finished how likely it is that the speaker has finished, 0 to 1
     */
    public record Prediction(int untilMs, int tookMs, double finished) {}

    /**
     * A stretch of silence.
     *
     * @param startMs in the recording
     * @param lengthMs its length
     */
    public record Gap(int startMs, int lengthMs) {}

    /**
     * What a caller does while the agent speaks.
     *
     * @param source where it comes from, or how it was made
     */
    public record Moment(Kind kind, String source, byte[] audio, boolean heldOut, List<Transcript> transcripts) {}

    /**
     * What a caller says as one turn.
     *
     * @param pauses within it
     */
    public record Turn(
            String source,
            byte[] audio,
            List<Gap> pauses,
            boolean heldOut,
            List<Transcript> transcripts,
            List<Prediction> predictions) {
        /** How long it is. */
        public int millis() {
            return audio.length / 8;
        }
    }

    private final Path directory;

    /** The corpora of a directory. */
    public Corpus(Path directory) {
        this.directory = directory;
    }

    /** What callers do while the agent speaks. */
    public List<Moment> moments() throws IOException {
        byte[] audio = Files.readAllBytes(directory.resolve("interruptions.ulaw"));
        List<List<Transcript>> transcripts = transcripts("interruptions");
        List<Moment> moments = new ArrayList<>();
        for (String[] row : rows(directory.resolve("interruptions.tsv"))) {
            int from = Integer.parseInt(row[2]);
            int number = moments.size();
            moments.add(new Moment(
                    Kind.valueOf(row[0]),
                    row[1],
                    Arrays.copyOfRange(audio, from, from + Integer.parseInt(row[3])),
                    number % 2 == 1,
                    of(transcripts, number)));
        }
        return moments;
    }

    /** What callers say, with pauses. */
    public List<Turn> turns() throws IOException {
        byte[] audio = Files.readAllBytes(directory.resolve("turns.ulaw"));
        List<List<Transcript>> transcripts = transcripts("turns");
        List<List<Prediction>> predictions = sidecar(
                "turns.predictions.tsv",
                row -> new Prediction(Integer.parseInt(row[1]), Integer.parseInt(row[2]), Double.parseDouble(row[3])));
        List<Turn> turns = new ArrayList<>();
        for (String[] row : rows(directory.resolve("turns.tsv"))) {
            int from = Integer.parseInt(row[1]);
            List<Gap> pauses = new ArrayList<>();
            for (String gap : row.length < 4 || row[3].isEmpty() ? new String[0] : row[3].split(",")) {
                String[] parts = gap.split("\\+");
                pauses.add(new Gap(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])));
            }
            int number = turns.size();
            turns.add(new Turn(
                    row[0],
                    Arrays.copyOfRange(audio, from, from + Integer.parseInt(row[2])),
                    pauses,
                    number % 2 == 1,
                    of(transcripts, number),
                    of(predictions, number)));
        }
        return turns;
    }

    private static <T> List<T> of(List<List<T>> all, int number) {
        return number < all.size() ? all.get(number) : List.of();
    }

    private List<List<Transcript>> transcripts(String name) throws IOException {
        return sidecar(
                name + ".transcripts.tsv",
                row -> new Transcript(
                        Integer.parseInt(row[1]), Integer.parseInt(row[2]), row.length > 3 ? row[3] : ""));
    }

    private <T> List<List<T>> sidecar(String name, Function<String[], T> read) throws IOException {
        Path file = directory.resolve(name);
        List<List<T>> all = new ArrayList<>();
        if (!Files.exists(file)) {
            return all;
        }
        for (String[] row : rows(file)) {
            int number = Integer.parseInt(row[0]);
            while (all.size() <= number) {
                all.add(new ArrayList<>());
            }
            all.get(number).add(read.apply(row));
        }
        return all;
    }

    /** Writes what a recognizer made of each recording. */
    void write(String name, List<List<Transcript>> transcripts) throws IOException {
        write(
                name + ".transcripts.tsv",
                "transcript",
                transcripts,
                transcript -> "%d\t%d\t%s"
                        .formatted(
                                transcript.untilMs(),
                                transcript.tookMs(),
                                transcript.text().replaceAll("\\s+", " ")));
    }

    /** Writes what an end-of-turn model made of each turn. */
    void writePredictions(List<List<Prediction>> predictions) throws IOException {
        write(
                "turns.predictions.tsv",
                "finished",
                predictions,
                prediction -> String.format(
                        Locale.ROOT, "%d\t%d\t%.3f", prediction.untilMs(), prediction.tookMs(), prediction.finished()));
    }

    private <T> void write(String file, String what, List<List<T>> rows, Function<T, String> line) throws IOException {
        StringBuilder text = new StringBuilder("# recording\tuntil ms\ttook ms\t" + what + "\n");
        for (int number = 0; number < rows.size(); number++) {
            for (T row : rows.get(number)) {
                text.append(number).append('\t').append(line.apply(row)).append('\n');
            }
        }
        Files.writeString(directory.resolve(file), text);
    }

    private static List<String[]> rows(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("\t", -1))
                .toList();
    }
}
