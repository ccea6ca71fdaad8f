package dev.dialplane.inference.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.onnxruntime.OrtException;
import com.google.protobuf.ByteString;
import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.ActionKind;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Expecting;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import dev.dialplane.contracts.inference.v1.Transcript;
import dev.dialplane.inference.answers.AnswersDialogue;
import dev.dialplane.inference.dialogue.Dialogue;
import dev.dialplane.inference.dialogue.ReplyDone;
import dev.dialplane.inference.dialogue.ReplyRequest;
import dev.dialplane.inference.dialogue.ReplySink;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.hearing.Hearing;
import dev.dialplane.inference.hearing.HearingListener;
import dev.dialplane.inference.hearing.HearingRequest;
import dev.dialplane.inference.local.flite.Flite;
import dev.dialplane.inference.local.moonshine.Moonshine;
import dev.dialplane.inference.local.moonshine.MoonshineRecognizer;
import dev.dialplane.inference.local.piper.Piper;
import dev.dialplane.inference.local.sentence.MiniLm;
import dev.dialplane.inference.local.smollm.SmolLmDialogue;
import dev.dialplane.inference.model.PreparedSpec;
import dev.dialplane.inference.queue.ComputeQueue;
import dev.dialplane.inference.queue.Urgency;
import dev.dialplane.inference.queue.Work;
import dev.dialplane.inference.speaking.ClauseVoice;
import dev.dialplane.inference.speaking.PhraseCache;
import dev.dialplane.inference.speaking.SpeechEngine;
import dev.dialplane.inference.speaking.SpeechRequest;
import dev.dialplane.inference.speaking.SpeechSink;
import dev.dialplane.inference.speaking.Spoken;
import dev.dialplane.inference.timing.Cancellable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real models, without a server around them. */
class LocalModelsSystemIT {
    /** How soon a cancelled model must be silent. */
    private static final Duration SILENT = Duration.ofMillis(50);

    private static final OnnxModels ONNX = new OnnxModels(1);
    private static final ComputeQueue QUEUE = new ComputeQueue("test", 1, 100);
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-19T06:00:00Z"));

    private static @Nullable MoonshineRecognizer recognizer;
    private static @Nullable Dialogue answers;

    @AfterAll
    static void stop() {
        QUEUE.close();
    }

    @Test
    void theSampleCallerIsUnderstoodOverATelephoneLine() throws Exception {
        MoonshineRecognizer recognizer = moonshine();
        List<String> heard = new ArrayList<>();
        for (short[] utterance : Samples.callerOverTheLine()) {
            heard.add(hear(recognizer, utterance, 8000));
        }
        List<String> said = Samples.callerTexts();
        assertThat(heard).hasSameSizeAs(said);
        assertThat(Samples.wordErrorRate(said, heard)).describedAs("%s", heard).isLessThan(0.1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3_000, 20})
    void silenceAndNoiseAreHeardAsNothing(int amplitude) throws Exception {
        short[] samples = new short[16_000];
        java.util.Random random = new java.util.Random(1);
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) (amplitude == 0 ? 0 : random.nextInt(2 * amplitude) - amplitude);
        }
        assertThat(hear(moonshine(), samples, 8000)).isEmpty();
    }

    @Test
    void aLongUtteranceIsHeardToItsEnd() throws Exception {
        List<short[]> utterances = Samples.callerOverTheLine();
        short[] all = new short[0];
        for (int round = 0; round < 2; round++) {
            for (short[] utterance : utterances) {
                int at = all.length;
                all = Arrays.copyOf(all, at + utterance.length);
                System.arraycopy(utterance, 0, all, at, utterance.length);
            }
        }
        assertThat(all.length).isGreaterThan(30 * 8000);
        String twice = String.join(" ", Samples.callerTexts()) + " " + String.join(" ", Samples.callerTexts());
        String heard = hear(moonshine(), all, 8000);
        assertThat(Samples.wordErrorRate(List.of(twice), List.of(heard)))
                .describedAs(heard)
                .isLessThan(0.2);
    }

    @Test
    void aSpeculativeTranscriptIsUsedAgainWhenNothingWasSaidSince() throws Exception {
        Heard heard = new Heard();
        Hearing call = open(moonshine(), heard, false);
        speak(call, 1, Samples.callerOverTheLine().get(2));
        call.finish(1, true);
        await().until(() -> heard.finals().size() == 1);
        call.finish(1, false);
        await().until(() -> heard.finals().size() == 2);
        assertThat(heard.finals().get(1).getText())
                .isEqualTo(heard.finals().get(0).getText());
        assertThat(heard.finals().get(1).getComputeMs()).isZero();
        call.close();
    }

    @Test
    void partialTranscriptsComeWhileTheCallerSpeaks() throws Exception {
        Heard heard = new Heard();
        Hearing call = open(moonshine(), heard, true);
        short[] said = Samples.callerOverTheLine().getFirst();
        for (int at = 0; at < said.length; at += 800) {
            call.audio(1, at / 8, Arrays.copyOfRange(said, at, Math.min(said.length, at + 800)));
            int samples = at;
            if (samples % 4000 == 3200) {
                await().until(() -> QUEUE.busy() == 0 && QUEUE.waiting() == 0);
            }
        }
        call.finish(1, false);
        await().until(() -> !heard.finals().isEmpty());
        call.close();
        assertThat(heard.all).anySatisfy(transcript -> {
            assertThat(transcript.getFinal()).isFalse();
            assertThat(transcript.getText()).startsWith("Hi");
            assertThat(transcript.getStability()).isBetween(0.1f, 0.9f);
        });
    }

    @ParameterizedTest
    @CsvSource({"piper-joe, 0.2", "flite, 0.35"})
    void whatIsSpokenIsUnderstoodOverATelephoneLine(String name, double most) throws Exception {
        SpeechEngine engine = engine(name);
        MoonshineRecognizer recognizer = moonshine();
        List<String> said = List.of(
                "We are open from nine in the morning to six in the evening.",
                "Is there anything else I can do for you?",
                "You can park behind the building.",
                "At what time would you like to come?",
                "Walk past the post office, and take the second exit.");
        List<String> heard = new ArrayList<>();
        for (String text : said) {
            short[] samples = engine.speak(text, new Work()).samples();
            heard.add(hear(recognizer, Samples.line(samples, engine.sampleRate()), 8000));
        }
        assertThat(Samples.wordErrorRate(said, heard)).describedAs("%s", heard).isLessThan(most);
    }

    @Test
    void theSamplePoolHoldsTheSampleConversation() throws Exception {
        AgentSpec agent = Samples.agent("receptionist");
        MoonshineRecognizer recognizer = moonshine();
        Dialogue dialogue = answers();
        PreparedSpec spec = new PreparedSpec("sample", agent);
        List<String> parts = List.of(
                "nine in the morning to six in the evening",
                "Which day would you like?",
                "And at what time?",
                "That is Tuesday, the 24th of November, at 10:30 in the morning. Is that right?",
                "You are booked for Tuesday, the 24th of November, at 10:30 in the morning.",
                "We are at 12 M G Road",
                "you can park behind the building",
                "I am afraid I can't help with that.",
                "Goodbye");
        List<short[]> caller = Samples.callerOverTheLine();
        GenerateRequest.Builder request = GenerateRequest.newBuilder();
        for (int i = 0; i < parts.size(); i++) {
            String heard = hear(recognizer, caller.get(i), 8000);
            request.addDialogue(
                    DialogueTurn.newBuilder().setSpeaker(Speaker.SPEAKER_CALLER).setText(heard));
            Got got = reply(dialogue, request.build(), spec);
            assertThat(got.text()).describedAs("the reply to: %s", heard).contains(parts.get(i));
            request.addDialogue(DialogueTurn.newBuilder()
                            .setSpeaker(Speaker.SPEAKER_AGENT)
                            .setText(got.text()))
                    .setProviderState(got.end().state());
            boolean last = i == parts.size() - 1;
            assertThat(got.actions).hasSize(last ? 1 : 0);
            assertThat(got.end().expecting() == Expecting.EXPECTING_NOTHING).isEqualTo(last);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            What time do you close?                    | We are open from nine
            are you open on sundays                    | We are open from nine
            Hi what time are you opening Saturday      | We are open from nine
            Can I get an appointment?                  | Which day would you like?
            I have a toothache                         | Which day would you like?
            Can I come on Monday morning?              | And at what time?
            Where is your clinic located?              | 12 M G Road
            How do I reach you?                        | 12 M G Road
            Tharry, can I park my car there?           | behind the building
            Can I bark my car there?                   | behind the building
            What did the cleaning cost                 | five hundred rupees
            Can I pay with credit card?                | by card
            I want to reschedule                       | May I have your name
            Can I talk to a human?                     | putting you through
            Who is the prime minister?                 | I am afraid I can't help
            What is the weather like?                  | I am afraid I can't help
            Blue elephants dance at midnight           | I am afraid I can't help
            Do you take new patients?                  | I am not sure I understood
            """)
    void intentsAreFoundInOtherWordsToo(String said, String part) throws Exception {
        Dialogue dialogue = answers();
        GenerateRequest request = GenerateRequest.newBuilder()
                .addDialogue(DialogueTurn.newBuilder()
                        .setSpeaker(Speaker.SPEAKER_CALLER)
                        .setText(said))
                .build();
        assertThat(reply(dialogue, request, new PreparedSpec("sample", Samples.agent("receptionist")))
                        .text())
                .contains(part);
    }

    @Test
    void aCancelledVoiceFallsSilentAndFreesItsThread() throws Exception {
        ClauseVoice voice = new ClauseVoice(engine("piper-joe"), QUEUE, new PhraseCache(0));
        AtomicLong last = new AtomicLong();
        SpeechSink sink = new SpeechSink() {
            @Override
            public void samples(short[] samples) {
                last.set(System.nanoTime());
            }

            @Override
            public void done(Spoken spoken) {
                last.set(System.nanoTime());
            }

            @Override
            public void failed(ModelException failure) {
                last.set(System.nanoTime());
            }
        };
        String text =
                "This is one sentence of quite some length without any mark to cut it at so that it takes a while. "
                        .repeat(10);
        Cancellable speaking = voice.speak(new SpeechRequest("call", "", text, Urgency.CALLER_WAITS), sink);
        await().until(() -> last.get() > 0);
        await().until(() -> QUEUE.busy() == 1);
        speaking.cancel();
        long cancelled = System.nanoTime();
        await().atMost(Duration.ofSeconds(2)).until(() -> QUEUE.busy() == 0 && QUEUE.waiting() == 0);
        assertThat(Duration.ofNanos(last.get() - cancelled)).isLessThan(SILENT);
    }

    @Test
    void aCancelledRecognitionIsNotHeardOf() throws Exception {
        Heard heard = new Heard();
        Hearing call = open(moonshine(), heard, false);
        speak(call, 1, Samples.callerOverTheLine().get(7));
        call.finish(1, false);
        // A recognition may be over within the 100 ms after which Awaitility looks by itself.
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> QUEUE.busy() == 1);
        call.cancel(1);
        await().atMost(Duration.ofSeconds(1)).until(() -> QUEUE.busy() == 0);
        assertThat(heard.all).isEmpty();
        call.close();
    }

    @Test
    void theLanguageModelStreamsAndStopsWhenItIsCancelled() throws Exception {
        ModelFiles files = Samples.models("smollm2-135m", "SmolLM2-135M-Instruct.Q4_1.gguf");
        try (SmolLmDialogue dialogue =
                SmolLmDialogue.load(files.file("smollm2-135m", "SmolLM2-135M-Instruct.Q4_1.gguf"), 1)) {
            PreparedSpec spec = new PreparedSpec("sample", Samples.agent("receptionist"));
            dialogue.warm(spec);
            GenerateRequest request = GenerateRequest.newBuilder()
                    .addDialogue(DialogueTurn.newBuilder()
                            .setSpeaker(Speaker.SPEAKER_CALLER)
                            .setText("Hi, what time are you open on Saturday?"))
                    .setMaxTokens(30)
                    .build();
            Got got = reply(dialogue, request, spec);
            assertThat(got.text()).isNotBlank().doesNotContain("<|im_");
            assertThat(got.pieces.size()).isGreaterThan(3);
            assertThat(got.end().inputTokens()).isGreaterThan(100);

            Got cut = new Got();
            Cancellable handle = dialogue.reply(new ReplyRequest("call", request, spec), cut);
            await().until(() -> !cut.pieces.isEmpty());
            handle.cancel();
            int pieces = cut.pieces.size();
            Got next = reply(dialogue, request, spec);
            assertThat(next.ends).hasSize(1);
            assertThat(cut.ends).isEmpty();
            assertThat(cut.pieces.size()).isLessThanOrEqualTo(pieces + 1);
        }
    }

    private static MoonshineRecognizer moonshine() throws IOException, OrtException {
        MoonshineRecognizer loaded = recognizer;
        if (loaded == null) {
            loaded = loadMoonshine();
            recognizer = loaded;
        }
        return loaded;
    }

    private static Dialogue answers() throws IOException, OrtException {
        Dialogue loaded = answers;
        if (loaded == null) {
            loaded = new AnswersDialogue(MiniLm.load(ONNX), QUEUE, CLOCK);
            answers = loaded;
        }
        return loaded;
    }

    private static MoonshineRecognizer loadMoonshine() throws IOException, OrtException {
        ModelFiles files = Samples.models("moonshine-tiny", "encoder_model.onnx", "decoder_model_merged.onnx");
        return new MoonshineRecognizer(
                Moonshine.load(
                        files.file("moonshine-tiny", "encoder_model.onnx"),
                        files.file("moonshine-tiny", "decoder_model_merged.onnx"),
                        files.file("moonshine-vocabulary", "llama-tokenizer.js"),
                        ONNX),
                QUEUE);
    }

    private static SpeechEngine engine(String name) throws IOException, OrtException {
        try {
            if (name.equals("flite")) {
                return Flite.load(Samples.models("flite").libraries());
            }
            ModelFiles files = Samples.models("piper-joe", "en_US-joe-medium.onnx");
            return Piper.load(name, files.file("piper-joe", "en_US-joe-medium.onnx"), ONNX, files.libraries());
        } catch (UnsatisfiedLinkError e) {
            return Assumptions.abort(String.valueOf(e.getMessage()));
        }
    }

    private static Hearing open(MoonshineRecognizer recognizer, Heard heard, boolean partials) {
        return recognizer.open(new HearingRequest("call", 0, "en-IN", 8000, List.of(), partials, Duration.ZERO), heard);
    }

    private static String hear(MoonshineRecognizer recognizer, short[] samples, int rate) {
        Heard heard = new Heard();
        try (Hearing call =
                recognizer.open(new HearingRequest("call", 0, "en-IN", rate, List.of(), false, Duration.ZERO), heard)) {
            speak(call, 1, samples);
            call.finish(1, false);
            await().atMost(Duration.ofSeconds(30)).until(() -> !heard.finals().isEmpty());
            return heard.finals().getFirst().getText();
        }
    }

    private static void speak(Hearing call, long utterance, short[] samples) {
        for (int at = 0; at < samples.length; at += 800) {
            call.audio(utterance, at / 8, Arrays.copyOfRange(samples, at, Math.min(samples.length, at + 800)));
        }
    }

    private static Got reply(Dialogue dialogue, GenerateRequest request, PreparedSpec spec) {
        Got got = new Got();
        dialogue.reply(new ReplyRequest("call", request, spec), got);
        await().atMost(Duration.ofSeconds(60)).until(() -> !got.ends.isEmpty());
        return got;
    }

    private static final class Heard implements HearingListener {
        final List<Transcript> all = new CopyOnWriteArrayList<>();

        @Override
        public void heard(Transcript transcript) {
            all.add(transcript);
        }

        @Override
        public void failed(long utterance, ModelException failure) {
            throw failure;
        }

        List<Transcript> finals() {
            return all.stream().filter(Transcript::getFinal).toList();
        }
    }

    private static final class Got implements ReplySink {
        final List<String> pieces = new CopyOnWriteArrayList<>();
        final List<ActionKind> actions = new CopyOnWriteArrayList<>();
        final List<ReplyDone> ends = new CopyOnWriteArrayList<>();

        @Override
        public void text(String piece) {
            pieces.add(piece);
        }

        @Override
        public void toolCall(ToolCallDelta delta) {}

        @Override
        public void action(Action action) {
            actions.add(action.getKind());
        }

        @Override
        public void done(ReplyDone done) {
            ends.add(done);
        }

        @Override
        public void failed(ModelException failure) {
            ends.add(new ReplyDone(ByteString.EMPTY, 0, 0, true, Expecting.UNRECOGNIZED, 0));
        }

        String text() {
            return String.join("", pieces);
        }

        ReplyDone end() {
            return ends.getFirst();
        }
    }
}
