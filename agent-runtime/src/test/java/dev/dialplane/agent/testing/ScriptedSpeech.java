package dev.dialplane.agent.testing;

import com.google.protobuf.ByteString;
import dev.dialplane.agent.loop.Loop;
import dev.dialplane.agent.rehearsal.ScriptedModels.Reply;
import dev.dialplane.audio.G711;
import dev.dialplane.audio.Tone;
import dev.dialplane.contracts.common.v1.Error;
import dev.dialplane.contracts.common.v1.ProviderDown;
import dev.dialplane.contracts.inference.v1.Activity;
import dev.dialplane.contracts.inference.v1.ServedBy;
import dev.dialplane.contracts.inference.v1.SessionAudioOut;
import dev.dialplane.contracts.inference.v1.SessionError;
import dev.dialplane.contracts.inference.v1.SessionGoAway;
import dev.dialplane.contracts.inference.v1.SessionReady;
import dev.dialplane.contracts.inference.v1.SessionStart;
import dev.dialplane.contracts.inference.v1.SessionTranscript;
import dev.dialplane.contracts.inference.v1.SessionTurn;
import dev.dialplane.contracts.inference.v1.SessionTurnKind;
import dev.dialplane.contracts.inference.v1.SessionUsage;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechGrpc;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechRequest;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechRequest.MessageCase;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechResponse;
import dev.dialplane.contracts.inference.v1.TurnOwner;
import dev.dialplane.contracts.inference.v1.Word;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * A model that hears, thinks and speaks as told, and keeps all that it was told. Speaks 15 characters a second, in tones in
 * µ-law. Fields may be changed at any time.
 */
public final class ScriptedSpeech extends SpeechToSpeechGrpc.SpeechToSpeechImplBase {
    private static final int CHARACTERS_A_SECOND = 15;
    private static final int RATE = 8000;

    private final Loop loop;
    private final Deque<String> utterances = new ArrayDeque<>();
    /** What the caller is heard to say when nothing else is told. */
    public String usualUtterance = "When are you open?";

    /** From a pause to its transcript. */
    public long transcriptMillis = 60;

    /** From the request for a response to its first audio; the rest of it comes at once. */
    public long firstAudioMillis = 60;

    /** How much later each further word comes; the last of them brings the end. */
    public long betweenWordsMillis;

    /** What to say to the turn's text; or to a text or a tool's result. */
    public Function<String, Reply> replies = _ -> Reply.of("We are open from nine to six, Monday to Saturday.");

    /** Responses fail so. */
    public Error failure;

    /** Streams fail so at their start, until the spec is prepared. */
    public Status refusal;

    /** After how many words a response comes no further; never if negative. */
    public int stallAfterWords = -1;

    /** Offers this as owner of the turn. */
    public TurnOwner turnOwner = TurnOwner.TURN_OWNER_CLIENT;

    public final List<SessionStart> starts = new ArrayList<>();
    public final List<SpeechToSpeechRequest> received = new ArrayList<>();
    /** Samples of the caller's audio that were heard, as they came. */
    public ByteString heard = ByteString.EMPTY;

    private final List<Conversing> open = new ArrayList<>();

    ScriptedSpeech(Loop loop) {
        this.loop = loop;
    }

    /** The caller's next utterance is heard as this; an empty one as nothing. */
    public void hear(String text) {
        utterances.add(text);
    }

    public int streams() {
        return open.size();
    }

    /** Asks all streams to go elsewhere. */
    public void goAway(String token) {
        open.forEach(stream -> stream.answer(SpeechToSpeechResponse.newBuilder()
                .setGoAway(SessionGoAway.newBuilder().setTimeLeftMs(30_000).setResumeToken(token))));
    }

    /** Breaks all streams. */
    public void breakOff() {
        for (Conversing stream : List.copyOf(open)) {
            open.remove(stream);
            stream.responses.onError(Status.UNAVAILABLE.asRuntimeException());
        }
    }

    public static Error down() {
        return Error.newBuilder()
                .setMessage("down")
                .setProviderDown(ProviderDown.getDefaultInstance())
                .build();
    }

    public List<SpeechToSpeechRequest> all(MessageCase kind) {
        return received.stream().filter(one -> one.getMessageCase() == kind).toList();
    }

    @Override
    public StreamObserver<SpeechToSpeechRequest> converse(StreamObserver<SpeechToSpeechResponse> responses) {
        Conversing stream = new Conversing((ServerCallStreamObserver<SpeechToSpeechResponse>) responses);
        open.add(stream);
        return stream;
    }

    private final class Conversing implements StreamObserver<SpeechToSpeechRequest> {
        private final ServerCallStreamObserver<SpeechToSpeechResponse> responses;
        private final Set<String> stopped = new HashSet<>();
        private boolean turn;
        private String text = "";
        private String keys = "";
        private long startMs;
        private long untilMs;
        private int version;

        Conversing(ServerCallStreamObserver<SpeechToSpeechResponse> responses) {
            this.responses = responses;
            responses.setOnCancelHandler(() -> open.remove(this));
        }

        private void answer(SpeechToSpeechResponse.Builder message) {
            if (!responses.isCancelled() && open.contains(this)) {
                responses.onNext(message.build());
            }
        }

        @Override
        public void onNext(SpeechToSpeechRequest request) {
            received.add(request);
            switch (request.getMessageCase()) {
                case START -> start(request.getStart());
                case AUDIO -> {
                    heard = heard.concat(request.getAudio().getPayload());
                    untilMs = request.getAudio().getMediaTimeMs()
                            + request.getAudio().getPayload().size() / 8;
                    version++;
                }
                case ACTIVITY -> activity(request.getActivity());
                case DTMF -> keys += request.getDtmf().getDigit();
                case TEXT -> {
                    if (request.getText().getRespond()) {
                        respond(
                                request.getText().getResponseId(),
                                request.getText().getText());
                    }
                }
                case TOOL_RESULT -> {
                    if (request.getToolResult().getRespond()) {
                        respond(
                                request.getToolResult().getResponseId(),
                                request.getToolResult().getOutputJson());
                    }
                }
                case INTERRUPT -> stopped.add(request.getInterrupt().getResponseId());
                case PLAYBACK -> {
                    turn = false;
                    keys = "";
                }
                default -> {}
            }
        }

        private void start(SessionStart start) {
            if (refusal != null) {
                Status why = refusal;
                refusal = null;
                open.remove(this);
                responses.onError(why.asRuntimeException());
                return;
            }
            starts.add(start);
            answer(SpeechToSpeechResponse.newBuilder()
                    .setReady(SessionReady.newBuilder()
                            .setFormatIn(start.getFormatIn())
                            .setFormatOut(start.getFormatOut())
                            .setTurnOwner(turnOwner)
                            .setTools(true)
                            .setCallerTranscript(true)
                            .setTruncates(true)));
        }

        private void activity(Activity activity) {
            version++;
            if (activity.getOn()) {
                if (!turn) {
                    turn = true;
                    startMs = activity.getMediaTimeMs();
                    text = utterances.isEmpty() ? usualUtterance : utterances.remove();
                }
                return;
            }
            switch (activity.getEnd()) {
                case ACTIVITY_END_NOTHING -> {
                    turn = false;
                    keys = "";
                }
                case ACTIVITY_END_PAUSE -> {
                    int asked = version;
                    after(transcriptMillis, () -> {
                        if (asked == version) {
                            answer(SpeechToSpeechResponse.newBuilder()
                                    .setTranscript(SessionTranscript.newBuilder()
                                            .setSpeaker(Speaker.SPEAKER_CALLER)
                                            .setText(text)
                                            .setFinal(true)
                                            .setStartMs(startMs)
                                            .setEndMs(untilMs)));
                        }
                    });
                }
                default -> respond(activity.getResponseId(), ((turn ? text : "") + " " + keys).strip());
            }
        }

        private void after(long millis, Runnable task) {
            loop.after(millis * 1_000_000, task);
        }

        private void respond(String id, String to) {
            Error error = failure;
            if (error != null) {
                after(
                        10,
                        () -> answer(SpeechToSpeechResponse.newBuilder()
                                .setError(SessionError.newBuilder()
                                        .setError(error)
                                        .setResponseId(id))));
                return;
            }
            Reply reply = replies.apply(to);
            after(firstAudioMillis, () -> speak(id, reply, 0, 0));
        }

        /** Word by word: each is a clause of its own. */
        private void speak(String id, Reply reply, int from, int samples) {
            if (stopped.contains(id) || responses.isCancelled()) {
                return;
            }
            String[] words = reply.text().split(" ");
            int next = from;
            int at = samples;
            while (next < words.length && !words[next].isEmpty()) {
                if (next == stallAfterWords) {
                    return;
                }
                at = word(id, words[next], at);
                next++;
                if (betweenWordsMillis > 0) {
                    int resumed = next;
                    int reached = at;
                    after(betweenWordsMillis, () -> speak(id, reply, resumed, reached));
                    return;
                }
            }
            reply.tools()
                    .forEach(call -> answer(SpeechToSpeechResponse.newBuilder()
                            .setToolCall(call.toBuilder()
                                    .setToolCallId(id + "/" + call.getToolCallId())
                                    .setResponseId(id))));
            reply.actions()
                    .forEach(action -> answer(SpeechToSpeechResponse.newBuilder()
                            .setAction(action.toBuilder().setResponseId(id))));
            answer(SpeechToSpeechResponse.newBuilder()
                    .setUsage(SessionUsage.newBuilder().setInputTokens(10).setOutputTokens(words.length)));
            answer(SpeechToSpeechResponse.newBuilder()
                    .setTurn(SessionTurn.newBuilder()
                            .setKind(SessionTurnKind.SESSION_TURN_KIND_GENERATION_DONE)
                            .setResponseId(id)
                            .setResumeToken("after " + id)
                            .setExpecting(reply.expecting())
                            .setServedBy(ServedBy.newBuilder()
                                    .setProvider("scripted")
                                    .setModel("speech"))));
            answer(SpeechToSpeechResponse.newBuilder()
                    .setTurn(SessionTurn.newBuilder()
                            .setKind(SessionTurnKind.SESSION_TURN_KIND_RESPONSE_DONE)
                            .setResponseId(id)));
        }

        private int word(String id, String word, int samples) {
            SessionTranscript transcript = SessionTranscript.newBuilder()
                    .setSpeaker(Speaker.SPEAKER_AGENT)
                    .setText(word)
                    .setStartMs(samples * 1000L / RATE)
                    .setResponseId(id)
                    .build();
            answer(SpeechToSpeechResponse.newBuilder().setTranscript(transcript));
            int count = (word.length() + 1) * RATE / CHARACTERS_A_SECOND;
            short[] tone = Tone.sine(300, -20, RATE).take(count);
            byte[] coded = new byte[count];
            G711.MU_LAW.encode(tone, 0, coded, 0, count);
            for (int at = 0; at < count; at += RATE / 5) {
                answer(SpeechToSpeechResponse.newBuilder()
                        .setAudio(SessionAudioOut.newBuilder()
                                .setResponseId(id)
                                .setFirstSample(samples + at)
                                .setPayload(ByteString.copyFrom(coded, at, Math.min(RATE / 5, count - at)))));
            }
            long endMs = (samples + count) * 1000L / RATE;
            answer(SpeechToSpeechResponse.newBuilder()
                    .setTranscript(transcript.toBuilder()
                            .setFinal(true)
                            .setEndMs(endMs)
                            .addWords(Word.newBuilder()
                                    .setText(word)
                                    .setStartMs(transcript.getStartMs())
                                    .setEndMs(endMs))));
            return samples + count;
        }

        @Override
        public void onError(Throwable cause) {
            open.remove(this);
        }

        @Override
        public void onCompleted() {
            open.remove(this);
            responses.onCompleted();
        }
    }
}
