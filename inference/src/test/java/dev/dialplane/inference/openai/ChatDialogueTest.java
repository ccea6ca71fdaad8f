package dev.dialplane.inference.openai;

import static dev.dialplane.inference.openai.OddServer.stop;
import static dev.dialplane.inference.openai.OddServer.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.Tool;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import dev.dialplane.inference.dialogue.ReplyDone;
import dev.dialplane.inference.dialogue.ReplyRequest;
import dev.dialplane.inference.dialogue.ReplySink;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.model.PreparedSpec;
import dev.dialplane.inference.timing.Cancellable;
import dev.dialplane.inference.timing.ManualTimers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a server that does what no server should. */
class ChatDialogueTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String SECRET = "what the caller said";

    @TempDir
    Path directory;

    private final ManualTimers timers = new ManualTimers();
    private OddServer server;
    private ChatDialogue dialogue;

    @BeforeEach
    void start() throws IOException {
        server = new OddServer();
        dialogue = new ChatDialogue("m", new ChatServer(server.url(), Optional.empty()), timers);
    }

    @AfterEach
    void stopServer() throws IOException {
        server.close();
    }

    @Test
    void aReplyComesPieceByPieceAndItsConnectionIsKept() {
        for (int reply = 0; reply < 3; reply++) {
            CountDownLatch heard = new CountDownLatch(1);
            server.next(out -> {
                OddServer.begin(out);
                for (String event : List.of(text("We are "), text("open."), stop(), "[DONE]")) {
                    OddServer.event(out, event);
                }
                heard.await();
                OddServer.end(out);
            });
            Got got = reply().awaitEnd();
            assertThat(got.log).containsExactly("We are ", "open.", "done");
            heard.countDown();
            await().atMost(SOON).until(() -> timers.waiting() == 0);
        }

        assertThat(server.connections).hasValue(1);
        assertThat(server.bodies).allSatisfy(body -> assertThat(body).contains("\"stream\":true", SECRET));
    }

    @Test
    void theKeyIsReadForEveryRequest() throws IOException {
        Path key = directory.resolve("key");
        ChatDialogue keyed = new ChatDialogue("m", new ChatServer(server.url(), Optional.of(key)), timers);
        for (String value : List.of("first\n", "second")) {
            Files.writeString(key, value);
            server.nextEvents(text("Yes."), stop(), "[DONE]");
            reply(keyed, 0).awaitEnd();
        }

        assertThat(server.headers)
                .extracting(headers -> headers.get("Authorization"))
                .containsExactly("Bearer first", "Bearer second");
    }

    @Test
    void aToolIsCalledOnceItsArgumentsAreWholeAndOnlyOneOfThePools() {
        server.nextEvents(text("Let me see."), """
                {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"orders","arguments":"{\\"number"}},\
                {"index":1,"function":{"name":"made_up","arguments":"{}"}}]}}]}""", """
                {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\\": 1}"}}]}}]}""", stop(), "[DONE]");
        Got got = new Got();
        ReplyRequest plain = request(0);
        AgentSpec spec = AgentSpec.newBuilder()
                .addTools(Tool.newBuilder().setName("orders"))
                .build();
        dialogue.reply(new ReplyRequest(plain.callId(), plain.request(), new PreparedSpec("hash", spec)), got);

        assertThat(got.awaitEnd().log).containsExactly("Let me see.", "orders {\"number\": 1}", "done");
    }

    @Test
    void aServerThatTakesNoFunctionsIsAskedForNoneForAWhileByThatPool() {
        server.nextStatus(400);
        server.nextEvents(text("Yes."), stop(), "[DONE]");
        server.nextEvents(text("No."), stop(), "[DONE]");

        assertThat(reply().awaitEnd().log).containsExactly("Yes.", "done");
        assertThat(reply().awaitEnd().log).containsExactly("No.", "done");

        assertThat(server.bodies).hasSize(3);
        assertThat(server.bodies.getFirst()).contains("hang_up", "stream_options");
        assertThat(server.bodies.subList(1, 3)).noneMatch(body -> body.contains("hang_up"));

        server.nextEvents(text("Maybe."), stop(), "[DONE]");
        Got another = new Got();
        dialogue.reply(
                new ReplyRequest(
                        "call", request(0).request(), new PreparedSpec("other", AgentSpec.getDefaultInstance())),
                another);
        another.awaitEnd();
        assertThat(server.bodies.getLast()).as("another pool's").contains("hang_up");
        timers.pass(ChatDialogue.PLAIN);
        server.nextEvents(text("Yes."), stop(), "[DONE]");
        reply().awaitEnd();
        assertThat(server.bodies.getLast()).as("later").contains("hang_up");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 404, 429, 500, 503})
    void aRefusalIsAFailureThatAnotherModelMayServe(int status) {
        server.nextStatus(status);

        Got got = reply().awaitEnd();

        assertThat(got.log).singleElement().asString().contains("UNAVAILABLE", "status " + status);
    }

    @Test
    void whatIsNoReplyFailsWithoutRepeatingWhatWasSaid() {
        server.nextEvents("{\"error\":{\"message\":\"" + SECRET + "\"}}");
        server.nextEvents("garbage " + SECRET);
        server.nextEvents(stop(), "[DONE]");

        assertThat(List.of(reply().awaitEnd(), reply().awaitEnd(), reply().awaitEnd()))
                .allSatisfy(got -> assertThat(got.log)
                        .singleElement()
                        .asString()
                        .contains("UNAVAILABLE")
                        .doesNotContain(SECRET));
    }

    @Test
    void aReplyThatBreaksOffIsNeitherDoneNorSaidTwice() {
        server.next(out -> {
            OddServer.begin(out);
            OddServer.event(out, text("We are "));
            OddServer.raw(out, "data: {\"choi");
            throw new IOException("gone");
        });

        Got got = reply().awaitEnd();

        assertThat(got.log).hasSize(2).first().isEqualTo("We are ");
        assertThat(got.log.getLast()).contains("UNAVAILABLE");
        assertThat(server.bodies)
                .as("nothing is repeated once something was said")
                .hasSize(1);
    }

    @Test
    void aFloodIsCutOffAndItsConnectionClosed() {
        server.next(out -> {
            OddServer.begin(out);
            while (true) {
                OddServer.raw(out, "x".repeat(4096));
            }
        });

        assertThat(reply().awaitEnd().log).singleElement().asString().contains("262144 bytes");
        await().atMost(SOON).until(() -> server.hungUp.get() == 1);
    }

    @Test
    void whoCancelsClosesTheConnectionAndHearsNothingMore() {
        server.next(out -> {
            OddServer.begin(out);
            OddServer.event(out, text("One "));
            // Stalls. The client's end of the connection is read next.
        });
        Got got = new Got();
        Cancellable running = dialogue.reply(request(0), got);
        await().atMost(SOON).until(() -> !got.log.isEmpty());

        running.cancel();

        await().atMost(SOON).until(() -> server.hungUp.get() == 1);
        assertThat(got.log).containsExactly("One ");
        assertThat(dialogue.serves()).isTrue();
    }

    @Test
    void aModelThatFailsThreeTimesIsLeftAloneUntilAProbeIsServed() {
        for (int failure = 0; failure < 3; failure++) {
            server.nextStatus(500);
            reply().awaitEnd();
        }
        assertThatThrownBy(this::reply)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("failed 3 times in a row");
        assertThat(server.bodies).hasSize(3);

        server.nextStatus(500);
        timers.pass(Breaker.FIRST_PAUSE);
        // The probe's own timer waits first, then that of the next probe.
        await().atMost(SOON).during(Duration.ofMillis(500)).until(() -> timers.waiting() == 1);
        assertThat(dialogue.serves()).isFalse();
        timers.pass(Breaker.FIRST_PAUSE);
        assertThat(server.bodies).as("the second pause is longer").hasSize(4);
        server.nextEvents(text("yes"), stop(), "[DONE]");
        timers.pass(Breaker.FIRST_PAUSE);

        await().atMost(SOON).until(dialogue::serves);
        assertThat(server.bodies.subList(3, 5))
                .as("no caller's words in a probe")
                .allMatch(body -> body.contains("\"max_tokens\":1") && !body.contains(SECRET));
        server.nextEvents(text("Yes."), stop(), "[DONE]");
        assertThat(reply().awaitEnd().log).containsExactly("Yes.", "done");
    }

    @Test
    void repliesGivenUpAtTheirDeadlineCountAsFailuresAndThoseThatTheCallerBrokeOffDoNot() {
        for (int reply = 0; reply < 3; reply++) {
            cancelAfter(Duration.ofMillis(500));
        }
        assertThat(dialogue.serves()).isTrue();

        for (int reply = 0; reply < 3; reply++) {
            cancelAfter(Duration.ofMillis(1000));
        }
        assertThat(dialogue.serves()).isFalse();
    }

    @Test
    void aProbeThatStallsIsGivenUp() {
        server.next(OddServer::begin);
        AtomicReference<ModelException> refused = new AtomicReference<>();
        Thread probing = Thread.ofVirtual().start(() -> {
            try {
                dialogue.probe();
            } catch (ModelException e) {
                refused.set(e);
            }
        });
        await().atMost(SOON).until(() -> server.bodies.size() == 1 && timers.waiting() == 1);

        timers.pass(ChatDialogue.PROBE);

        await().atMost(SOON).until(() -> refused.get() != null && !probing.isAlive());
        assertThat(timers.waiting()).isZero();
    }

    @Test
    void aServerThatIsNotThereIsSaidToBeSo() throws IOException {
        server.close();

        assertThat(reply().awaitEnd().log).singleElement().asString().contains("UNAVAILABLE", "can't be reached");
        assertThatThrownBy(dialogue::probe).hasMessageContaining("can't be reached");
    }

    private void cancelAfter(Duration time) {
        Cancellable running = dialogue.reply(request(1000), new Got());
        timers.pass(time);
        running.cancel();
    }

    private Got reply() {
        return reply(dialogue, 0);
    }

    private static Got reply(ChatDialogue of, int deadlineMs) {
        Got got = new Got();
        of.reply(request(deadlineMs), got);
        return got;
    }

    private static ReplyRequest request(int deadlineMs) {
        GenerateRequest request = GenerateRequest.newBuilder()
                .setFirstPieceDeadlineMs(deadlineMs)
                .addDialogue(DialogueTurn.newBuilder()
                        .setSpeaker(Speaker.SPEAKER_CALLER)
                        .setText(SECRET))
                .build();
        return new ReplyRequest("call", request, new PreparedSpec("hash", AgentSpec.getDefaultInstance()));
    }

    private static final class Got implements ReplySink {
        final List<String> log = new CopyOnWriteArrayList<>();

        Got awaitEnd() {
            await().atMost(SOON)
                    .until(() -> !log.isEmpty()
                            && (log.getLast().equals("done") || log.getLast().startsWith("failed")));
            return this;
        }

        @Override
        public void text(String piece) {
            log.add(piece);
        }

        @Override
        public void toolCall(ToolCallDelta delta) {
            log.add(delta.getName() + " " + delta.getArguments());
        }

        @Override
        public void action(Action action) {
            log.add(action.getKind().name());
        }

        @Override
        public void done(ReplyDone done) {
            log.add("done");
        }

        @Override
        public void failed(ModelException failure) {
            log.add("failed " + failure.code() + " " + failure.getMessage());
        }
    }
}
