package dev.dialplane.agent.testing;

import dev.dialplane.agent.inference.Models;
import dev.dialplane.agent.life.State;
import dev.dialplane.agent.loop.Loop;
import dev.dialplane.agent.rehearsal.ScriptedModels;
import dev.dialplane.agent.service.Agent;
import dev.dialplane.agent.service.AgentService;
import dev.dialplane.contracts.agent.v1.AgentGrpc;
import dev.dialplane.contracts.agent.v1.OfferKind;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.OfferResponse;
import dev.dialplane.contracts.agent.v1.PrepareRequest;
import dev.dialplane.contracts.agent.v1.PrepareResponse;
import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.CarrierCapabilities;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.Interruption;
import dev.dialplane.contracts.common.v1.InterruptionMode;
import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.common.v1.Pipeline;
import dev.dialplane.contracts.common.v1.PipelineMode;
import dev.dialplane.contracts.common.v1.SlowModel;
import dev.dialplane.contracts.common.v1.TurnTaking;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A whole agent with scripted models and a gateway, over in-process gRPC, in virtual time. */
public final class TestBench implements AutoCloseable {
    /** Kept, or it would be collected together with its level. */
    private static final Logger LOGGER = Logger.getLogger("dev.dialplane");

    static {
        LOGGER.setLevel(Level.OFF);
    }

    public static final String POD = "pod-1";
    public static final String HASH = "cafe";

    public final VirtualTime time = new VirtualTime();
    public final Loop agentLoop = time.loop();
    private final Loop othersLoop = time.loop();
    public final ScriptedModels models = new ScriptedModels(othersLoop);
    public final ScriptedSpeech speech = new ScriptedSpeech(othersLoop);
    public final Agent agent;
    public final AgentGrpc.AgentStub stub;
    public final Models client;
    public State.Gone gone;

    private final Server inference;
    private final Server server;
    private final ManagedChannel toInference;
    private final ManagedChannel toAgent;
    private AgentSpec spec = spec().build();

    public TestBench() {
        try {
            String name = InProcessServerBuilder.generateName();
            InProcessServerBuilder builder =
                    InProcessServerBuilder.forName(name).executor(othersLoop);
            for (BindableService service : models.services()) {
                builder.addService(service);
            }
            inference = builder.addService(speech).build().start();
            toInference =
                    InProcessChannelBuilder.forName(name).executor(agentLoop).build();
            client = new Models(toInference);
            agent = new Agent(agentLoop, client, POD, "rev", exit -> gone = exit);
            String agentName = InProcessServerBuilder.generateName();
            server = InProcessServerBuilder.forName(agentName)
                    .executor(agentLoop)
                    .addService(new AgentService(agent))
                    .build()
                    .start();
            toAgent = InProcessChannelBuilder.forName(agentName)
                    .executor(othersLoop)
                    .build();
            stub = AgentGrpc.newStub(toAgent);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A receptionist's spec, to be changed. */
    public static AgentSpec.Builder spec() {
        return AgentSpec.newBuilder()
                .setLanguage("en-IN")
                .setGreeting("Good morning, City Dental. How can I help?")
                .setPipeline(Pipeline.newBuilder()
                        .setMode(PipelineMode.PIPELINE_MODE_CASCADE)
                        .setSpeechToText(model())
                        .setLanguageModel(model())
                        .setTextToSpeech(model()))
                .setTurnTaking(TurnTaking.newBuilder()
                        .setSilenceMinMs(200)
                        .setSilenceMaxMs(3000)
                        .setInterruption(Interruption.newBuilder()
                                .setMode(InterruptionMode.INTERRUPTION_MODE_PAUSE_THEN_DECIDE)
                                .setMinSpeechMs(500)
                                .setMinWords(1)
                                .setDecideWithinMs(700)
                                .setResumeAfterMs(2000))
                        .setIdlePromptMs(8000)
                        .setIdleHangUpMs(20000))
                .setSlowModel(SlowModel.newBuilder()
                        .setComfortNoiseMs(800)
                        .setHoldPhraseMs(1500)
                        .setFallbackMs(4000)
                        .setGiveUpMs(12000))
                .setMaxDurationMs(3_600_000);
    }

    /** The same with one model that hears, thinks and speaks: {@link #speech}. */
    public static AgentSpec.Builder speechToSpeech() {
        return spec().setPipeline(Pipeline.newBuilder()
                .setMode(PipelineMode.PIPELINE_MODE_SPEECH_TO_SPEECH)
                .setSpeechToSpeech(model()));
    }

    private static ModelRef model() {
        return ModelRef.newBuilder().setProvider("scripted").setModel("test").build();
    }

    /** Calls with this spec from now on. */
    public TestBench with(AgentSpec.Builder changed) {
        spec = changed.build();
        return this;
    }

    /** Prepares the agent. */
    public TestBench prepared() {
        Answer<PrepareResponse> answer = prepare(HASH);
        if (answer.value == null) {
            throw new AssertionError("not prepared: " + answer.failure);
        }
        return this;
    }

    /** Asks it to prepare, and waits a little. */
    public Answer<PrepareResponse> prepare(String hash) {
        Answer<PrepareResponse> answer = new Answer<>();
        stub.prepare(
                PrepareRequest.newBuilder()
                        .setHash(hash)
                        .setSpec(spec)
                        .setPrepareToken("token")
                        .build(),
                answer);
        time.advance(100);
        return answer;
    }

    /** An offer that the agent should take. */
    public static OfferRequest.Builder offer(int call, int attempt) {
        AudioFormat format = AudioFormat.newBuilder()
                .setCodec(Codec.CODEC_PCMU)
                .setSampleRateHz(8000)
                .build();
        return OfferRequest.newBuilder()
                .setFence(Fence.newBuilder().setCallId(callId(call)).setAttempt(attempt))
                .setPodUid(POD)
                .setKind(OfferKind.OFFER_KIND_LIVE)
                .setExpiresInMs(5000)
                .setSpecHash(HASH)
                .setCarrier(CarrierCapabilities.newBuilder()
                        .setClear(true)
                        .setAcknowledges(true)
                        .setTransfer(true)
                        .setLeadMs(300))
                .setFormatIn(format)
                .setFormatOut(format)
                .setCallToken("call-token")
                .setReconnectGraceMs(5000);
    }

    /** A call's id: 26 of a-z. */
    public static String callId(int number) {
        StringBuilder id = new StringBuilder("aaaaaaaaaaaaaaaaaaaaaaaaaa");
        for (int at = 25, rest = number; rest > 0; at--, rest /= 26) {
            id.setCharAt(at, (char) ('a' + rest % 26));
        }
        return id.toString();
    }

    /** Offers, and returns the answer. */
    public OfferResponse offer(OfferRequest offer) {
        Answer<OfferResponse> answer = new Answer<>();
        stub.offer(offer, answer);
        time.settle();
        return answer.value;
    }

    /** A call that was offered, accepted and opened. */
    public TestGateway call(OfferRequest offer) {
        OfferResponse response = offer(offer);
        if (!response.getAccepted()) {
            throw new AssertionError("refused: " + response);
        }
        TestGateway gateway = new TestGateway(othersLoop, offer);
        gateway.open(stub);
        time.settle();
        return gateway;
    }

    /** A call by the rules. */
    public TestGateway call() {
        return call(offer(1, 1).build());
    }

    /** Another gateway for a call. */
    public TestGateway gateway(OfferRequest offer) {
        TestGateway gateway = new TestGateway(othersLoop, offer);
        gateway.open(stub);
        time.settle();
        return gateway;
    }

    /** Lets time pass until something is so. */
    public void until(String what, long mostMillis, BooleanSupplier so) {
        for (long waited = 0; waited < mostMillis; waited += 5) {
            if (so.getAsBoolean()) {
                return;
            }
            time.advance(5);
        }
        if (!so.getAsBoolean()) {
            throw new AssertionError("not within " + mostMillis + " ms: " + what);
        }
    }

    @Override
    public void close() {
        toAgent.shutdownNow();
        toInference.shutdownNow();
        server.shutdownNow();
        inference.shutdownNow();
        time.settle();
    }

    /** A unary answer. */
    public static final class Answer<T> implements StreamObserver<T> {
        public T value;
        public Status failure;

        @Override
        public void onNext(T message) {
            value = message;
        }

        @Override
        public void onError(Throwable cause) {
            failure = Status.fromThrowable(cause);
        }

        @Override
        public void onCompleted() {}
    }
}
