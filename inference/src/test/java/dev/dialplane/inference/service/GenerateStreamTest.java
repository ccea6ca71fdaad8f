package dev.dialplane.inference.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.inference.v1.Expecting;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.GenerateResponse;
import dev.dialplane.contracts.inference.v1.ModelDescription;
import dev.dialplane.inference.call.Caller;
import dev.dialplane.inference.dialogue.Dialogue;
import dev.dialplane.inference.dialogue.ReplyDone;
import dev.dialplane.inference.dialogue.ReplySink;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.hearing.Recognizer;
import dev.dialplane.inference.model.ModelCatalog;
import dev.dialplane.inference.model.PreparedSpec;
import dev.dialplane.inference.model.Provider;
import dev.dialplane.inference.speaking.Voice;
import dev.dialplane.inference.timing.ManualTimers;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A reply by a model that is late, by one that is asked twice, and by another. */
class GenerateStreamTest {
    private final ManualTimers timers = new ManualTimers();
    private final Streams streams = new Streams(Duration.ofMinutes(1));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FirstPieces firstPieces = new FirstPieces();
    private final Asked primary = new Asked("primary");
    private final Asked fallback = new Asked("fallback");
    private final Responses responses = new Responses();

    @AfterEach
    void stop() {
        streams.stopThreads();
    }

    @Test
    void aModelThatBeginsInTimeIsAskedOnce() {
        start(700, true);

        timers.pass(Duration.ofMillis(600));
        primary.sinks.getFirst().text("Hello.");
        timers.pass(Duration.ofMillis(600));
        primary.sinks.getFirst().done(done());

        assertThat(responses.text()).isEqualTo("Hello.");
        assertThat(responses.completed).isTrue();
        assertThat(primary.sinks).hasSize(1);
        assertThat(streams.open()).isZero();
        assertThat(timers.waiting()).isZero();
    }

    @Test
    void aModelThatDoesNotBeginIsAskedTwiceAndWhoBeginsFirstIsHeardAlone() {
        start(700, true);
        timers.pass(Duration.ofMillis(700));
        await().until(() -> primary.sinks.size() == 2);

        primary.sinks.get(1).text("Second.");
        primary.sinks.get(0).text("First.");
        assertThat(primary.canceled).containsExactly(0);
        primary.sinks.get(1).done(done());

        assertThat(responses.text()).isEqualTo("Second.");
        assertThat(responses.completed).isTrue();
        assertThat(hedges("second")).isEqualTo(1);
        assertThat(timers.waiting()).isZero();
    }

    @Test
    void theFirstMayStillWin() {
        start(700, true);
        timers.pass(Duration.ofMillis(700));
        await().until(() -> primary.sinks.size() == 2);

        primary.sinks.get(0).text("First.");
        primary.sinks.get(1).text("Second.");

        assertThat(responses.text()).isEqualTo("First.");
        assertThat(primary.canceled).containsExactly(1);
        assertThat(hedges("first")).isEqualTo(1);
    }

    @Test
    void ifOneOfTheTwoFailsTheOtherAnswersAndNotTheFallback() {
        start(700, true);
        timers.pass(Duration.ofMillis(700));
        await().until(() -> primary.sinks.size() == 2);

        primary.sinks.get(0).failed(ModelException.tooSlow("test", "primary", Duration.ofMillis(700)));
        primary.sinks.get(1).text("Second.");

        assertThat(responses.text()).isEqualTo("Second.");
        assertThat(fallback.sinks).isEmpty();
    }

    @Test
    void ifNeitherBeginsTheFallbackAnswersWhenThePoolSaysSo() {
        start(700, true);
        timers.pass(Duration.ofMillis(700));
        await().until(() -> primary.sinks.size() == 2);

        timers.pass(Duration.ofMillis(3299));
        assertThat(fallback.sinks).isEmpty();
        timers.pass(Duration.ofMillis(1));
        await().until(() -> fallback.sinks.size() == 1);
        fallback.sinks.getFirst().text("Fallback.");

        assertThat(responses.text()).isEqualTo("Fallback.");
        assertThat(primary.canceled).containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void whereThePoolDoesNotAskForItNobodyIsAskedTwice() {
        start(0, true);
        timers.pass(Duration.ofMillis(3999));

        assertThat(primary.sinks).hasSize(1);
        assertThat(fallback.sinks).isEmpty();
    }

    @Test
    void aModelThatIsUsuallyQuickIsReplacedSoonerThanThePoolWould() {
        for (int i = 0; i < FirstPieces.ENOUGH; i++) {
            firstPieces.came(model().build(), 300);
        }
        start(0, true);

        timers.pass(Duration.ofMillis(1200));

        await().until(() -> fallback.sinks.size() == 1);
    }

    @Test
    void withoutAFallbackItIsWaitedForAsLongAsThePoolSays() {
        for (int i = 0; i < FirstPieces.ENOUGH; i++) {
            firstPieces.came(model().build(), 300);
        }
        start(0, false);

        timers.pass(Duration.ofMillis(3999));
        assertThat(responses.failure).isNull();
        timers.pass(Duration.ofMillis(1));

        assertThat(responses.failure).extracting(Status::getCode).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }

    @Test
    void whenTheCallerGoesOnBothAreStopped() {
        start(700, true);
        timers.pass(Duration.ofMillis(700));
        await().until(() -> primary.sinks.size() == 2);

        responses.cancel();

        assertThat(primary.canceled).containsExactlyInAnyOrder(0, 1);
        assertThat(streams.open()).isZero();
        assertThat(timers.waiting()).isZero();
    }

    private double hedges(String first) {
        return registry.get("dialplane.inference.hedges")
                .tag("first", first)
                .counter()
                .count();
    }

    private static ModelRef.Builder model() {
        return ModelRef.newBuilder().setProvider("test").setModel("primary");
    }

    private void start(int hedgeAfterMs, boolean hasFallback) {
        ModelRef.Builder model = model();
        if (hasFallback) {
            model.setFallback(ModelRef.newBuilder().setProvider("test").setModel("fallback"));
        }
        GenerateRequest request = GenerateRequest.newBuilder()
                .setModel(model)
                .setFirstPieceDeadlineMs(4000)
                .setNextPieceDeadlineMs(4000)
                .setHedgeAfterMs(hedgeAfterMs)
                .build();
        new GenerateStream(
                        request,
                        Caller.current(),
                        new ModelCatalog(List.of(new TestProvider())),
                        timers,
                        streams,
                        new ModelMetrics(registry),
                        firstPieces,
                        responses)
                .start(hash -> new PreparedSpec(hash, AgentSpec.getDefaultInstance()));
    }

    private static ReplyDone done() {
        return new ReplyDone(ByteString.EMPTY, 0, 0, false, Expecting.EXPECTING_NOTHING, 0, false);
    }

    /** A model that answers when the test says so. */
    private static final class Asked {
        final String name;
        final List<ReplySink> sinks = new CopyOnWriteArrayList<>();
        final List<Integer> canceled = new CopyOnWriteArrayList<>();

        Asked(String name) {
            this.name = name;
        }

        Dialogue dialogue() {
            return (_, sink) -> {
                int number = sinks.size();
                sinks.add(sink);
                return () -> canceled.add(number);
            };
        }
    }

    private final class TestProvider implements Provider {
        @Override
        public String name() {
            return "test";
        }

        @Override
        public List<ModelDescription> models() {
            return List.of();
        }

        @Override
        public Optional<Recognizer> recognizer(String model) {
            return Optional.empty();
        }

        @Override
        public Optional<Dialogue> dialogue(String model) {
            return List.of(primary, fallback).stream()
                    .filter(each -> each.name.equals(model))
                    .map(Asked::dialogue)
                    .findFirst();
        }

        @Override
        public Optional<Voice> voice(String model, String voice) {
            return Optional.empty();
        }
    }

    private static final class Responses extends ServerCallStreamObserver<GenerateResponse> {
        private final List<GenerateResponse> came = new CopyOnWriteArrayList<>();
        private Runnable onCancel = () -> {};
        volatile boolean completed;
        volatile @Nullable Status failure;

        String text() {
            StringBuilder text = new StringBuilder();
            came.forEach(response -> text.append(response.getText().getText()));
            return text.toString();
        }

        void cancel() {
            onCancel.run();
        }

        @Override
        public void onNext(GenerateResponse response) {
            came.add(response);
        }

        @Override
        public void onError(Throwable cause) {
            failure = Status.fromThrowable(cause);
        }

        @Override
        public void onCompleted() {
            completed = true;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {
            onCancel = handler;
        }

        @Override
        public void setCompression(String compression) {}

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}
    }
}
