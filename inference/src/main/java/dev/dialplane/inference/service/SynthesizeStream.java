package dev.dialplane.inference.service;

import com.google.protobuf.UnsafeByteOperations;
import dev.dialplane.audio.Resampler;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.ModelRef;
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
import dev.dialplane.inference.model.ModelPart;
import dev.dialplane.inference.queue.Urgency;
import dev.dialplane.inference.speaking.SpeechRequest;
import dev.dialplane.inference.speaking.SpeechSink;
import dev.dialplane.inference.speaking.Spoken;
import dev.dialplane.inference.speaking.Voice;
import dev.dialplane.inference.timing.Cancellable;
import dev.dialplane.inference.timing.Timers;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One {@code Synthesize} RPC: pieces spoken one after another. The next piece is begun once the one before has been given
 * to the transport, so that at most a piece waits here for a slow client.
 */
final class SynthesizeStream extends InboundStream<SynthesizeRequest, SynthesizeResponse> {
    private static final int MAX_TEXT = 4000;
    private static final int MAX_WAITING = 256;
    private static final int MESSAGE_MILLIS = 200;

    private final ModelCatalog catalog;
    private final ModelMetrics metrics;
    private final Timers timers;
    /** All below guarded by this. */
    private final Deque<SynthesizeText> texts = new ArrayDeque<>();

    private final Deque<SynthesizeResponse> ready = new ArrayDeque<>();
    private ModelRef model = ModelRef.getDefaultInstance();
    private AudioFormat format = AudioFormat.getDefaultInstance();
    private @Nullable Voice voice;
    private @Nullable Piece speaking;
    /** What the reply has said, or its end. */
    private final StringBuilder spoken = new StringBuilder();

    private int nextSequence;
    private boolean noMoreText;
    private boolean released;

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

    @Override
    void handle(SynthesizeRequest message) {
        switch (message.getMessageCase()) {
            case START -> start(message.getStart());
            case TEXT -> text(message.getText());
            // Whatever came is being spoken already; a newer client's messages are ignored.
            default -> {
                if (voice == null) {
                    throw ModelException.badRequest("message", message.getMessageCase(), "START first");
                }
            }
        }
    }

    private void start(SynthesizeStart start) {
        if (voice != null) {
            throw ModelException.badRequest("message", "START", "START only once, as the first message");
        }
        Voice found = catalog.voice(start.getModel());
        synchronized (this) {
            model = start.getModel();
            voice = found;
            format = Formats.writable(start.getFormat(), found.sampleRate());
        }
        outlet.send(SynthesizeResponse.newBuilder()
                .setStarted(SynthesizeStarted.newBuilder().setFormat(format))
                .build());
    }

    private void text(SynthesizeText text) {
        synchronized (this) {
            if (voice == null) {
                throw ModelException.badRequest("message", "TEXT", "START first");
            }
            if (text.getSequence() != nextSequence) {
                throw ModelException.badRequest("text.sequence", text.getSequence(), nextSequence + " next");
            }
            if (text.getText().length() > MAX_TEXT) {
                throw ModelException.badRequest(
                        "text.text", text.getText().length() + " characters", "at most " + MAX_TEXT);
            }
            if (texts.size() >= MAX_WAITING) {
                throw ModelException.overloaded("pieces of one reply", texts.size(), MAX_WAITING);
            }
            nextSequence++;
            texts.add(text);
        }
        proceed();
    }

    @Override
    void halfClosed() {
        synchronized (this) {
            noMoreText = true;
        }
        proceed();
    }

    @Override
    void release() {
        Cancellable work = Cancellable.NOTHING;
        synchronized (this) {
            released = true;
            texts.clear();
            ready.clear();
            if (speaking != null) {
                work = speaking;
                speaking = null;
            }
        }
        work.cancel();
    }

    /** Sends what can be sent, and begins the next piece when that was all. */
    private void proceed() {
        Piece next;
        synchronized (this) {
            while (!ready.isEmpty() && outlet.ready()) {
                outlet.send(ready.remove());
            }
            Voice speaker = voice;
            if (released || speaking != null || !ready.isEmpty() || speaker == null) {
                return;
            }
            SynthesizeText text = texts.poll();
            if (text == null) {
                if (noMoreText) {
                    complete();
                }
                return;
            }
            next = new Piece(spoken.toString(), text, speaker);
            spoken.append(text.getText()).append(' ');
            spoken.delete(0, Math.max(0, spoken.length() - MAX_TEXT));
            speaking = next;
        }
        next.begin();
    }

    /** A piece being spoken. */
    private final class Piece implements SpeechSink, Cancellable {
        private final String before;
        private final SynthesizeText text;
        private final Voice speaker;
        private final long begun = timers.nanos();
        private Cancellable work = NOTHING;
        private boolean cancelled;
        private int samples;

        Piece(String before, SynthesizeText text, Voice speaker) {
            this.before = before;
            this.text = text;
            this.speaker = speaker;
        }

        void begin() {
            Urgency urgency = text.getSequence() == 0 ? Urgency.CALLER_WAITS : Urgency.SOON;
            Cancellable started = speaker.speak(new SpeechRequest(callerId(), before, text.getText(), urgency), this);
            boolean late;
            synchronized (this) {
                work = started;
                late = cancelled;
            }
            if (late) {
                started.cancel();
            }
        }

        @Override
        public void cancel() {
            Cancellable running;
            synchronized (this) {
                cancelled = true;
                running = work;
            }
            running.cancel();
        }

        @Override
        public void samples(short[] native16) {
            short[] clip = Resampler.convert(native16, speaker.sampleRate(), format.getSampleRateHz());
            int most = format.getSampleRateHz() * MESSAGE_MILLIS / 1000;
            synchronized (SynthesizeStream.this) {
                if (speaking != this) {
                    return;
                }
                if (samples == 0) {
                    metrics.firstAudio(model.getProvider(), model.getModel(), timers.millisSince(begun));
                }
                samples += clip.length;
                for (int at = 0; at < clip.length; at += most) {
                    byte[] payload = Formats.encode(format.getCodec(), clip, at, Math.min(most, clip.length - at));
                    ready.add(SynthesizeResponse.newBuilder()
                            .setAudio(SynthesizedAudio.newBuilder()
                                    .setSequence(text.getSequence())
                                    .setPayload(UnsafeByteOperations.unsafeWrap(payload)))
                            .build());
                }
            }
            proceed();
        }

        @Override
        public void done(Spoken spoken) {
            synchronized (SynthesizeStream.this) {
                if (speaking != this) {
                    return;
                }
                speaking = null;
                ready.add(SynthesizeResponse.newBuilder()
                        .setPieceDone(pieceDone(spoken))
                        .build());
            }
            metrics.served(
                    ModelPart.TEXT_TO_SPEECH,
                    model.getProvider(),
                    model.getModel(),
                    spoken.queueMs(),
                    spoken.computeMs());
            proceed();
        }

        private PieceDone pieceDone(Spoken spoken) {
            PieceDone.Builder done = PieceDone.newBuilder()
                    .setSequence(text.getSequence())
                    .setSamples(samples)
                    .setQueueMs(spoken.queueMs())
                    .setComputeMs(spoken.computeMs())
                    .setCached(spoken.cached());
            spoken.spans()
                    .forEach(span -> done.addAlignment(
                            alignment(span, speaker.sampleRate(), format.getSampleRateHz(), samples)));
            return done.build();
        }

        @Override
        public void failed(ModelException failure) {
            metrics.failed(ModelPart.TEXT_TO_SPEECH, model.getProvider(), model.getModel(), failure);
            fail(failure);
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
