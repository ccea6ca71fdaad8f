package dev.dialplane.inference.service;

import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.model.ModelPart;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Locale;

/**
 * What is measured of every model, named after OpenTelemetry's conventions for generative AI where those have a name.
 */
@ApplicationScoped
public class ModelMetrics {
    private final MeterRegistry registry;

    public ModelMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** A result and what it took, in ms. */
    void served(ModelPart part, String provider, String model, int queueMs, int computeMs) {
        Tags tags = tags(part, provider, model);
        timer("dialplane.inference.queue.duration", tags).record(Duration.ofMillis(queueMs));
        timer("dialplane.inference.compute.duration", tags).record(Duration.ofMillis(computeMs));
    }

    void firstToken(String provider, String model, int firstTokenMs) {
        timer("gen_ai.server.time_to_first_token", tags(ModelPart.LANGUAGE_MODEL, provider, model))
                .record(Duration.ofMillis(firstTokenMs));
    }

    /**
     * A model was asked twice for a reply, and one of the two has begun.
     *
     * @param secondWon whether it was the second one
     */
    void hedged(String provider, String model, boolean secondWon) {
        registry.counter(
                        "dialplane.inference.hedges",
                        tags(ModelPart.LANGUAGE_MODEL, provider, model).and("first", secondWon ? "second" : "first"))
                .increment();
    }

    void firstAudio(String provider, String model, int firstAudioMs) {
        timer("dialplane.inference.first_audio.duration", tags(ModelPart.TEXT_TO_SPEECH, provider, model))
                .record(Duration.ofMillis(firstAudioMs));
    }

    void failed(ModelPart part, String provider, String model, ModelException failure) {
        registry.counter(
                        "dialplane.inference.failures",
                        tags(part, provider, model)
                                .and("error.type", failure.code().name()))
                .increment();
    }

    /**
     * A tool has answered, or not.
     *
     * @param outcome {@code ok}, {@code error} as the tool says, or the code of the RPC's failure
     */
    void toolRan(String outcome, int tookMs) {
        timer("dialplane.inference.tool.duration", Tags.of("outcome", outcome)).record(Duration.ofMillis(tookMs));
    }

    private Timer timer(String name, Tags tags) {
        return Timer.builder(name).tags(tags).publishPercentileHistogram().register(registry);
    }

    private static Tags tags(ModelPart part, String provider, String model) {
        return Tags.of(
                "gen_ai.operation.name", part.name().toLowerCase(Locale.ROOT),
                "gen_ai.provider.name", provider,
                "gen_ai.request.model", model);
    }
}
