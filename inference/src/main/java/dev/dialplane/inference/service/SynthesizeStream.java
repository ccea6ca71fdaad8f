package dev.dialplane.inference.service;

import com.google.protobuf.UnsafeByteOperations;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.inference.v1.Alignment;
import dev.dialplane.contracts.inference.v1.PieceDone;
import dev.dialplane.contracts.inference.v1.SynthesizeRequest;
import dev.dialplane.contracts.inference.v1.SynthesizeResponse;
import dev.dialplane.contracts.inference.v1.SynthesizeStart;
import dev.dialplane.contracts.inference.v1.SynthesizeStarted;
import dev.dialplane.contracts.inference.v1.SynthesizeText;
import dev.dialplane.contracts.inference.v1.SynthesizedAudio;
import dev.dialplane.inference.call.Caller;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.model.ModelCatalog;
import dev.dialplane.inference.speaking.Spoken;
import dev.dialplane.inference.speaking.Voice;
import dev.dialplane.inference.timing.Timers;
import io.grpc.stub.ServerCallStreamObserver;
import org.jspecify.annotations.Nullable;

/** One {@code Synthesize} RPC. */
final class SynthesizeStream extends InboundStream<SynthesizeRequest, SynthesizeResponse> implements Recital.Listener {
    private final ModelCatalog catalog;
    private final ModelMetrics metrics;
    private final Timers timers;
    private volatile @Nullable Recital<SynthesizeResponse> recital;
    private int nextSequence;

    SynthesizeStream(
            ModelCatalog catalog,
            ModelMetrics metrics,
            Timers timers,
            Streams streams,
            Caller caller,
            ServerCallStreamObserver<SynthesizeResponse> responses) {
        super(responses, streams, caller);
        this.catalog = catalog;
        this.metrics = metrics;
        this.timers = timers;
        responses.setOnReadyHandler(this::proceed);
    }

    private void proceed() {
        Recital<SynthesizeResponse> begun = recital;
        if (begun != null) {
            begun.proceed();
        }
    }

    @Override
    void handle(SynthesizeRequest message) {
        switch (message.getMessageCase()) {
            case START -> start(message.getStart());
            case TEXT -> text(message.getText());
            // Whatever came is being spoken already; a newer client's messages are ignored.
            default -> {
                if (recital == null) {
                    throw ModelException.badRequest("message", message.getMessageCase(), "START first");
                }
            }
        }
    }

    private void start(SynthesizeStart start) {
        if (recital != null) {
            throw ModelException.badRequest("message", "START", "START only once, as the first message");
        }
        Voice found = catalog.voice(start.getModel());
        AudioFormat format = Formats.writable(start.getFormat(), found.sampleRate());
        recital = new Recital<>(
                callerId(),
                start.getModel(),
                found,
                format,
                metrics,
                timers,
                outlet,
                new Pieces(found.sampleRate(), format.getSampleRateHz()),
                this);
        outlet.send(SynthesizeResponse.newBuilder()
                .setStarted(SynthesizeStarted.newBuilder().setFormat(format))
                .build());
    }

    private void text(SynthesizeText text) {
        Recital<SynthesizeResponse> begun = recital;
        if (begun == null) {
            throw ModelException.badRequest("message", "TEXT", "START first");
        }
        if (text.getSequence() != nextSequence) {
            throw ModelException.badRequest("text.sequence", text.getSequence(), nextSequence + " next");
        }
        if (text.getText().length() > Recital.MAX_TEXT) {
            throw ModelException.badRequest(
                    "text.text", text.getText().length() + " characters", "at most " + Recital.MAX_TEXT);
        }
        nextSequence++;
        begun.add(text.getText());
    }

    @Override
    void halfClosed() {
        Recital<SynthesizeResponse> begun = recital;
        if (begun == null) {
            complete();
        } else {
            begun.finish();
        }
    }

    @Override
    public void recited() {
        complete();
    }

    @Override
    public void failed(ModelException failure) {
        fail(failure);
    }

    @Override
    void release() {
        Recital<SynthesizeResponse> begun = recital;
        if (begun != null) {
            begun.release();
        }
    }

    private record Pieces(int voiceHz, int hz) implements Recital.Messages<SynthesizeResponse> {
        @Override
        public SynthesizeResponse audio(int sequence, int firstSample, byte[] payload) {
            return SynthesizeResponse.newBuilder()
                    .setAudio(SynthesizedAudio.newBuilder()
                            .setSequence(sequence)
                            .setPayload(UnsafeByteOperations.unsafeWrap(payload)))
                    .build();
        }

        @Override
        public SynthesizeResponse done(int sequence, String text, Spoken spoken, int samples) {
            PieceDone.Builder done = PieceDone.newBuilder()
                    .setSequence(sequence)
                    .setSamples(samples)
                    .setQueueMs(spoken.queueMs())
                    .setComputeMs(spoken.computeMs())
                    .setCached(spoken.cached());
            spoken.spans().forEach(span -> done.addAlignment(alignment(span, voiceHz, hz, samples)));
            return SynthesizeResponse.newBuilder().setPieceDone(done).build();
        }
    }

    /** A span in samples of another rate. */
    static Alignment alignment(Spoken.Span span, int fromHz, int toHz, int most) {
        return Alignment.newBuilder()
                .setTextStart(span.textStart())
                .setTextEnd(span.textEnd())
                .setSampleStart((int) Math.min(most, (long) span.sampleStart() * toHz / fromHz))
                .setSampleEnd((int) Math.min(most, (long) span.sampleEnd() * toHz / fromHz))
                .build();
    }
}
