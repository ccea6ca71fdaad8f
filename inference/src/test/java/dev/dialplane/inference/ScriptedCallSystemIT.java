package dev.dialplane.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.common.v1.Error;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.common.v1.Pipeline;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.common.v1.TokenClaims;
import dev.dialplane.contracts.common.v1.Tool;
import dev.dialplane.contracts.inference.v1.DescribeRequest;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.EndOfTurnGrpc;
import dev.dialplane.contracts.inference.v1.FinalizeUtterance;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.GenerateResponse;
import dev.dialplane.contracts.inference.v1.InvokeRequest;
import dev.dialplane.contracts.inference.v1.LanguageModelGrpc;
import dev.dialplane.contracts.inference.v1.ModelsGrpc;
import dev.dialplane.contracts.inference.v1.ModelsPrepareRequest;
import dev.dialplane.contracts.inference.v1.ModelsPrepareResponse;
import dev.dialplane.contracts.inference.v1.PredictRequest;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.SpeechToTextGrpc;
import dev.dialplane.contracts.inference.v1.SynthesizeRequest;
import dev.dialplane.contracts.inference.v1.SynthesizeResponse;
import dev.dialplane.contracts.inference.v1.SynthesizeStart;
import dev.dialplane.contracts.inference.v1.SynthesizeText;
import dev.dialplane.contracts.inference.v1.TextToSpeechGrpc;
import dev.dialplane.contracts.inference.v1.ToolsGrpc;
import dev.dialplane.contracts.inference.v1.TranscribeRequest;
import dev.dialplane.contracts.inference.v1.TranscribeResponse;
import dev.dialplane.contracts.inference.v1.TranscribeStart;
import dev.dialplane.contracts.inference.v1.UtteranceAudio;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.service.Streams;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ScriptedCallSystemIT {
    private static final ModelRef SCRIPT =
            ModelRef.newBuilder().setProvider("scripted").setModel("script").build();
    private static final AgentSpec SPEC = AgentSpec.newBuilder()
            .setLanguage("en-IN")
            .setGreeting("Good morning, City Dental. How can I help?")
            .setPipeline(Pipeline.newBuilder()
                    .setSpeechToText(SCRIPT)
                    .setLanguageModel(SCRIPT)
                    .setTextToSpeech(SCRIPT))
            .build();

    @Inject
    Streams streams;

    private @Nullable ManagedChannel channel;

    @BeforeEach
    void connect() {
        int port = ConfigProvider.getConfig().getValue("quarkus.grpc.server.test-port", Integer.class);
        channel = ManagedChannelBuilder.forAddress("localhost", port)
                .usePlaintext()
                .build();
    }

    @AfterEach
    void disconnect() {
        Objects.requireNonNull(channel).shutdownNow();
        await().untilAsserted(() -> assertThat(streams.open()).isZero());
    }

    private Channel channel() {
        return Objects.requireNonNull(channel);
    }

    @Test
    void whatIsThereIsDescribed() {
        assertThat(ModelsGrpc.newBlockingStub(channel())
                        .describe(DescribeRequest.getDefaultInstance())
                        .getModelsList())
                .filteredOn(model -> model.getProvider().equals("scripted"))
                .allSatisfy(model -> assertThat(model.getAvailable()).isTrue())
                .extracting(model -> model.getModel())
                .contains("script", "apology");
    }

    @Test
    void aPreparedSpecHasItsPhrasesRendered() {
        ModelsPrepareResponse prepared = prepare("phrases");
        assertThat(prepared.getPhrasesList()).hasSize(6).allSatisfy(phrase -> {
            double seconds =
                    phrase.getPayload().size() / 2.0 / phrase.getFormat().getSampleRateHz();
            assertThat(seconds).isCloseTo(phrase.getText().length() / 24.0, org.assertj.core.data.Offset.offset(0.01));
        });
    }

    @Test
    void anUnknownModelIsNamedBesideThoseThatExist() {
        AgentSpec spec = SPEC.toBuilder()
                .setPipeline(SPEC.getPipeline().toBuilder()
                        .setLanguageModel(SCRIPT.toBuilder().setModel("gpt-9")))
                .build();
        assertThatThrownBy(() -> ModelsGrpc.newBlockingStub(channel())
                        .prepare(ModelsPrepareRequest.newBuilder()
                                .setSpecHash("unknown")
                                .setSpec(spec)
                                .build()))
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
                    assertThat(error(e).getUnknownModel().getModel()).isEqualTo("gpt-9");
                    assertThat(error(e).getUnknownModel().getAvailableList()).contains("scripted/script");
                });
    }

    @Test
    void anEndOfTurnIsJudgedByAModelThatExists() {
        PredictRequest request = PredictRequest.newBuilder()
                .setModel(SCRIPT)
                .setFormat(format(Codec.CODEC_PCMU, 8000))
                .setPayload(ByteString.copyFrom(new byte[800]))
                .build();
        var model = EndOfTurnGrpc.newBlockingStub(channel());

        assertThatThrownBy(() -> model.predict(request)).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
            assertThat(error(e).getUnknownModel().getAvailableList()).containsExactly("local/smart-turn-v3");
        });
        assertThatThrownBy(
                        () -> model.predict(request.toBuilder().clearPayload().build()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(error(e).getBadRequest().getField()).isEqualTo("payload"));
        assertThatThrownBy(() -> prepare(
                        "ends",
                        SPEC.toBuilder()
                                .setPipeline(SPEC.getPipeline().toBuilder().setEndOfTurn(SCRIPT))
                                .build()))
                .as("a pool that names a model which does not exist")
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
    }

    @Test
    void aToolIsRunForACallAndNotAtAPrivateAddress() {
        AgentSpec spec = SPEC.toBuilder()
                .addTools(Tool.newBuilder().setName("orders").setUrl("http://127.0.0.1:1/orders"))
                .build();
        prepare("tools", spec);
        InvokeRequest request = InvokeRequest.newBuilder()
                .setSpecHash("tools")
                .setName("orders")
                .setArgumentsJson("{}")
                .setIdempotencyKey("1-1-0")
                .build();

        assertThatThrownBy(() -> ToolsGrpc.newBlockingStub(channel()).invoke(request))
                .as("without a call")
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
        assertThatThrownBy(() -> ToolsGrpc.newBlockingStub(channel())
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(token()))
                        .invoke(request))
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                    assertThat(error(e).getMessage()).contains("orders", "dialplane.inference.tools.private-hosts");
                });
    }

    /** Of a call; nobody verifies its signature here. */
    private static Metadata token() {
        TokenClaims claims = TokenClaims.newBuilder()
                .setFence(Fence.newBuilder().setCallId("call").setAttempt(1))
                .setPool(PoolRef.newBuilder().setNamespace("shop").setName("desk"))
                .build();
        String coded = Base64.getUrlEncoder().withoutPadding().encodeToString(claims.toByteArray());
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + coded + ".c2ln");
        return headers;
    }

    @Test
    void aReplyToASpecThatWasNotPreparedIsNotFound() {
        assertThatThrownBy(() -> LanguageModelGrpc.newBlockingStub(channel())
                        .generate(GenerateRequest.newBuilder()
                                .setModel(SCRIPT)
                                .setSpecHash("never")
                                .build())
                        .hasNext())
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
    }

    @Test
    void aCallIsHeardAnsweredAndSpokenTo() {
        prepare("call");
        Got<TranscribeResponse> heard = new Got<>();
        StreamObserver<TranscribeRequest> hearing =
                SpeechToTextGrpc.newStub(channel()).transcribe(heard);
        hearing.onNext(TranscribeRequest.newBuilder()
                .setStart(TranscribeStart.newBuilder()
                        .setModel(SCRIPT)
                        .setFormat(format(Codec.CODEC_PCMU, 8000))
                        .setPartials(true))
                .build());
        for (int i = 0; i < 10; i++) {
            hearing.onNext(TranscribeRequest.newBuilder()
                    .setAudio(UtteranceAudio.newBuilder()
                            .setUtteranceId(1)
                            .setMediaTimeMs(i * 100)
                            .setPayload(ByteString.copyFrom(new byte[800])))
                    .build());
        }
        hearing.onNext(TranscribeRequest.newBuilder()
                .setFinalize(FinalizeUtterance.newBuilder().setUtteranceId(1))
                .build());
        await().until(() ->
                heard.items.stream().anyMatch(it -> it.getTranscript().getFinal()));
        String text = heard.items.getLast().getTranscript().getText();
        assertThat(text).startsWith("Hi, what time");
        hearing.onCompleted();
        await().until(() -> heard.completed);

        Got<GenerateResponse> replied = new Got<>();
        LanguageModelGrpc.newStub(channel())
                .generate(
                        GenerateRequest.newBuilder()
                                .setModel(SCRIPT)
                                .setSpecHash("call")
                                .addDialogue(DialogueTurn.newBuilder()
                                        .setSpeaker(Speaker.SPEAKER_CALLER)
                                        .setText(text))
                                .build(),
                        replied);
        await().until(() -> replied.completed);
        String reply = String.join(
                "", replied.items.stream().map(it -> it.getText().getText()).toList());
        assertThat(reply).startsWith("We are open").endsWith("On Sundays we are closed.");
        assertThat(replied.items.getLast().getDone().getServedBy().getModel()).isEqualTo("script");

        Got<SynthesizeResponse> spoken = new Got<>();
        StreamObserver<SynthesizeRequest> speaking =
                TextToSpeechGrpc.newStub(channel()).synthesize(spoken);
        speaking.onNext(SynthesizeRequest.newBuilder()
                .setStart(SynthesizeStart.newBuilder().setModel(SCRIPT).setFormat(format(Codec.CODEC_PCMU, 8000)))
                .build());
        for (int i = 0; i < 2; i++) {
            speaking.onNext(SynthesizeRequest.newBuilder()
                    .setText(SynthesizeText.newBuilder().setSequence(i).setText(reply))
                    .build());
        }
        speaking.onCompleted();
        await().until(() -> spoken.completed);
        assertThat(spoken.items.getFirst().getStarted().getFormat()).isEqualTo(format(Codec.CODEC_PCMU, 8000));
        int bytes = spoken.items.stream()
                .mapToInt(it -> it.getAudio().getPayload().size())
                .sum();
        assertThat(bytes).isEqualTo(2 * spoken.items.getLast().getPieceDone().getSamples());
        assertThat(spoken.items)
                .allSatisfy(it -> assertThat(it.getAudio().getPayload().size()).isLessThanOrEqualTo(1600));
        assertThat(spoken.items.stream()
                        .filter(SynthesizeResponse::hasPieceDone)
                        .map(it -> it.getPieceDone().getSequence()))
                .containsExactly(0, 1);
    }

    @Test
    void audioBeforeTheStartIsRefusedByName() {
        Got<TranscribeResponse> heard = new Got<>();
        StreamObserver<TranscribeRequest> hearing =
                SpeechToTextGrpc.newStub(channel()).transcribe(heard);
        hearing.onNext(TranscribeRequest.newBuilder()
                .setAudio(UtteranceAudio.newBuilder().setUtteranceId(1))
                .build());
        await().until(() -> heard.failure != null);
        assertThat(Status.fromThrowable(heard.failure).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(error(heard.failure).getBadRequest().getAllowed()).contains("START first");
    }

    private ModelsPrepareResponse prepare(String hash) {
        return prepare(hash, SPEC);
    }

    private ModelsPrepareResponse prepare(String hash, AgentSpec spec) {
        return ModelsGrpc.newBlockingStub(channel())
                .prepare(ModelsPrepareRequest.newBuilder()
                        .setSpecHash(hash)
                        .setSpec(spec)
                        .build());
    }

    private static AudioFormat format(Codec codec, int rate) {
        return AudioFormat.newBuilder().setCodec(codec).setSampleRateHz(rate).build();
    }

    private static Error error(@Nullable Throwable failure) {
        try {
            var trailers = Status.trailersFromThrowable(failure);
            assertThat(trailers).isNotNull();
            byte[] bytes = trailers.get(ModelException.TRAILER);
            assertThat(bytes).isNotNull();
            return Error.parseFrom(bytes);
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Got<T> implements StreamObserver<T> {
        final List<T> items = new CopyOnWriteArrayList<>();
        volatile boolean completed;
        volatile @Nullable Throwable failure;

        @Override
        public void onNext(T item) {
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
