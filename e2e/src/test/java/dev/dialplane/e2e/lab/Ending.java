package dev.dialplane.e2e.lab;

import dev.dialplane.agent.rehearsal.ScriptedModels.Reply;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.agent.testing.TestGateway;
import dev.dialplane.agent.testing.TestGateway.Received;
import dev.dialplane.contracts.agent.v1.ConverseResponse.MessageCase;
import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.e2e.corpus.Corpus.Gap;
import dev.dialplane.e2e.corpus.Corpus.Prediction;
import dev.dialplane.e2e.corpus.Corpus.Transcript;
import dev.dialplane.e2e.corpus.Corpus.Turn;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What became of a recorded turn.
 *
 * @param cutOff in how many of its pauses the agent began to reply
 * @param waitMs from the end of the turn to the reply that follows it; {@link #ANSWERED_WITHIN_MS} if none does
 */
record Ending(Turn turn, int cutOff, long waitMs) {
    private static final int ANSWERED_WITHIN_MS = 8000;
    /** Shorter ones are breaths. */
    private static final int COUNTED_PAUSE_MS = 350;
    /** By so much the detector may be behind the end of speech. */
    private static final int ASKED_WITHIN_MS = 250;

    /** How a turn came to be. */
    enum Spoken {
        PARTS("each part spoken alone (flite)"),
        WHOLE("spoken whole (Kokoro)"),
        PEOPLE("recorded");

        private final String label;

        Spoken(String label) {
            this.label = label;
        }

        /** As the page calls it. */
        String label() {
            return label;
        }

        boolean includes(Turn turn) {
            return this == of(turn.source());
        }

        private static Spoken of(String source) {
            if (source.startsWith("kokoro/")) {
                return WHOLE;
            }
            return source.contains(":") ? PARTS : PEOPLE;
        }
    }

    /** Plays a turn; what the models make of it is what was recorded. */
    static Ending of(Turn turn, boolean withModel) {
        try (TestBench bench = new TestBench()) {
            long[] began = {0};
            AgentSpec.Builder spec = TestBench.spec();
            if (withModel) {
                spec.getPipelineBuilder()
                        .setEndOfTurn(ModelRef.newBuilder().setProvider("local").setModel("smart-turn-v3"));
            }
            bench.models.predictMillis = (long) turn.predictions().stream()
                    .mapToInt(Prediction::tookMs)
                    .average()
                    .orElse(100);
            bench.models.replies = _ -> Reply.of("I see.");
            bench.models.transcriptMillis = (long) turn.transcripts().stream()
                    .mapToInt(Transcript::tookMs)
                    .average()
                    .orElse(60);
            bench.models.hear((from, until) -> heard(turn, from - began[0], until - began[0]));
            TestGateway gateway = bench.with(spec).prepared().call();
            bench.models.endings = _ -> predicted(turn, gateway.nowMs() - began[0]);
            bench.until("greeting", 8000, () -> gateway.agentTurns().size() == 1);
            bench.time.advance(500);
            began[0] = gateway.nowMs();
            gateway.say(Speech.followed(turn.audio()));
            long ends = began[0] + turn.millis();
            bench.time.advance(turn.millis() + ANSWERED_WITHIN_MS);

            int cut = 0;
            for (Gap pause : counted(turn).toList()) {
                long from = began[0] + pause.startMs();
                cut += replies(gateway).stream().anyMatch(at -> at >= from && at < from + pause.lengthMs()) ? 1 : 0;
            }
            long wait = replies(gateway).stream()
                    .filter(at -> at >= ends)
                    .findFirst()
                    .map(at -> at - ends)
                    .orElse((long) ANSWERED_WITHIN_MS);
            return new Ending(turn, cut, wait);
        }
    }

    /** What the recognizer made of a turn up to the pause, or the end, that an utterance was heard to. */
    private static String heard(Turn turn, long fromMs, long untilMs) {
        Transcript newest = null;
        Transcript before = null;
        for (Transcript transcript : turn.transcripts()) {
            if (transcript.untilMs() <= untilMs + 50) {
                newest = transcript;
            }
            if (transcript.untilMs() <= fromMs) {
                before = transcript;
            }
        }
        if (newest == null) {
            return "";
        }
        // After it was cut off, what follows is another utterance.
        return before != null && newest.text().startsWith(before.text())
                ? newest.text().substring(before.text().length())
                : newest.text();
    }

    /** What the model made of the silence that it is asked about at a moment of a turn; NaN if that was too short to count. */
    private static double predicted(Turn turn, long askedMs) {
        return turn.predictions().stream()
                .filter(one -> one.untilMs() <= askedMs && askedMs <= one.untilMs() + ASKED_WITHIN_MS)
                .mapToDouble(Prediction::finished)
                .reduce((_, newest) -> newest)
                .orElse(Double.NaN);
    }

    private static List<Long> replies(TestGateway gateway) {
        return gateway.all(MessageCase.TURN_EVENT).stream()
                .filter(one ->
                        one.message().getTurnEvent().getAgentSpeechStarted().getAnswersTurn() > 0)
                .map(Received::atMs)
                .toList();
    }

    static List<Ending> which(List<Ending> all, Predicate<Ending> which) {
        return all.stream().filter(which).toList();
    }

    /** How many of their pauses count. */
    static int pauses(List<Ending> endings) {
        return endings.stream()
                .mapToInt(ending -> (int) counted(ending.turn).count())
                .sum();
    }

    private static Stream<Gap> counted(Turn turn) {
        return turn.pauses().stream().filter(pause -> pause.lengthMs() >= COUNTED_PAUSE_MS);
    }

    /** The share of them that was cut off. */
    static double cutOff(List<Ending> endings) {
        return endings.stream().mapToInt(Ending::cutOff).sum() / (double) Math.max(1, pauses(endings));
    }
}
