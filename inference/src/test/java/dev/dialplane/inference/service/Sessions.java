package dev.dialplane.inference.service;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.common.v1.Pipeline;
import dev.dialplane.contracts.common.v1.PipelineMode;
import dev.dialplane.contracts.inference.v1.Activity;
import dev.dialplane.contracts.inference.v1.ActivityEnd;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Interrupt;
import dev.dialplane.contracts.inference.v1.ModelsPrepareResponse;
import dev.dialplane.contracts.inference.v1.Playback;
import dev.dialplane.contracts.inference.v1.PlaybackState;
import dev.dialplane.contracts.inference.v1.SessionAudio;
import dev.dialplane.contracts.inference.v1.SessionStart;
import dev.dialplane.contracts.inference.v1.SessionTranscript;
import dev.dialplane.contracts.inference.v1.SessionTurn;
import dev.dialplane.contracts.inference.v1.SessionTurnKind;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechGrpc;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechRequest;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechResponse;
import dev.dialplane.contracts.inference.v1.TurnOwner;
import dev.dialplane.inference.InferenceConfig;
import dev.dialplane.inference.conversing.ResumeToken;
import dev.dialplane.inference.model.ModelCatalog;
import dev.dialplane.inference.model.Preparation;
import dev.dialplane.inference.model.Provider;
import dev.dialplane.inference.timing.SystemTimers;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Serves {@code SpeechToSpeech} as a process of inference does, over in-process gRPC. */
public final class Sessions implements AutoCloseable {
    public static final String HASH = "cafe";
    public static final int RATE = 8000;

    final Streams streams = new Streams(Duration.ofMinutes(1));
    private final SystemTimers timers = new SystemTimers();
    private final ModelCatalog catalog;
    private final Preparation preparation;
    private final Server server;
    private final ManagedChannel channel;
    private final ModelRef model;

    /**
     * @param settings of {@code dialplane.inference}, without that
     * @param provider makes the one provider
     */
    public Sessions(
            ModelRef model, Map<String, String> settings, BiFunction<InferenceConfig, SystemTimers, Provider> provider)
            throws IOException {
        this.model = model;
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder()
                .withConverter(Duration.class, 100, new DurationConverter())
                .withMapping(InferenceConfig.class);
        settings.forEach((key, value) -> builder.withDefaultValue("dialplane.inference." + key, value));
        InferenceConfig config = builder.build().getConfigMapping(InferenceConfig.class);
        catalog = new ModelCatalog(List.of(provider.apply(config, timers)));
        preparation = new Preparation(catalog, timers, config);
        String name = InProcessServerBuilder.generateName();
        server = InProcessServerBuilder.forName(name)
                .addService(new SpeechToSpeechService(
                        catalog,
                        preparation,
                        streams,
                        timers,
                        new ModelMetrics(new SimpleMeterRegistry()),
                        new FirstPieces(),
                        config))
                .build()
                .start();
        channel = InProcessChannelBuilder.forName(name).build();
    }

    public ModelCatalog catalog() {
        return catalog;
    }

    /** Prepares a spec for the model. */
    public ModelsPrepareResponse prepare(AgentSpec.Builder spec) {
        return preparation.prepare(
                HASH,
                spec.setPipeline(Pipeline.newBuilder()
                                .setMode(PipelineMode.PIPELINE_MODE_SPEECH_TO_SPEECH)
                                .setSpeechToSpeech(model))
                        .build());
    }

    /** A session's first message, to be changed. */
    public SessionStart.Builder start() {
        AudioFormat format = AudioFormat.newBuilder()
                .setCodec(Codec.CODEC_PCMU)
                .setSampleRateHz(RATE)
                .build();
        return SessionStart.newBuilder()
                .setModel(model)
                .setSpecHash(HASH)
                .setLanguage("en-IN")
                .setFormatIn(format)
                .setFormatOut(format)
                .setTurnOwner(TurnOwner.TURN_OWNER_CLIENT);
    }

    /** Opens a session. */
    public Client open(SessionStart.Builder start) {
        Client client = client();
        client.send(it -> it.setStart(start));
        return client;
    }

    Client client() {
        return new Client(channel);
    }

    int timersWaiting() {
        return timers.waiting();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    /** An agent's side of a session. */
    public static final class Client implements StreamObserver<SpeechToSpeechResponse> {
        private final StreamObserver<SpeechToSpeechRequest> requests;
        public final List<SpeechToSpeechResponse> items = new CopyOnWriteArrayList<>();
        public volatile boolean completed;
        public volatile @Nullable Throwable failure;
        private long sequence;
        private long mediaTimeMs;

        Client(ManagedChannel channel) {
            requests = SpeechToSpeechGrpc.newStub(channel).converse(this);
        }

        /** Changes a message. */
        public interface Message {
            void in(SpeechToSpeechRequest.Builder request);
        }

        public void send(Message message) {
            SpeechToSpeechRequest.Builder request = SpeechToSpeechRequest.newBuilder();
            message.in(request);
            requests.onNext(request.build());
        }

        public void end() {
            requests.onCompleted();
        }

        /** Says something, in µ-law, without an end of the turn. */
        public void say(byte[] audio) {
            send(it -> it.setActivity(Activity.newBuilder().setOn(true).setMediaTimeMs(mediaTimeMs)));
            for (int at = 0; at < audio.length; at += RATE / 10) {
                int count = Math.min(RATE / 10, audio.length - at);
                int from = at;
                send(it -> it.setAudio(SessionAudio.newBuilder()
                        .setSeq(sequence++)
                        .setMediaTimeMs(mediaTimeMs)
                        .setPayload(ByteString.copyFrom(audio, from, count))));
                mediaTimeMs += count * 1000L / RATE;
            }
        }

        /** A second of something. */
        public void say() {
            say(new byte[RATE]);
        }

        public void ends(ActivityEnd end, String responseId) {
            send(it -> it.setActivity(Activity.newBuilder().setEnd(end).setResponseId(responseId)));
        }

        /** Says something and wants a response. */
        public void ask(String responseId) {
            say();
            ends(ActivityEnd.ACTIVITY_END_UNSPECIFIED, responseId);
        }

        public void playback(String responseId, PlaybackState state, int playedMs) {
            send(it -> it.setPlayback(Playback.newBuilder()
                    .setResponseId(responseId)
                    .setState(state)
                    .setPlayedMs(playedMs)));
        }

        public void interrupt(String responseId, int playedMs) {
            send(it -> it.setInterrupt(
                    Interrupt.newBuilder().setResponseId(responseId).setPlayedMs(playedMs)));
        }

        /** Waits for a response's end, and returns what is told at the end of its generation. */
        public SessionTurn awaitDone(String responseId) {
            await("the end of " + responseId)
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> turn(responseId, SessionTurnKind.SESSION_TURN_KIND_RESPONSE_DONE) != null
                            || failure != null);
            SessionTurn done = turn(responseId, SessionTurnKind.SESSION_TURN_KIND_GENERATION_DONE);
            if (done == null) {
                throw new AssertionError("no end of " + responseId + " in " + items + ", " + failure);
            }
            return done;
        }

        /** What the model remembers once the response was played. */
        public List<DialogueTurn> memoryAfter(String responseId) {
            return ResumeToken.of(awaitDone(responseId).getResumeToken()).turns();
        }

        @Nullable
        SessionTurn turn(String responseId, SessionTurnKind kind) {
            return items.stream()
                    .map(SpeechToSpeechResponse::getTurn)
                    .filter(turn ->
                            turn.getKind() == kind && turn.getResponseId().equals(responseId))
                    .findFirst()
                    .orElse(null);
        }

        /** What somebody said, of one response if it is named, as far as it is final. */
        public List<SessionTranscript> said(Speaker speaker, String responseId) {
            return items.stream()
                    .map(SpeechToSpeechResponse::getTranscript)
                    .filter(it -> it.getSpeaker() == speaker
                            && it.getFinal()
                            && it.getResponseId().equals(responseId))
                    .toList();
        }

        @Override
        public void onNext(SpeechToSpeechResponse item) {
            items.add(item);
        }

        @Override
        public void onError(Throwable error) {
            failure = error;
        }

        @Override
        public void onCompleted() {
            completed = true;
        }
    }
}
