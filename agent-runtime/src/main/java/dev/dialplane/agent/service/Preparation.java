package dev.dialplane.agent.service;

import dev.dialplane.agent.call.Prepared;
import dev.dialplane.agent.inference.Models;
import dev.dialplane.agent.loop.Loop;
import dev.dialplane.agent.speaking.CarrierCodec;
import dev.dialplane.agent.speaking.Phrases;
import dev.dialplane.contracts.agent.v1.PrepareRequest;
import dev.dialplane.contracts.agent.v1.PrepareResponse;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.common.v1.Pipeline;
import dev.dialplane.contracts.inference.v1.ModelsPrepareResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One preparation under way, and all gateways that wait for it. */
final class Preparation {
    /** The codec of nearly all carriers; another one is encoded for when its call comes. */
    private static final CarrierCodec USUAL = CarrierCodec.of(AudioFormat.newBuilder()
            .setCodec(Codec.CODEC_PCMU)
            .setSampleRateHz(8000)
            .build());

    private final PrepareRequest request;
    private final Loop loop;
    private final long begun;
    private final List<StreamObserver<PrepareResponse>> waiting = new ArrayList<>();
    private final BiConsumer<@Nullable Prepared, Status> over;
    private final Models.Asked<?> preparing;

    /**
     * Begins.
     *
     * @param over takes what the agent is prepared for now, or null and why not
     */
    Preparation(Loop loop, Models models, PrepareRequest request, BiConsumer<@Nullable Prepared, Status> over) {
        this.loop = loop;
        this.request = request;
        this.over = over;
        begun = loop.nanos();
        preparing = models.prepare(
                request.getPrepareToken(), request.getHash(), request.getSpec(), this::done, this::failed);
    }

    /** What is wrong with a request; empty when nothing is. */
    static Optional<String> fault(PrepareRequest request) {
        if (request.getHash().isEmpty()) {
            return Optional.of("hash is empty, it must name the spec");
        }
        if (!request.hasSpec()) {
            return Optional.of("spec is not set");
        }
        Pipeline pipeline = request.getSpec().getPipeline();
        return switch (pipeline.getMode()) {
            case PIPELINE_MODE_CASCADE ->
                pipeline.hasSpeechToText() && pipeline.hasLanguageModel() && pipeline.hasTextToSpeech()
                        ? Optional.empty()
                        : Optional.of("spec.pipeline lacks a model, it needs speech_to_text, language_model and"
                                + " text_to_speech");
            case PIPELINE_MODE_SPEECH_TO_SPEECH ->
                pipeline.hasSpeechToSpeech()
                        ? Optional.empty()
                        : Optional.of("spec.pipeline lacks a model, it needs speech_to_speech");
            case PIPELINE_MODE_UNSPECIFIED, UNRECOGNIZED ->
                Optional.of("spec.pipeline.mode is " + pipeline.getMode()
                        + ", allowed are PIPELINE_MODE_CASCADE and PIPELINE_MODE_SPEECH_TO_SPEECH");
        };
    }

    String hash() {
        return request.getHash();
    }

    void join(StreamObserver<PrepareResponse> gateway) {
        waiting.add(gateway);
    }

    /** Nobody is interested any more. */
    void cancel(Status why) {
        preparing.cancel();
        waiting.forEach(gateway -> gateway.onError(why.asRuntimeException()));
        waiting.clear();
    }

    private void done(ModelsPrepareResponse response) {
        Phrases phrases;
        try {
            phrases = new Phrases(response.getPhrasesList());
            phrases.ready(USUAL);
        } catch (IllegalArgumentException e) {
            failed(Status.INTERNAL.withDescription("a rendered phrase: " + e.getMessage()));
            return;
        }
        int took = (int) ((loop.nanos() - begun) / 1_000_000);
        over.accept(new Prepared(request.getHash(), request.getSpec(), phrases), Status.OK);
        waiting.forEach(gateway -> answer(gateway, request.getHash(), took));
        waiting.clear();
    }

    private void failed(Status status) {
        over.accept(null, status);
        waiting.forEach(gateway -> gateway.onError(status.asRuntimeException()));
        waiting.clear();
    }

    static void answer(StreamObserver<PrepareResponse> gateway, String hash, int tookMs) {
        gateway.onNext(PrepareResponse.newBuilder()
                .setPreparedHash(hash)
                .setTookMs(tookMs)
                .build());
        gateway.onCompleted();
    }
}
