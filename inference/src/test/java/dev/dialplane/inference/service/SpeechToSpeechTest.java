package dev.dialplane.inference.service;

import static java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.common.v1.Error;
import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.inference.v1.Activity;
import dev.dialplane.contracts.inference.v1.ActivityEnd;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.ModelDescription;
import dev.dialplane.contracts.inference.v1.ModelRole;
import dev.dialplane.contracts.inference.v1.PlaybackState;
import dev.dialplane.contracts.inference.v1.SessionAudio;
import dev.dialplane.contracts.inference.v1.SessionAudioOut;
import dev.dialplane.contracts.inference.v1.SessionDtmf;
import dev.dialplane.contracts.inference.v1.SessionReady;
import dev.dialplane.contracts.inference.v1.SessionStart;
import dev.dialplane.contracts.inference.v1.SessionText;
import dev.dialplane.contracts.inference.v1.SessionTranscript;
import dev.dialplane.contracts.inference.v1.SessionTurn;
import dev.dialplane.contracts.inference.v1.SessionTurnKind;
import dev.dialplane.contracts.inference.v1.SessionUpdate;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechResponse;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import dev.dialplane.contracts.inference.v1.ToolResult;
import dev.dialplane.contracts.inference.v1.TurnOwner;
import dev.dialplane.inference.conversing.ResumeToken;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.scripted.ScriptedProvider;
import dev.dialplane.inference.service.Sessions.Client;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sessions over gRPC, with a recognizer, a dialogue and a voice that do what a script says. */
class SpeechToSpeechTest {
    private static final String SCRIPT = """
            speechToText:
              desk:
                finalDelay: 20ms
                atEnd: repeat
                utterances: [{text: "When are you open?"}, {text: "And on Sundays?"}]
            languageModel:
              desk:
                atEnd: stay
                replies:
                  - {say: "We are open from nine to six. On Sundays we are closed.", expecting: YesNo}
                  - {say: "No."}
            textToSpeech:
              desk: {firstAudio: 5ms, sampleRate: 16000, charactersPerSecond: 20}
            """;
    private static final String FIRST_REPLY = "We are open from nine to six. On Sundays we are closed.";

    @TempDir
    @Nullable
    Path directory;

    private @Nullable Sessions sessions;
    private final ExecutorService threads = newVirtualThreadPerTaskExecutor();

    @AfterEach
    void nothingIsLeft() {
        Sessions served = sessions;
        threads.shutdownNow();
        if (served != null) {
            served.close();
            await().untilAsserted(() -> assertThat(served.streams.open()).isZero());
            await().untilAsserted(() -> assertThat(served.timersWaiting()).isZero());
        }
    }

    private Sessions serve(String script, Map<String, String> settings, @Nullable String fallback) throws Exception {
        Path file = Objects.requireNonNull(directory).resolve("script.yaml");
        Files.writeString(file, script);
        Map<String, String> all = new java.util.HashMap<>(settings);
        all.put("scripted.file", file.toString());
        ModelRef.Builder model = ModelRef.newBuilder().setProvider("scripted").setModel("desk");
        if (fallback != null) {
            model.setFallback(ModelRef.newBuilder().setProvider("scripted").setModel(fallback));
        }
        Sessions served = new Sessions(model.build(), all, ScriptedProvider::new);
        sessions = served;
        served.prepare(AgentSpec.newBuilder().setLanguage("en-IN"));
        return served;
    }

    private Sessions serve(String script) throws Exception {
        return serve(script, Map.of(), null);
    }

    @Test
    void aTurnIsHeardAnsweredAndSpoken() throws Exception {
        Sessions served = serve(SCRIPT);
        Client client = served.open(served.start());

        client.ask("r");
        SessionTurn done = client.awaitDone("r");

        SessionReady ready = client.items.getFirst().getReady();
        assertThat(ready.getTurnOwner()).isEqualTo(TurnOwner.TURN_OWNER_CLIENT);
        assertThat(ready.getTools() && ready.getCallerTranscript() && ready.getTruncates())
                .isTrue();
        assertThat(ready.getFormatOut().getCodec()).isEqualTo(Codec.CODEC_PCMU);
        assertThat(ready.getMaxSessionMs()).isEqualTo(1_800_000);
        SessionTranscript caller = client.said(Speaker.SPEAKER_CALLER, "").getLast();
        assertThat(caller.getText()).isEqualTo("When are you open?");
        assertThat(caller.getEndMs()).isEqualTo(1000);
        assertThat(client.said(Speaker.SPEAKER_AGENT, "r"))
                .extracting(it -> it.getText().strip())
                .containsExactly("We are open from nine to six.", "On Sundays we are closed.");
        assertThat(done.getExpecting()).isEqualTo(dev.dialplane.contracts.inference.v1.Expecting.EXPECTING_YES_NO);
        assertThat(done.getServedBy().getModel()).isEqualTo("desk");
        assertThat(client.items.stream()
                        .filter(SpeechToSpeechResponse::hasUsage)
                        .toList())
                .singleElement()
                .satisfies(it -> assertThat(it.getUsage().getAudioSecondsIn()).isEqualTo(1.0))
                .satisfies(it -> assertThat(it.getUsage().getOutputTokens()).isEqualTo(12));
    }

    @Test
    void audioIsNumberedFromZeroInTheWishedFormatAndSoAreTheWords() throws Exception {
        Sessions served = serve(SCRIPT);
        Client client = served.open(served.start());
        client.ask("r");
        client.awaitDone("r");

        long next = 0;
        for (SpeechToSpeechResponse item : client.items) {
            if (item.hasAudio()) {
                SessionAudioOut audio = item.getAudio();
                assertThat(audio.getFirstSample()).isEqualTo(next);
                assertThat(audio.getPayload().size()).isLessThanOrEqualTo(Sessions.RATE / 5);
                next += audio.getPayload().size();
            }
        }
        List<SessionTranscript> clauses = client.said(Speaker.SPEAKER_AGENT, "r");
        assertThat(clauses.getLast().getEndMs()).isEqualTo(next * 1000 / Sessions.RATE);
        assertThat(clauses.getLast().getStartMs()).isEqualTo(clauses.getFirst().getEndMs());
        assertThat(clauses.getLast().getWordsList())
                .extracting(word -> word.getText())
                .containsExactly("On", "Sundays", "we", "are", "closed.");
        assertThat(clauses.getLast().getWords(0).getStartMs())
                .isEqualTo(clauses.getLast().getStartMs());
        assertThat(clauses.getLast().getWords(4).getEndMs())
                .isEqualTo(clauses.getLast().getEndMs());
        List<SpeechToSpeechResponse> clausesAndAudio = client.items.stream()
                .filter(it -> it.hasAudio() || it.getTranscript().getSpeaker() == Speaker.SPEAKER_AGENT)
                .toList();
        assertThat(clausesAndAudio.getFirst().getTranscript().getFinal())
                .as("a clause is told before its audio")
                .isFalse();
        assertThat(clausesAndAudio.getLast().getTranscript().getFinal()).isTrue();
    }

    @Test
    void anInterruptionIsRememberedToTheWordAndSilent() throws Exception {
        // In real time: the first clause takes 1.9 s, and is stopped after one.
        Sessions served = serve(SCRIPT.replace("firstAudio: 5ms", "firstAudio: 5ms, realTimeFactor: 1")
                .replace("charactersPerSecond: 20", "charactersPerSecond: 15"));
        Client client = served.open(served.start());
        client.ask("r");
        await().until(() ->
                client.items.stream().filter(SpeechToSpeechResponse::hasAudio).count() >= 5);
        client.playback("r", PlaybackState.PLAYBACK_STATE_STARTED, 0);
        client.interrupt("r", 800);
        await().until(() -> client.items.stream().anyMatch(SpeechToSpeechResponse::hasInterrupted));
        int then = client.items.size();

        client.ask("next");
        List<DialogueTurn> memory = client.memoryAfter("next");

        // 15 characters a second: after 800 ms "We are open" and a part of "from".
        assertThat(memory)
                .extracting(DialogueTurn::getText)
                .containsExactly("When are you open?", "We are open", "And on Sundays?", "No.");
        assertThat(memory.get(1).getNotHeard()).startsWith("from nine");
        assertThat(client.items.subList(then, client.items.size()))
                .noneSatisfy(it -> assertThat(it.getAudio().getResponseId()).isEqualTo("r"))
                .noneSatisfy(it -> assertThat(it.getTurn().getResponseId()).isEqualTo("r"));
    }

    @Test
    void aResponseOfWhichNothingWasPlayedLeavesNoTrace() throws Exception {
        Sessions served = serve(SCRIPT);
        Client client = served.open(served.start());
        client.ask("r");
        client.awaitDone("r");
        client.interrupt("r", 0);

        client.say();
        client.ends(ActivityEnd.ACTIVITY_END_UNSPECIFIED, "again");

        assertThat(client.memoryAfter("again"))
                .as("the caller went on with the same turn")
                .extracting(DialogueTurn::getText)
                .containsExactly("When are you open?", FIRST_REPLY);
    }

    @Test
    void aPauseTellsTheTranscriptAndWaits() throws Exception {
        Sessions served = serve(SCRIPT);
        Client client = served.open(served.start());
        client.say();
        client.ends(ActivityEnd.ACTIVITY_END_PAUSE, "");
        await().until(() -> client.said(Speaker.SPEAKER_CALLER, "").size() == 1);
        client.say();
        client.ends(ActivityEnd.ACTIVITY_END_PAUSE, "");
        await().until(() -> client.said(Speaker.SPEAKER_CALLER, "").size() == 2);

        assertThat(client.said(Speaker.SPEAKER_CALLER, ""))
                .extracting(SessionTranscript::getStartMs)
                .as("one turn")
                .containsExactly(0L, 0L);
        assertThat(client.items).noneMatch(it -> it.hasAudio() || it.hasTurn());
        client.ends(ActivityEnd.ACTIVITY_END_UNSPECIFIED, "r");
        assertThat(client.memoryAfter("r")).hasSize(2);
    }

    @Test
    void aSoundThatWasNothingIsForgotten() throws Exception {
        Sessions served = serve(SCRIPT);
        Client client = served.open(served.start());
        client.say();
        client.ends(ActivityEnd.ACTIVITY_END_PAUSE, "");
        await().until(() -> client.said(Speaker.SPEAKER_CALLER, "").size() == 1);
        client.ends(ActivityEnd.ACTIVITY_END_NOTHING, "");

        client.send(it -> it.setText(
                SessionText.newBuilder().setText("Hello").setRespond(true).setResponseId("r")));

        assertThat(client.memoryAfter("r")).extracting(DialogueTurn::getText).containsExactly("Hello", FIRST_REPLY);
    }

    @Test
    void textsAreKnownOrAnswered() throws Exception {
        Sessions served = serve(SCRIPT);
        Client client = served.open(served.start());
        client.send(it -> it.setText(SessionText.newBuilder()
                .setSpeaker(Speaker.SPEAKER_AGENT)
                .setText("Good")
                .setNotHeard("morning.")));
        client.send(it -> it.setText(
                SessionText.newBuilder().setText("Open?").setRespond(true).setResponseId("r")));

        List<DialogueTurn> memory = client.memoryAfter("r");
        assertThat(memory).extracting(DialogueTurn::getText).containsExactly("Good", "Open?", FIRST_REPLY);
        assertThat(memory.getFirst().getSpeaker()).isEqualTo(Speaker.SPEAKER_AGENT);
        assertThat(memory.getFirst().getNotHeard()).isEqualTo("morning.");
    }

    @Test
    void keysAreWordsOfTheTurn() throws Exception {
        Sessions served = serve(SCRIPT);
        Client client = served.open(served.start());
        for (String key : List.of("4", "2", "#")) {
            client.send(it -> it.setDtmf(SessionDtmf.newBuilder().setDigit(key)));
        }
        client.ends(ActivityEnd.ACTIVITY_END_UNSPECIFIED, "r");
        assertThat(client.memoryAfter("r").getFirst().getText()).isEqualTo("42");
    }

    private static final String WITH_TOOL = SCRIPT.replace(
            "- {say: \"We are",
            "- {say: \"Let me see.\", toolCall: {name: orders, arguments: \"{}\"}}\n      - {say: \"We are");

    @Test
    void aToolsResultIsAnswered() throws Exception {
        Sessions served = serve(WITH_TOOL);
        Client client = served.open(served.start());
        client.ask("r");
        client.awaitDone("r");
        client.playback("r", PlaybackState.PLAYBACK_STATE_DONE, 0);
        ToolCallDelta call = client.items.stream()
                .filter(SpeechToSpeechResponse::hasToolCall)
                .findFirst()
                .orElseThrow()
                .getToolCall();
        assertThat(call.getResponseId()).isEqualTo("r");
        assertThat(call.getName()).isEqualTo("orders");

        client.send(it -> it.setToolResult(ToolResult.newBuilder()
                .setToolCallId(call.getToolCallId())
                .setError("status 404")
                .setOutputJson("{\"known\":false}")
                .setRespond(true)
                .setResponseId("told")));

        DialogueTurn result = client.memoryAfter("told").get(2);
        assertThat(result.getSpeaker()).isEqualTo(Speaker.SPEAKER_TOOL);
        assertThat(result.getToolName()).isEqualTo("orders");
        assertThat(result.getText()).isEqualTo("{\"error\":\"status 404\",\"answer\":{\"known\":false}}");
        assertThat(client.said(Speaker.SPEAKER_AGENT, "told")).isNotEmpty();
    }

    @Test
    void theCallsOfADroppedResponseAreCancelled() throws Exception {
        Sessions served = serve(WITH_TOOL);
        Client client = served.open(served.start());
        client.ask("r");
        client.awaitDone("r");
        client.interrupt("r", 0);
        await().until(() -> client.items.stream().anyMatch(SpeechToSpeechResponse::hasToolCallCancelled));

        client.send(it -> it.setToolResult(ToolResult.newBuilder().setToolCallId("r/call-1")));
        assertThat(awaitError(client).getBadRequest().getField()).isEqualTo("tool_result.tool_call_id");
    }

    @Test
    void aResultOfACallOfAnotherSessionSaysWhatWasCalled() throws Exception {
        Sessions served = serve(SCRIPT);
        Client client = served.open(served.start());
        client.send(it -> it.setToolResult(ToolResult.newBuilder()
                .setToolCallId("3-0")
                .setToolName("orders")
                .setToolArguments("{}")
                .setOutputJson("{\"ships\":\"today\"}")
                .setRespond(true)
                .setResponseId("r")));
        assertThat(client.memoryAfter("r").getFirst().getToolName()).isEqualTo("orders");
    }

    @Test
    void anotherProcessGoesOnWithTheToken() throws Exception {
        Sessions first = serve(SCRIPT);
        Client client = first.open(first.start());
        client.ask("r");
        String token = client.awaitDone("r").getResumeToken();
        client.end();
        first.close();

        Sessions second = serve(SCRIPT);
        Client next = second.open(second.start().setResumeToken(token));
        next.ask("r");

        assertThat(next.memoryAfter("r"))
                .extracting(DialogueTurn::getText)
                .containsExactly("When are you open?", FIRST_REPLY, "And on Sundays?", "No.");
    }

    @Test
    void aHistoryIsBelievedRatherThanTheTokensTurns() throws Exception {
        Sessions served = serve(SCRIPT);
        String token = new ResumeToken(List.of(turn("Never heard.")), ByteString.EMPTY).toString();
        Client client = served.open(served.start().setResumeToken(token).addHistory(turn("Heard.")));
        client.ask("r");
        assertThat(client.memoryAfter("r").getFirst().getText()).isEqualTo("Heard.");
    }

    private static DialogueTurn turn(String text) {
        return DialogueTurn.newBuilder()
                .setSpeaker(Speaker.SPEAKER_CALLER)
                .setText(text)
                .build();
    }

    @Test
    void aProcessThatEndsSendsItsSessionsAway() throws Exception {
        Sessions served = serve(SCRIPT);
        Client client = served.open(served.start());
        client.ask("r");
        client.awaitDone("r");
        client.playback("r", PlaybackState.PLAYBACK_STATE_DONE, 0);

        var drained = threads.submit(() -> served.streams.drain());
        await().until(() -> client.items.getLast().hasGoAway());

        var goAway = client.items.getLast().getGoAway();
        assertThat(goAway.getTimeLeftMs()).isEqualTo(60_000);
        assertThat(ResumeToken.of(goAway.getResumeToken()).turns())
                .extracting(DialogueTurn::getText)
                .containsExactly("When are you open?", FIRST_REPLY);
        client.end();
        assertThat(drained.get()).isTrue();
        assertThat(client.completed).isTrue();
    }

    @Test
    void aSessionHasAnEnd() throws Exception {
        Sessions served = serve(SCRIPT, Map.of("speech-to-speech.max-session", "1s"), null);
        Client client = served.open(served.start());
        await().until(() -> client.completed);
        assertThat(client.items.getLast().getGoAway().getTimeLeftMs()).isEqualTo(500);
    }

    @Test
    void aResponseThatFailsDoesNotEndTheSession() throws Exception {
        Sessions served = serve(SCRIPT.replace("- {say: \"We are", "- {error: {kind: ProviderDown}, say: \"We are"));
        Client client = served.open(served.start());
        client.ask("r");

        assertThat(awaitError(client).getProviderDown().getModel()).isEqualTo("desk");
        assertThat(client.items.getLast().getError().getResponseId()).isEqualTo("r");
        assertThat(client.items.getLast().getError().getFatal()).isFalse();
        client.interrupt("r", 0);
        client.send(it -> it.setText(SessionText.newBuilder().setText("Hello")));
        client.ends(ActivityEnd.ACTIVITY_END_UNSPECIFIED, "again");
        assertThat(client.memoryAfter("again").getLast().getText()).isEqualTo("No.");
    }

    @Test
    void aModelThatIsLateIsGivenUpForItsFallback() throws Exception {
        String slow = SCRIPT.replace("- {say: \"We are", "- {stallAfter: 0, say: \"We are")
                + "# Another that has all three parts.\n";
        String withFallback = slow.replace("speechToText:\n", "speechToText:\n  spare: {}\n")
                .replace("languageModel:\n", "languageModel:\n  spare: {replies: [{say: \"I am the spare.\"}]}\n")
                .replace("textToSpeech:\n", "textToSpeech:\n  spare: {}\n");
        Sessions served = serve(withFallback, Map.of(), "spare");
        Client client = served.open(served.start().setFirstPieceDeadlineMs(50));
        client.ask("r");

        SessionTurn done = client.awaitDone("r");
        assertThat(done.getServedBy().getModel()).isEqualTo("spare");
        assertThat(client.said(Speaker.SPEAKER_AGENT, "r").getFirst().getText()).isEqualTo("I am the spare.");
    }

    @Test
    void whatIsThereIsDescribedAndPrepared() throws Exception {
        Sessions served = serve(SCRIPT);
        assertThat(served.catalog().describe().stream()
                        .filter(model -> model.getRole() == ModelRole.MODEL_ROLE_SPEECH_TO_SPEECH)
                        .map(ModelDescription::getModel))
                .containsExactly("desk", "script");
        var prepared = served.prepare(AgentSpec.newBuilder().setGreeting("Good morning."));
        assertThat(prepared.getPhrasesList()).hasSize(6);
        assertThatThrownBy(() -> served.catalog()
                        .speechToSpeech(ModelRef.newBuilder()
                                .setProvider("scripted")
                                .setModel("apology")
                                .build()))
                .hasMessageContaining("available are scripted/desk, scripted/script");
    }

    static Stream<Arguments> startsThatAreRefused() {
        return Stream.of(
                refused("start.turn_owner", it -> it.setTurnOwner(TurnOwner.TURN_OWNER_SERVER_VAD)),
                refused("start.turn_owner", SessionStart.Builder::clearTurnOwner),
                refused("start.format_in.codec", it -> it.getFormatInBuilder().setCodec(Codec.CODEC_OPUS)),
                refused(
                        "start.format_out.sample_rate_hz",
                        it -> it.getFormatOutBuilder().setSampleRateHz(7)),
                refused("start.resume_token", it -> it.setResumeToken("?")),
                refused("start.time_zone", it -> it.setTimeZone("Mars/Olympus")),
                refused("start.history", it -> {
                    for (int i = 0; i <= 2000; i++) {
                        it.addHistory(turn("x"));
                    }
                }),
                refused("start.variables.name", it -> it.putVariables("name", "x".repeat(5000))));
    }

    private static Arguments refused(String field, Consumer<SessionStart.Builder> change) {
        return Arguments.of(field, change);
    }

    @ParameterizedTest
    @MethodSource("startsThatAreRefused")
    void aStartThatIsWrongNamesTheField(String field, Consumer<SessionStart.Builder> change) throws Exception {
        Sessions served = serve(SCRIPT);
        SessionStart.Builder start = served.start();
        change.accept(start);
        Client client = served.open(start);

        await().until(() -> client.failure != null);
        assertThat(Status.fromThrowable(client.failure).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(error(client.failure).getBadRequest().getField()).isEqualTo(field);
    }

    @Test
    void aSpecThatIsNotPreparedIsNotFound() throws Exception {
        Sessions served = serve(SCRIPT);
        Client client = served.open(served.start().setSpecHash("never"));
        await().until(() -> client.failure != null);
        assertThat(Status.fromThrowable(client.failure).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }

    static Stream<Arguments> messagesThatAreRefused() {
        return Stream.of(
                message("dtmf.digit", it -> it.setDtmf(SessionDtmf.newBuilder().setDigit("12"))),
                message("text.text", it -> it.setText(SessionText.newBuilder().setText("x".repeat(4001)))),
                message(
                        "text.speaker",
                        it -> it.setText(SessionText.newBuilder().setSpeaker(Speaker.SPEAKER_TOOL))),
                message(
                        "tool_result.tool_call_id",
                        it -> it.setToolResult(ToolResult.newBuilder().setToolCallId("unknown"))),
                message(
                        "tool_result.output_json",
                        it -> it.setToolResult(ToolResult.newBuilder().setOutputJson("x".repeat(300_000)))),
                message(
                        "update.instructions",
                        it -> it.setUpdate(SessionUpdate.newBuilder().setInstructions("Be rude."))),
                message(
                        "activity.end",
                        it -> it.setActivity(Activity.newBuilder().setEndValue(9))),
                message(
                        "response_id",
                        it -> it.setActivity(Activity.newBuilder().setResponseId("x".repeat(65)))));
    }

    private static Arguments message(String field, Client.Message message) {
        return Arguments.of(field, message);
    }

    @ParameterizedTest
    @MethodSource("messagesThatAreRefused")
    void aMessageThatIsWrongNamesTheFieldAndTheSessionGoesOn(String field, Client.Message message) throws Exception {
        Sessions served = serve(SCRIPT);
        Client client = served.open(served.start());
        client.send(message);

        assertThat(awaitError(client).getBadRequest().getField()).isEqualTo(field);
        client.ask("r");
        assertThat(client.memoryAfter("r")).hasSize(2);
    }

    static Stream<Arguments> audioThatIsRefused() {
        SessionAudio piece = SessionAudio.newBuilder()
                .setSeq(5)
                .setPayload(ByteString.copyFrom(new byte[8000]))
                .build();
        return Stream.of(
                Arguments.of("audio.seq", List.of(piece, piece)),
                Arguments.of(
                        "audio.payload",
                        List.of(piece.toBuilder()
                                .setPayload(ByteString.copyFrom(new byte[80_001]))
                                .build())),
                Arguments.of(
                        "audio.payload",
                        Stream.iterate(0, i -> i < 62, i -> i + 1)
                                .map(i -> piece.toBuilder().setSeq(i).build())
                                .toList()));
    }

    @ParameterizedTest
    @MethodSource("audioThatIsRefused")
    void audioThatIsTooMuchOrOutOfOrderEndsTheSession(String field, List<SessionAudio> pieces) throws Exception {
        Sessions served = serve(SCRIPT);
        Client client = served.open(served.start());
        pieces.forEach(piece -> client.send(it -> it.setAudio(piece)));

        await().until(() -> client.failure != null);
        assertThat(error(client.failure).getBadRequest().getField()).isEqualTo(field);
    }

    @Test
    void keysBeyondTheLimitAreRefused() throws Exception {
        Sessions served = serve(SCRIPT);
        Client client = served.open(served.start());
        for (int i = 0; i <= 64; i++) {
            client.send(it -> it.setDtmf(SessionDtmf.newBuilder().setDigit("1")));
        }
        assertThat(awaitError(client).getBadRequest().getField()).isEqualTo("dtmf.digit");
    }

    @Test
    void responsesBeyondTheLimitAreRefusedByName() throws Exception {
        Sessions served = serve(SCRIPT.replace("- {say: \"We are", "- {stallAfter: 0, say: \"We are"));
        Client client = served.open(served.start());
        for (int i = 0; i < 5; i++) {
            String id = "r" + i;
            client.send(
                    it -> it.setText(SessionText.newBuilder().setRespond(true).setResponseId(id)));
        }
        assertThat(awaitError(client).getOverloaded().getLimit()).isEqualTo(4);
        assertThat(client.items.getLast().getError().getResponseId()).isEqualTo("r4");
    }

    @Test
    void whateverComesBeforeTheStartIsRefused() throws Exception {
        Sessions served = serve(SCRIPT);
        Client client = served.client();
        client.say();
        await().until(() -> client.failure != null);
        assertThat(error(client.failure).getBadRequest().getAllowed()).contains("START first");
    }

    private static Error awaitError(Client client) {
        await().until(() -> client.items.stream().anyMatch(SpeechToSpeechResponse::hasError) || client.failure != null);
        return client.items.stream()
                .filter(SpeechToSpeechResponse::hasError)
                .findFirst()
                .orElseThrow()
                .getError()
                .getError();
    }

    private static Error error(@Nullable Throwable failure) throws Exception {
        var trailers = Status.trailersFromThrowable(failure);
        assertThat(trailers).isNotNull();
        return Error.parseFrom(trailers.get(ModelException.TRAILER));
    }

    @Test
    void linearAudioIsTakenInItsOwnRate() throws Exception {
        Sessions served = serve(SCRIPT);
        AudioFormat linear = AudioFormat.newBuilder()
                .setCodec(Codec.CODEC_L16)
                .setSampleRateHz(16_000)
                .build();
        Client client = served.open(served.start().setFormatIn(linear).setFormatOut(linear));
        client.ask("r");
        client.awaitDone("r");
        int bytes = client.items.stream()
                .mapToInt(it -> it.getAudio().getPayload().size())
                .sum();
        long endMs = client.said(Speaker.SPEAKER_AGENT, "r").getLast().getEndMs();
        assertThat(bytes / 32L).isEqualTo(endMs);
        assertThat(client.turn("r", SessionTurnKind.SESSION_TURN_KIND_AGENT_STARTED))
                .isNotNull();
    }
}
