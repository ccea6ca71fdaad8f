package dev.dialplane.e2e.corpus;

import dev.dialplane.e2e.corpus.Corpus.Gap;
import dev.dialplane.e2e.corpus.Corpus.Moment;
import dev.dialplane.e2e.corpus.Corpus.Transcript;
import dev.dialplane.e2e.corpus.Corpus.Turn;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes what inference's local recognizer makes of the corpora's recordings, and how long it takes, beside them: whole
 * recordings, and turns up to each of their pauses, as an agent asks for them.
 */
public final class TranscribeMain {
    private TranscribeMain() {}

    /** @param arguments the corpora's directory, and where inference is, host:port; it must not ask for tokens */
    public static void main(String[] arguments) throws Exception {
        Corpus corpus = new Corpus(Path.of(arguments[0]));
        ManagedChannel channel =
                NettyChannelBuilder.forTarget(arguments[1]).usePlaintext().build();
        try (Recognizer recognizer = new Recognizer(channel)) {
            List<List<Transcript>> moments = new ArrayList<>();
            for (Moment moment : corpus.moments()) {
                moments.add(List.of(recognizer.transcribe(moment.audio(), moment.audio().length / 8)));
            }
            corpus.write("interruptions", moments);
            List<List<Transcript>> turns = new ArrayList<>();
            for (Turn turn : corpus.turns()) {
                List<Transcript> transcripts = new ArrayList<>();
                for (Gap pause : turn.pauses()) {
                    transcripts.add(recognizer.transcribe(turn.audio(), pause.startMs()));
                }
                transcripts.add(recognizer.transcribe(turn.audio(), turn.millis()));
                turns.add(transcripts);
            }
            corpus.write("turns", turns);
        } finally {
            channel.shutdownNow();
        }
    }
}
