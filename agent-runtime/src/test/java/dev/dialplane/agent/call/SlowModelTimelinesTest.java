package dev.dialplane.agent.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.call.Timeline.Span;
import dev.dialplane.agent.rehearsal.ScriptedModels;
import dev.dialplane.agent.rehearsal.ScriptedModels.Reply;
import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.agent.testing.TestGateway;
import dev.dialplane.contracts.agent.v1.AudioKind;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.inference.v1.InvokeResponse;
import dev.dialplane.contracts.inference.v1.Speaker;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a caller hears while models are slow or broken: each case is judged, and drawn for {@code docs/slow-models.md}. The
 * pictures there must be those that are drawn here; {@code -Ddialplane.draw} draws them anew.
 *
 * <p>The pool's {@code slowModel}: hold phrase after 1.5 s, the model given up after 4 s, the call after 12 s.
 */
class SlowModelTimelinesTest {
    private static final Path PICTURES = Path.of("../docs/slow-models");
    private static final String REPLY = "We are open from nine to six, Monday to Saturday.";

    /**
     * One case.
     *
     * @param lastsMs what is shown, from the caller's words on
     * @param soundWithinMs by when after the caller's last word something must be heard: 1.5 s, and the silence before
     * @param silentAtMostMs the longest silence after that, until the call ends or the reply is over
     * @param ends how the call ends within that time; null if it goes on
     */
    private record Case(
            String name,
            String title,
            Consumer<ScriptedModels> model,
            long lastsMs,
            long soundWithinMs,
            long silentAtMostMs,
            @Nullable Cause ends) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                stall("stalls-1s", "The model stalls for 1 s", 1000, 9000, 1500, 500, null),
                stall("stalls-3s", "The model stalls for 3 s: a hold phrase", 3000, 11_000, 1800, 2000, null),
                stall(
                        "stalls-8s",
                        "The model stalls for 8 s, and there is no fallback: given up after 12 s",
                        8000,
                        20_000,
                        1800,
                        4500,
                        Cause.CAUSE_MODEL_UNAVAILABLE),
                new Case(
                        "stalls-8s-fallback",
                        "The model stalls for 8 s, and has a fallback",
                        models -> {
                            models.firstPieceMillis = 8000;
                            models.fallbackMillis = 100;
                        },
                        12_000,
                        1800,
                        2000,
                        null),
                stall(
                        "stalls-40s",
                        "The model stalls for 40 s, and there is no fallback",
                        40_000,
                        20_000,
                        1800,
                        4500,
                        Cause.CAUSE_MODEL_UNAVAILABLE),
                breaks("one-piece", "The model says one word, and stalls for 3 s: a hold phrase", 3000, 11_000, null),
                breaks(
                        "one-piece-40s",
                        "The model says one word, and stalls for 40 s",
                        40_000,
                        20_000,
                        Cause.CAUSE_MODEL_UNAVAILABLE),
                new Case(
                        "error",
                        "The model fails at once, and serves again after 2 s",
                        models -> models.replyFailure = Status.UNAVAILABLE,
                        11_000,
                        1800,
                        2500,
                        null),
                new Case(
                        "error-in-mid-sentence",
                        "The model fails in mid-sentence: what there is of it is said",
                        models -> {
                            models.betweenPiecesMillis = 80;
                            models.breakAfterPieces = 8;
                            models.breakFailure = Status.UNAVAILABLE;
                        },
                        7000,
                        1500,
                        500,
                        null),
                new Case(
                        "flood",
                        "The model never stops: said as it comes, until the caller speaks",
                        models -> models.replies =
                                _ -> Reply.of((REPLY + " ").repeat(40).strip()),
                        16_000,
                        900,
                        500,
                        null),
                new Case(
                        "tool",
                        "A tool takes 5 s: what the model said before, a hold phrase, the result",
                        models -> {
                            models.toolMillis = 5000;
                            models.tools = _ -> InvokeResponse.newBuilder()
                                    .setOutputJson("{}")
                                    .build();
                            models.replies = request ->
                                    request.getDialogueList().getLast().getSpeaker() == Speaker.SPEAKER_TOOL
                                            ? Reply.of("It ships today.")
                                            : Reply.calling("Let me see.", "orders", "{}");
                        },
                        11_000,
                        900,
                        3000,
                        null));
    }

    private static Case stall(
            String name, String title, long millis, long lasts, long within, long silent, @Nullable Cause ends) {
        return new Case(name, title, models -> models.firstPieceMillis = millis, lasts, within, silent, ends);
    }

    private static Case breaks(String name, String title, long millis, long lasts, @Nullable Cause ends) {
        return new Case(
                name,
                title,
                models -> {
                    models.replies = _ -> Reply.of("Certainly. " + REPLY);
                    models.breakAfterPieces = 1;
                    models.breakMillis = millis;
                },
                lasts,
                900,
                ends == null ? 2000 : 4500,
                ends);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theCallerIsNeverLeftInSilence(Case which) throws IOException {
        try (TestBench bench = new TestBench()) {
            TestGateway gateway = bench.prepared().call();
            bench.until("greeting", 8000, () -> gateway.agentTurns().size() == 1);
            bench.until("quiet", 200, () -> !gateway.hearsAgent());
            bench.time.advance(500);
            which.model.accept(bench.models);

            long from = gateway.nowMs();
            gateway.say(Recordings.sentence(900));
            bench.until("said", 2000, gateway::saidAll);
            long ended = gateway.nowMs();
            bench.time.advance(2000);
            bench.models.replyFailure = null;
            bench.time.advance(which.lastsMs - (gateway.nowMs() - from));

            Timeline timeline = new Timeline(which.title, gateway, from, from + which.lastsMs);
            List<Span> heard = timeline.heard();
            assertThat(heard).as("sounds").isNotEmpty();
            assertThat(heard.getFirst().startMs() - ended).as("first sound").isLessThanOrEqualTo(which.soundWithinMs);
            for (int i = 1; i < heard.size(); i++) {
                assertThat(heard.get(i).startMs() - heard.get(i - 1).endMs())
                        .as("silence before %s", heard.get(i))
                        .isLessThanOrEqualTo(which.silentAtMostMs);
            }
            assertThat(heard)
                    .last()
                    .extracting(Span::kind)
                    .as("ends with content")
                    .isEqualTo(AudioKind.AUDIO_KIND_SPEECH);
            if (which.ends == null) {
                assertThat(gateway.summary()).isNull();
            } else {
                assertThat(gateway.summary().getCause()).isEqualTo(which.ends);
            }
            compare(PICTURES.resolve(which.name + ".svg"), timeline.svg());
        }
    }

    private static void compare(Path picture, String svg) throws IOException {
        if (System.getProperty("dialplane.draw") != null) {
            Files.createDirectories(picture.getParent());
            Files.writeString(picture, svg);
        }
        assertThat(picture).as("drawn by this test with -Ddialplane.draw").hasContent(svg);
    }
}
