package dev.dialplane.agent.rehearsal;

import com.google.protobuf.ByteString;
import dev.dialplane.agent.loop.Loop;
import dev.dialplane.audio.Tone;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.Alignment;
import dev.dialplane.contracts.inference.v1.EndOfTurnGrpc;
import dev.dialplane.contracts.inference.v1.Expecting;
import dev.dialplane.contracts.inference.v1.GenerateDone;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.GenerateResponse;
import dev.dialplane.contracts.inference.v1.GoAway;
import dev.dialplane.contracts.inference.v1.InvokeRequest;
import dev.dialplane.contracts.inference.v1.InvokeResponse;
import dev.dialplane.contracts.inference.v1.LanguageModelGrpc;
import dev.dialplane.contracts.inference.v1.ModelsGrpc;
import dev.dialplane.contracts.inference.v1.ModelsPrepareRequest;
import dev.dialplane.contracts.inference.v1.ModelsPrepareResponse;
import dev.dialplane.contracts.inference.v1.PhraseKind;
import dev.dialplane.contracts.inference.v1.PieceDone;
import dev.dialplane.contracts.inference.v1.PredictRequest;
import dev.dialplane.contracts.inference.v1.PredictResponse;
import dev.dialplane.contracts.inference.v1.RenderedPhrase;
import dev.dialplane.contracts.inference.v1.ServedBy;
import dev.dialplane.contracts.inference.v1.SpeechToTextGrpc;
import dev.dialplane.contracts.inference.v1.SynthesizeRequest;
import dev.dialplane.contracts.inference.v1.SynthesizeResponse;
import dev.dialplane.contracts.inference.v1.SynthesizeStarted;
import dev.dialplane.contracts.inference.v1.SynthesizedAudio;
import dev.dialplane.contracts.inference.v1.TextDelta;
import dev.dialplane.contracts.inference.v1.TextToSpeechGrpc;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import dev.dialplane.contracts.inference.v1.ToolsGrpc;
import dev.dialplane.contracts.inference.v1.TranscribeRequest;
import dev.dialplane.contracts.inference.v1.TranscribeResponse;
import dev.dialplane.contracts.inference.v1.TranscribeStart;
import dev.dialplane.contracts.inference.v1.Transcript;
import io.grpc.BindableService;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Models that hear, think and speak as told, with the delays that they are told: for rehearsals and tests. Their fields may
 * be changed at any time, on the loop that they run on.
 */
public final class ScriptedModels {
    /** A reply of the language model. */
    public record Reply(
            String text, List<Action> actions, List<ToolCallDelta> tools, Expecting expecting, boolean sensitive) {
        /** Words that may be kept, something to do, and tools to run. */
        public Reply(String text, List<Action> actions, List<ToolCallDelta> tools, Expecting expecting) {
            this(text, actions, tools, expecting, false);
        }

        /** Words, and something to do. */
        public Reply(String text, List<Action> actions, Expecting expecting) {
            this(text, actions, List.of(), expecting);
        }

        /** Words, and what must not be kept in them or in the answer to them. */
        public static Reply sensitive(String text) {
            return new Reply(text, List.of(), List.of(), Expecting.EXPECTING_VALUE, true);
        }

        /** Words, and nothing to do. */
        public static Reply of(String text) {
            return new Reply(text, List.of(), Expecting.EXPECTING_UNSPECIFIED);
        }

        /** Words, and a tool to run. */
        public static Reply calling(String text, String tool, String arguments) {
            ToolCallDelta call = ToolCallDelta.newBuilder()
                    .setToolCallId("0")
                    .setName(tool)
                    .setArguments(arguments)
                    .build();
            return new Reply(text, List.of(), List.of(call), Expecting.EXPECTING_UNSPECIFIED);
        }
    }

    /** The voice's rate in Hz. */
    public static final int RATE = 16_000;

    private static final int CHARACTERS_A_SECOND = 15;
    private static final int MESSAGE_SAMPLES = RATE / 5;

    private final Loop loop;
    private final Deque<String> utterances = new ArrayDeque<>();
    private @Nullable Ear ear;
    /** What the caller is heard to say when nothing else is told. */
    public String usualUtterance = "When are you open?";

    /** From a request for the final transcript to it. */
    public long transcriptMillis = 60;

    /** A partial transcript after so much audio of an utterance; 0 for none. */
    public long partialAfterMillis;

    /** From a request to the first piece of the reply. */
    public long firstPieceMillis = 20;

    /** Between two pieces, which are words. */
    public long betweenPiecesMillis = 2;

    /** If not negative, a fallback replies so long after the first piece was not there at its deadline. */
    public long fallbackMillis = -1;

    /** After how many pieces a reply stalls or fails; never if negative. */
    public int breakAfterPieces = -1;

    /** What happens then: how long it stalls, ... */
    public long breakMillis;

    /** ... or, if set, what it fails with. */
    public @Nullable Status breakFailure;

    /** From a clause to its first audio; the rest comes at once. */
    public long firstAudioMillis = 40;

    /** What the agent says by itself, but for the greeting, which the spec has. */
    public final Map<PhraseKind, String> phrases = new EnumMap<>(Map.of(
            PhraseKind.PHRASE_KIND_APOLOGY, "I am sorry, something has gone wrong.",
            PhraseKind.PHRASE_KIND_HOLD, "One moment, please.",
            PhraseKind.PHRASE_KIND_HOLD_AGAIN, "Thank you for waiting.",
            PhraseKind.PHRASE_KIND_IDLE_PROMPT, "Are you still there?",
            PhraseKind.PHRASE_KIND_GOODBYE, "Goodbye."));

    /** How to reply. */
    public Function<GenerateRequest, Reply> replies =
            _ -> Reply.of("We are open from nine to six, Monday to Saturday.");

    /** How likely it is that the caller has finished; NaN for no answer at all. */
    public ToDoubleFunction<PredictRequest> endings = _ -> 0.9;

    /** How long a model takes to say so. */
    public long predictMillis = 50;

    /** If set, it fails with this. */
    public @Nullable Status predictFailure;

    /** Every time that it was asked. */
    public final List<PredictRequest> predictions = new ArrayList<>();

    /** What tools answer. */
    public Function<InvokeRequest, InvokeResponse> tools =
            _ -> InvokeResponse.newBuilder().setOutputJson("{}").build();

    /** How long they take. */
    public long toolMillis = 100;

    /** If set, tools cannot be reached. */
    public @Nullable Status toolFailure;

    /** Every tool that was run. */
    public final List<InvokeRequest> invocations = new ArrayList<>();

    /** From a request to prepare to its answer. */
    public long prepareMillis;

    /** If set, preparations fail with this. */
    public @Nullable Status prepareFailure;

    /** If set, replies fail with this. */
    public @Nullable Status replyFailure;

    /** What the voice sounds like, at {@link #RATE}, over and over; a tone if it is null. */
    public short @Nullable [] voice;
    /** If set, the voice fails with this. */
    public @Nullable Status voiceFailure;

    /** The recognizer's next stream is asked to go elsewhere after so much audio; 0 for never. */
    public long goAwayAfterMillis;

    /** Accepts everything and answers nothing. */
    public boolean mute;

    /** From where on each utterance was heard, in ms on the caller's time base. */
    public final List<Long> heardFrom = new ArrayList<>();

    /** How the recognizer's streams began. */
    public final List<TranscribeStart> transcribeStarts = new ArrayList<>();

    /** Every request for a reply so far. */
    public final List<GenerateRequest> requests = new ArrayList<>();

    /** Every clause that the voice was given. */
    public final List<String> clauses = new ArrayList<>();

    /** How many preparations there were. */
    public int preparations;

    /** How many replies and syntheses were canceled by the agent. */
    public int canceled;

    /** Seconds of audio that the recognizer was given. */
    public double heardSeconds;

    /** Models on this loop. */
    public ScriptedModels(Loop loop) {
        this.loop = loop;
    }

    /**
     * Words at a moment of the call.
     *
     * @param fromMillis when they begin, in ms of the caller's audio; they are in a transcript of audio that has that moment
     *     and a little more in it
     */
    public record Spoken(String text, long fromMillis) {}

    /** Says what was spoken. */
    public interface Ear {
        /** The transcript of the audio between two moments of the call, in ms of the caller's audio. */
        String between(long fromMillis, long untilMillis);
    }

    /** The caller's next utterance is heard as this; an empty one as nothing. */
    public void hear(String text) {
        utterances.add(text);
    }

    /** From now on utterances are heard as somebody says who knows what was spoken when. */
    public void hear(Ear knows) {
        ear = knows;
    }

    /** From now on utterances are heard as those of the words, which may become more, that were spoken in them. */
    public void hear(List<Spoken> words) {
        hear((from, until) -> words.stream()
                .filter(one -> one.fromMillis() >= from && one.fromMillis() + 200 <= until)
                .map(Spoken::text)
                .collect(Collectors.joining(" ")));
    }

    /** The services that an agent uses. */
    public List<BindableService> services() {
        return List.of(new Preparing(), new Recognizer(), new Dialogues(), new Voices(), new Tools(), new Endings());
    }

    private void after(long millis, Runnable task) {
        loop.after(millis * 1_000_000, task);
    }

    private final class Preparing extends ModelsGrpc.ModelsImplBase {
        @Override
        public void prepare(ModelsPrepareRequest request, StreamObserver<ModelsPrepareResponse> responses) {
            preparations++;
            if (prepareFailure != null) {
                responses.onError(prepareFailure.asRuntimeException());
                return;
            }
            if (mute) {
                return;
            }
            ModelsPrepareResponse.Builder response = ModelsPrepareResponse.newBuilder();
            phrase(response, PhraseKind.PHRASE_KIND_GREETING, request.getSpec().getGreeting());
            phrases.forEach((kind, text) -> phrase(response, kind, text));
            if (request.getSpec().hasRecording()) {
                phrase(
                        response,
                        PhraseKind.PHRASE_KIND_CONSENT,
                        request.getSpec().getRecording().getConsent());
                phrase(response, PhraseKind.PHRASE_KIND_CONSENT_AGREED, "Thank you. How can I help you?");
                phrase(response, PhraseKind.PHRASE_KIND_CONSENT_DECLINED, "All right, this call is not recorded.");
            }
            if (prepareMillis == 0) {
                answer(responses, response.build());
            } else {
                ((ServerCallStreamObserver<ModelsPrepareResponse>) responses).setOnCancelHandler(() -> {});
                after(prepareMillis, () -> answer(responses, response.build()));
            }
        }

        private void answer(StreamObserver<ModelsPrepareResponse> responses, ModelsPrepareResponse response) {
            if (!((ServerCallStreamObserver<ModelsPrepareResponse>) responses).isCancelled()) {
                replyFailure = null;
                responses.onNext(response);
                responses.onCompleted();
            }
        }

        private void phrase(ModelsPrepareResponse.Builder response, PhraseKind kind, String text) {
            if (!text.isEmpty()) {
                response.addPhrases(RenderedPhrase.newBuilder()
                        .setKind(kind)
                        .setText(text)
                        .setFormat(format())
                        .setPayload(speak(text))
                        .addAllAlignment(words(text)));
            }
        }
    }

    private final class Recognizer extends SpeechToTextGrpc.SpeechToTextImplBase {
        @Override
        public StreamObserver<TranscribeRequest> transcribe(StreamObserver<TranscribeResponse> responses) {
            ((ServerCallStreamObserver<TranscribeResponse>) responses).setOnCancelHandler(() -> {});
            return new StreamObserver<>() {
                private long utterance;
                private String words = "";
                private long samples;
                private long from;
                private long until;
                private long version;
                private boolean partialSent;

                @Override
                public void onNext(TranscribeRequest request) {
                    switch (request.getMessageCase()) {
                        case AUDIO -> {
                            long id = request.getAudio().getUtteranceId();
                            if (id != utterance) {
                                utterance = id;
                                samples = 0;
                                partialSent = false;
                                from = request.getAudio().getMediaTimeMs();
                                heardFrom.add(from);
                                words = utterances.isEmpty() ? usualUtterance : utterances.remove();
                            }
                            int count = request.getAudio().getPayload().size() / 2;
                            heardSeconds += count / 8000.0;
                            samples += count;
                            until = request.getAudio().getMediaTimeMs() + count / 8;
                            version++;
                            if (goAwayAfterMillis > 0 && samples >= 8 * goAwayAfterMillis) {
                                goAwayAfterMillis = 0;
                                utterances.addFirst(words);
                                responses.onNext(TranscribeResponse.newBuilder()
                                        .setGoAway(GoAway.getDefaultInstance())
                                        .build());
                            }
                            if (partialAfterMillis > 0 && !partialSent && samples >= 8 * partialAfterMillis) {
                                partialSent = true;
                                tell(text(), false);
                            }
                        }
                        case FINALIZE -> {
                            long asked = version;
                            after(transcriptMillis, () -> {
                                if (asked == version) {
                                    tell(text(), true);
                                }
                            });
                        }
                        case CANCEL -> version++;
                        case START -> transcribeStarts.add(request.getStart());
                        case MESSAGE_NOT_SET -> {}
                    }
                }

                private String text() {
                    return ear == null ? words : ear.between(from, until);
                }

                private void tell(String words, boolean whole) {
                    if (!mute) {
                        responses.onNext(TranscribeResponse.newBuilder()
                                .setTranscript(Transcript.newBuilder()
                                        .setUtteranceId(utterance)
                                        .setText(words)
                                        .setFinal(whole)
                                        .setMediaTimeMs(until))
                                .build());
                    }
                }

                @Override
                public void onError(Throwable cause) {
                    version++;
                }

                @Override
                public void onCompleted() {
                    responses.onCompleted();
                }
            };
        }
    }

    private final class Dialogues extends LanguageModelGrpc.LanguageModelImplBase {
        @Override
        public void generate(GenerateRequest request, StreamObserver<GenerateResponse> responses) {
            requests.add(request);
            ServerCallStreamObserver<GenerateResponse> call = (ServerCallStreamObserver<GenerateResponse>) responses;
            call.setOnCancelHandler(() -> canceled++);
            if (replyFailure != null) {
                responses.onError(replyFailure.asRuntimeException());
                return;
            }
            if (mute) {
                return;
            }
            Reply reply = replies.apply(request);
            String[] words =
                    reply.text().isEmpty() ? new String[0] : reply.text().split("(?<= )");
            piecesIn(
                    call,
                    request.getFirstPieceDeadlineMs(),
                    firstPieceMillis,
                    () -> piece(request, call, reply, words, 0));
        }

        /** Inference gives a model up that takes longer than the request allows. */
        private void piecesIn(
                ServerCallStreamObserver<GenerateResponse> call, long deadlineMs, long millis, Runnable piece) {
            if (deadlineMs > 0 && millis > deadlineMs && fallbackMillis >= 0) {
                after(deadlineMs + fallbackMillis, piece);
            } else if (deadlineMs > 0 && millis > deadlineMs) {
                after(deadlineMs, () -> fail(call, Status.DEADLINE_EXCEEDED));
            } else {
                after(millis, piece);
            }
        }

        private static void fail(ServerCallStreamObserver<GenerateResponse> call, Status status) {
            if (!call.isCancelled()) {
                call.onError(status.asRuntimeException());
            }
        }

        private void piece(
                GenerateRequest request,
                ServerCallStreamObserver<GenerateResponse> call,
                Reply reply,
                String[] words,
                int next) {
            if (call.isCancelled()) {
                return;
            }
            if (next == breakAfterPieces && breakFailure != null) {
                fail(call, breakFailure);
                return;
            }
            if (next < words.length) {
                call.onNext(GenerateResponse.newBuilder()
                        .setText(TextDelta.newBuilder().setText(words[next]))
                        .build());
                boolean breaks = next + 1 == breakAfterPieces && breakFailure == null;
                piecesIn(
                        call,
                        request.getNextPieceDeadlineMs(),
                        breaks ? breakMillis : betweenPiecesMillis,
                        () -> piece(request, call, reply, words, next + 1));
                return;
            }
            reply.tools()
                    .forEach(tool -> call.onNext(
                            GenerateResponse.newBuilder().setToolCall(tool).build()));
            reply.actions()
                    .forEach(action -> call.onNext(
                            GenerateResponse.newBuilder().setAction(action).build()));
            call.onNext(GenerateResponse.newBuilder()
                    .setDone(GenerateDone.newBuilder()
                            .setServedBy(ServedBy.newBuilder()
                                    .setProvider("scripted")
                                    .setModel("rehearsal"))
                            .setProviderState(ByteString.copyFromUtf8("after " + requests.size()))
                            .setOutputTokens(words.length)
                            .setExpecting(reply.expecting())
                            .setSensitive(reply.sensitive()))
                    .build());
            call.onCompleted();
        }
    }

    private final class Tools extends ToolsGrpc.ToolsImplBase {
        @Override
        public void invoke(InvokeRequest request, StreamObserver<InvokeResponse> responses) {
            invocations.add(request);
            ServerCallStreamObserver<InvokeResponse> call = (ServerCallStreamObserver<InvokeResponse>) responses;
            call.setOnCancelHandler(() -> canceled++);
            after(toolMillis, () -> {
                if (call.isCancelled()) {
                    return;
                }
                if (toolFailure != null) {
                    call.onError(toolFailure.asRuntimeException());
                    return;
                }
                call.onNext(tools.apply(request));
                call.onCompleted();
            });
        }
    }

    private final class Endings extends EndOfTurnGrpc.EndOfTurnImplBase {
        @Override
        public void predict(PredictRequest request, StreamObserver<PredictResponse> responses) {
            predictions.add(request);
            ServerCallStreamObserver<PredictResponse> call = (ServerCallStreamObserver<PredictResponse>) responses;
            call.setOnCancelHandler(() -> canceled++);
            double finished = endings.applyAsDouble(request);
            if (mute || Double.isNaN(finished)) {
                return;
            }
            after(predictMillis, () -> {
                if (call.isCancelled()) {
                    return;
                }
                if (predictFailure != null) {
                    call.onError(predictFailure.asRuntimeException());
                    return;
                }
                call.onNext(PredictResponse.newBuilder()
                        .setFinished((float) finished)
                        .build());
                call.onCompleted();
            });
        }
    }

    private final class Voices extends TextToSpeechGrpc.TextToSpeechImplBase {
        @Override
        public StreamObserver<SynthesizeRequest> synthesize(StreamObserver<SynthesizeResponse> responses) {
            ServerCallStreamObserver<SynthesizeResponse> call =
                    (ServerCallStreamObserver<SynthesizeResponse>) responses;
            call.setOnCancelHandler(() -> canceled++);
            return new StreamObserver<>() {
                private int spoken;
                private int asked;
                private boolean finished;

                @Override
                public void onNext(SynthesizeRequest request) {
                    switch (request.getMessageCase()) {
                        case START ->
                            call.onNext(SynthesizeResponse.newBuilder()
                                    .setStarted(SynthesizeStarted.newBuilder().setFormat(format()))
                                    .build());
                        case TEXT -> {
                            asked++;
                            clauses.add(request.getText().getText());
                            if (voiceFailure != null) {
                                call.onError(voiceFailure.asRuntimeException());
                            } else if (!mute) {
                                after(
                                        firstAudioMillis,
                                        () -> speakPiece(
                                                request.getText().getSequence(),
                                                request.getText().getText()));
                            }
                        }
                        case FLUSH, MESSAGE_NOT_SET -> {}
                    }
                }

                private void speakPiece(int sequence, String text) {
                    if (call.isCancelled() || voiceFailure != null) {
                        return;
                    }
                    ByteString audio = speak(text);
                    for (int at = 0; at < audio.size(); at += 2 * MESSAGE_SAMPLES) {
                        call.onNext(SynthesizeResponse.newBuilder()
                                .setAudio(SynthesizedAudio.newBuilder()
                                        .setSequence(sequence)
                                        .setPayload(
                                                audio.substring(at, Math.min(audio.size(), at + 2 * MESSAGE_SAMPLES))))
                                .build());
                    }
                    call.onNext(SynthesizeResponse.newBuilder()
                            .setPieceDone(PieceDone.newBuilder()
                                    .setSequence(sequence)
                                    .setSamples(audio.size() / 2)
                                    .addAllAlignment(words(text)))
                            .build());
                    spoken++;
                    complete();
                }

                private void complete() {
                    if (finished && spoken == asked && !call.isCancelled()) {
                        call.onCompleted();
                    }
                }

                @Override
                public void onError(Throwable cause) {}

                @Override
                public void onCompleted() {
                    finished = true;
                    complete();
                }
            };
        }
    }

    private static AudioFormat format() {
        return AudioFormat.newBuilder()
                .setCodec(Codec.CODEC_L16)
                .setSampleRateHz(RATE)
                .build();
    }

    /** A sound as long as the text takes to say. */
    private ByteString speak(String text) {
        int samples = text.length() * RATE / CHARACTERS_A_SECOND;
        short[] sound = voice == null ? Tone.sine(300, -20, RATE).take(samples) : voice;
        byte[] bytes = new byte[2 * samples];
        for (int i = 0; i < samples; i++) {
            short sample = sound[i % sound.length];
            bytes[2 * i] = (byte) sample;
            bytes[2 * i + 1] = (byte) (sample >> 8);
        }
        return ByteString.copyFrom(bytes);
    }

    /** Where each word of a text is in its tone. */
    private static List<Alignment> words(String text) {
        List<Alignment> words = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == ' ') {
                if (i > start) {
                    words.add(Alignment.newBuilder()
                            .setTextStart(start)
                            .setTextEnd(i)
                            .setSampleStart(start * RATE / CHARACTERS_A_SECOND)
                            .setSampleEnd(i * RATE / CHARACTERS_A_SECOND)
                            .build());
                }
                start = i + 1;
            }
        }
        return words;
    }
}
