package dev.dialplane.agent.rehearsal;

import dev.dialplane.agent.loop.EventLoop;
import dev.dialplane.agent.rehearsal.ScriptedModels.Reply;
import dev.dialplane.contracts.agent.v1.AgentGrpc;
import dev.dialplane.contracts.agent.v1.OfferKind;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.agent.v1.PrepareRequest;
import dev.dialplane.contracts.agent.v1.WatchRequest;
import dev.dialplane.contracts.agent.v1.WatchResponse;
import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.CarrierCapabilities;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.Interruption;
import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.common.v1.Pipeline;
import dev.dialplane.contracts.common.v1.PipelineMode;
import dev.dialplane.contracts.common.v1.SlowModel;
import dev.dialplane.contracts.common.v1.TurnTaking;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.ActionKind;
import dev.dialplane.contracts.inference.v1.Expecting;
import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.okhttp.OkHttpServerBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One whole call over loopback, with scripted models and a scripted caller in the agent's own process: preparation, an
 * offer, a turn, an interruption, a goodbye, a reset. Whoever trains the JVM's cache runs it; so can anybody who wants to
 * know whether an installation works.
 */
public final class Rehearsal implements AutoCloseable {
    /** What the rehearsed agent's pod is called. */
    public static final String POD_UID = "rehearsal";

    private static final String HASH = "rehearsal";
    private static final int SECONDS = 60;

    private final EventLoop loop = new EventLoop("rehearsal");
    private final Server inference;

    /** Starts scripted models on a free port of the loopback address. */
    public Rehearsal() throws IOException {
        ScriptedModels models = new ScriptedModels(loop);
        models.partialAfterMillis = 800;
        models.replies = request -> request.getDialogueCount() < 4
                ? Reply.of("We are open from nine in the morning to six in the evening, Monday to Saturday.")
                : new Reply(
                        "You are welcome. Goodbye.",
                        List.of(Action.newBuilder()
                                .setKind(ActionKind.ACTION_KIND_HANG_UP)
                                .build()),
                        Expecting.EXPECTING_NOTHING);
        OkHttpServerBuilder builder = OkHttpServerBuilder.forPort(
                        new InetSocketAddress("127.0.0.1", 0), InsecureServerCredentials.create())
                .executor(loop);
        for (BindableService service : models.services()) {
            builder.addService(service);
        }
        inference = builder.build().start();
    }

    /** Where the scripted models are. */
    public int inferencePort() {
        return inference.getPort();
    }

    /**
     * Has a call with the agent at this port of the loopback address; returns when the agent is idle again.
     *
     * @throws IllegalStateException if it does not go as scripted
     */
    public void call(int port) throws InterruptedException {
        ManagedChannel channel = OkHttpChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .executor(loop)
                .build();
        try {
            AgentGrpc.AgentBlockingStub agent = AgentGrpc.newBlockingStub(channel);
            Iterator<WatchResponse> watch = agent.withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
                    .watch(WatchRequest.newBuilder().setGateway("rehearsal").build());
            agent.withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
                    .prepare(PrepareRequest.newBuilder()
                            .setHash(HASH)
                            .setSpec(spec())
                            .setPrepareToken("rehearsal")
                            .build());
            OfferRequest offer = offer();
            var answer = agent.withDeadlineAfter(SECONDS, TimeUnit.SECONDS).offer(offer);
            if (!answer.getAccepted()) {
                throw new IllegalStateException("the offer was refused: " + answer.getDetail());
            }
            CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
            byte[] speech = speech();
            loop.execute(() -> new ScriptedCaller(loop, AgentGrpc.newStub(channel), offer, speech, cause -> {
                if (cause == null) {
                    over.complete(null);
                } else {
                    over.completeExceptionally(cause);
                }
            }));
            over.get(SECONDS, TimeUnit.SECONDS);
            WatchResponse state = watch.next();
            while (state.getCallsServed() == 0 || state.getPhase() != Phase.PHASE_IDLE) {
                state = watch.next();
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the call failed", e);
        } finally {
            channel.shutdownNow();
        }
    }

    @Override
    public void close() {
        inference.shutdownNow();
        loop.stop();
    }

    private static OfferRequest offer() {
        AudioFormat format = AudioFormat.newBuilder()
                .setCodec(Codec.CODEC_PCMU)
                .setSampleRateHz(8000)
                .build();
        return OfferRequest.newBuilder()
                .setFence(Fence.newBuilder()
                        .setCallId("rehearsalrehearsalrehearsa")
                        .setAttempt(1))
                .setPodUid(POD_UID)
                .setKind(OfferKind.OFFER_KIND_LIVE)
                .setExpiresInMs(10_000)
                .setSpecHash(HASH)
                .setCarrier(CarrierCapabilities.newBuilder().setClear(true).setLeadMs(300))
                .setFormatIn(format)
                .setFormatOut(format)
                .setCallToken("rehearsal")
                .build();
    }

    private static AgentSpec spec() {
        ModelRef model = ModelRef.newBuilder()
                .setProvider("scripted")
                .setModel("rehearsal")
                .build();
        return AgentSpec.newBuilder()
                .setLanguage("en-IN")
                .setGreeting("Good morning.")
                .setPipeline(Pipeline.newBuilder()
                        .setMode(PipelineMode.PIPELINE_MODE_CASCADE)
                        .setSpeechToText(model)
                        .setLanguageModel(model)
                        .setTextToSpeech(model))
                .setTurnTaking(TurnTaking.newBuilder()
                        .setSilenceMinMs(200)
                        .setSilenceMaxMs(3000)
                        .setInterruption(Interruption.newBuilder()
                                .setMinSpeechMs(500)
                                .setMinWords(1)
                                .setDecideWithinMs(700)
                                .setResumeAfterMs(2000))
                        .setIdlePromptMs(8000)
                        .setIdleHangUpMs(20_000))
                .setSlowModel(SlowModel.newBuilder()
                        .setHoldPhraseMs(1500)
                        .setFallbackMs(4000)
                        .setGiveUpMs(12_000))
                .build();
    }

    /** "Go forward ten meters": a recording of CMU's (see speech.LICENSE), in µ-law at 8 kHz. */
    private static byte[] speech() {
        try (InputStream in = Rehearsal.class.getResourceAsStream("speech.ulaw")) {
            if (in == null) {
                throw new IllegalStateException("the rehearsal's speech is not on the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("the rehearsal's speech cannot be read", e);
        }
    }
}
