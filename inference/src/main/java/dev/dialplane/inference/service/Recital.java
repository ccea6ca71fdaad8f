package dev.dialplane.inference.service;

import dev.dialplane.audio.Resampler;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.model.ModelPart;
import dev.dialplane.inference.queue.Urgency;
import dev.dialplane.inference.speaking.SpeechRequest;
import dev.dialplane.inference.speaking.SpeechSink;
import dev.dialplane.inference.speaking.Spoken;
import dev.dialplane.inference.speaking.Voice;
import dev.dialplane.inference.timing.Cancellable;
import dev.dialplane.inference.timing.Timers;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Texts spoken one after another into a stream. The next one is begun once the one before has been given to the transport,
 * so that at most one waits here for a slow client.
 *
 * @param <R> the stream's messages
 */
final class Recital<R> {
    /** A text, and what was said of it, as messages. Positions are samples of the format, within the text. */
    interface Messages<R> {
        /** Before the audio of a text. */
        default List<R> before(int sequence, String text) {
            return List.of();
        }

        /** Audio, of at most 200 ms, from {@code firstSample} on. */
        R audio(int sequence, int firstSample, byte[] payload);

        /** After all audio of a text, of so many {@code samples}. */
        R done(int sequence, String text, Spoken spoken, int samples);
    }

    /** Hears how it goes, on any thread; nothing after {@link #release}. */
    interface Listener {
        /** All texts were spoken and given to the transport, and no more will come. */
        void recited();

        /** No more will be spoken. */
        void failed(ModelException failure);
    }

    static final int MAX_TEXT = 4000;
    private static final int MAX_WAITING = 256;
    private static final int MESSAGE_MILLIS = 200;

    private final String callerId;
    private final ModelRef model;
    private final Voice voice;
    private final AudioFormat format;
    private final ModelMetrics metrics;
    private final Timers timers;
    private final Outlet<R> outlet;
    private final Messages<R> messages;
    private final Listener listener;
    /** All below guarded by this. */
    private final Deque<String> texts = new ArrayDeque<>();

    private final Deque<R> ready = new ArrayDeque<>();
    private @Nullable Piece speaking;
    /** What was said, or its end. */
    private final StringBuilder spoken = new StringBuilder();

    private int nextSequence;
    private boolean noMoreText;
    private boolean released;

    Recital(
            String callerId,
            ModelRef model,
            Voice voice,
            AudioFormat format,
            ModelMetrics metrics,
            Timers timers,
            Outlet<R> outlet,
            Messages<R> messages,
            Listener listener) {
        this.callerId = callerId;
        this.model = model;
        this.voice = voice;
        this.format = format;
        this.metrics = metrics;
        this.timers = timers;
        this.outlet = outlet;
        this.messages = messages;
        this.listener = listener;
    }

    /** A further text; RESOURCE_EXHAUSTED if too many wait. */
    void add(String text) {
        synchronized (this) {
            if (texts.size() >= MAX_WAITING) {
                throw ModelException.overloaded("pieces of one reply", texts.size(), MAX_WAITING);
            }
            texts.add(text);
        }
        proceed();
    }

    /** That was the last one. */
    void finish() {
        synchronized (this) {
            noMoreText = true;
        }
        proceed();
    }

    /** Stops it. */
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

    /** Sends what can be sent, and begins the next text when that was all. */
    void proceed() {
        Piece next;
        synchronized (this) {
            while (!ready.isEmpty() && outlet.ready()) {
                outlet.send(ready.remove());
            }
            if (released || speaking != null || !ready.isEmpty()) {
                return;
            }
            String text = texts.poll();
            if (text == null) {
                if (!noMoreText) {
                    return;
                }
                released = true;
                next = null;
            } else {
                next = new Piece(nextSequence++, spoken.toString(), text);
                spoken.append(text).append(' ');
                spoken.delete(0, Math.max(0, spoken.length() - MAX_TEXT));
                speaking = next;
                ready.addAll(messages.before(next.sequence, text));
            }
        }
        if (next == null) {
            listener.recited();
        } else {
            next.begin();
        }
    }

    /** A text being spoken. */
    private final class Piece implements SpeechSink, Cancellable {
        private final int sequence;
        private final String before;
        private final String text;
        private final long begun = timers.nanos();
        private Cancellable work = NOTHING;
        private boolean cancelled;
        private int samples;

        Piece(int sequence, String before, String text) {
            this.sequence = sequence;
            this.before = before;
            this.text = text;
        }

        void begin() {
            Urgency urgency = sequence == 0 ? Urgency.CALLER_WAITS : Urgency.SOON;
            Cancellable started = voice.speak(new SpeechRequest(callerId, before, text, urgency), this);
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
            short[] clip = Resampler.convert(native16, voice.sampleRate(), format.getSampleRateHz());
            int most = format.getSampleRateHz() * MESSAGE_MILLIS / 1000;
            synchronized (Recital.this) {
                if (speaking != this) {
                    return;
                }
                if (samples == 0) {
                    metrics.firstAudio(model.getProvider(), model.getModel(), timers.millisSince(begun));
                }
                for (int at = 0; at < clip.length; at += most) {
                    byte[] payload = Formats.encode(format.getCodec(), clip, at, Math.min(most, clip.length - at));
                    ready.add(messages.audio(sequence, samples + at, payload));
                }
                samples += clip.length;
            }
            proceed();
        }

        @Override
        public void done(Spoken spoken) {
            synchronized (Recital.this) {
                if (speaking != this) {
                    return;
                }
                speaking = null;
                ready.add(messages.done(sequence, text, spoken, samples));
            }
            metrics.served(
                    ModelPart.TEXT_TO_SPEECH,
                    model.getProvider(),
                    model.getModel(),
                    spoken.queueMs(),
                    spoken.computeMs());
            proceed();
        }

        @Override
        public void failed(ModelException failure) {
            synchronized (Recital.this) {
                if (speaking != this) {
                    return;
                }
                released = true;
            }
            metrics.failed(ModelPart.TEXT_TO_SPEECH, model.getProvider(), model.getModel(), failure);
            listener.failed(failure);
        }
    }
}
