package dev.dialplane.inference.local.moonshine;

import dev.dialplane.contracts.inference.v1.Transcript;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.hearing.Hearing;
import dev.dialplane.inference.hearing.HearingListener;
import dev.dialplane.inference.hearing.HearingRequest;
import dev.dialplane.inference.queue.ComputeQueue;
import dev.dialplane.inference.queue.Urgency;
import dev.dialplane.inference.queue.Work;
import dev.dialplane.inference.timing.Cancellable;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One call being heard. Holds the samples of one utterance at a time, two minutes of it at most: what a caller says beyond
 * that is not heard.
 */
final class MoonshineHearing implements Hearing {
    /** What turns an utterance into text. */
    @FunctionalInterface
    interface Ear {
        Moonshine.Heard hear(short[] samples, int rate, Work work);
    }

    private static final Duration MIN_PARTIAL_INTERVAL = Duration.ofMillis(500);
    private static final int MAX_SECONDS = 120;
    /** Longer utterances get no partial transcripts: those would take longer than what they are good for. */
    private static final int MAX_PARTIAL_SECONDS = 20;

    private static final float PARTIAL_STABILITY = 0.6f;

    private final HearingRequest request;
    private final HearingListener listener;
    private final ComputeQueue queue;
    private final Ear ear;
    private final long partialSamples;
    /** All below guarded by this. */
    private @Nullable Utterance current;

    private boolean closed;

    MoonshineHearing(HearingRequest request, HearingListener listener, ComputeQueue queue, Ear ear) {
        this.request = request;
        this.listener = listener;
        this.queue = queue;
        this.ear = ear;
        Duration interval = request.partialInterval().compareTo(MIN_PARTIAL_INTERVAL) > 0
                ? request.partialInterval()
                : MIN_PARTIAL_INTERVAL;
        partialSamples = interval.toMillis() * request.sampleRate() / 1000;
    }

    @Override
    public synchronized void audio(long id, long mediaTimeMs, short[] samples) {
        Utterance utterance = of(id);
        utterance.append(mediaTimeMs, samples);
        if (request.partials()) {
            utterance.partial();
        }
    }

    @Override
    public synchronized void finish(long id, boolean speculative) {
        of(id).finish();
    }

    @Override
    public synchronized void cancel(long id) {
        if (current != null && current.id == id) {
            current.forget();
            current = null;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (current != null) {
            current.forget();
            current = null;
        }
    }

    private Utterance of(long id) {
        Utterance utterance = current;
        if (utterance == null || utterance.id != id) {
            if (utterance != null) {
                utterance.leave();
            }
            utterance = new Utterance(id);
            current = utterance;
        }
        return utterance;
    }

    /** One utterance. Guarded by the hearing. */
    private final class Utterance {
        private final long id;
        private short[] samples = new short[0];
        private int length;
        private long mediaTimeMs;
        private int partialLength;
        private Cancellable partial = Cancellable.NOTHING;
        private boolean partialRuns;
        private Cancellable pendingFinal = Cancellable.NOTHING;
        /** How much audio the final transcript under way is of; -1 if none is. */
        private int pendingLength = -1;
        /** The last final transcript, and how much audio it is of. */
        private Moonshine.@Nullable Heard known;

        private int knownLength = -1;

        Utterance(long id) {
            this.id = id;
        }

        void append(long mediaTime, short[] more) {
            int room = MAX_SECONDS * request.sampleRate() - length;
            int count = Math.min(more.length, room);
            if (length + count > samples.length) {
                samples = Arrays.copyOf(samples, Math.max(length + count, Math.max(8000, samples.length * 2)));
            }
            System.arraycopy(more, 0, samples, length, count);
            length += count;
            mediaTimeMs = mediaTime + more.length * 1000L / request.sampleRate();
            if (pendingLength >= 0 && count > 0) {
                pendingFinal.cancel();
                pendingLength = -1;
            }
        }

        void partial() {
            boolean due =
                    length - partialLength >= partialSamples && length <= MAX_PARTIAL_SECONDS * request.sampleRate();
            if (!due || partialRuns || pendingLength >= 0 || !queue.idle()) {
                return;
            }
            partialLength = length;
            partialRuns = true;
            long until = mediaTimeMs;
            try {
                partial = compute(
                        Urgency.AHEAD,
                        (heard, took, work) -> {
                            partialRuns = false;
                            if (pendingLength < 0 && !heard.text().isEmpty()) {
                                tell(heard, false, until, took, work.queueMs());
                            }
                        },
                        _ -> partialRuns = false);
            } catch (ModelException e) {
                // Nobody misses a partial transcript.
                partialRuns = false;
            }
        }

        void finish() {
            if (pendingLength >= 0) {
                return;
            }
            Moonshine.Heard heard = known;
            if (heard != null && knownLength == length) {
                tell(heard, true, mediaTimeMs, 0, 0);
                return;
            }
            partial.cancel();
            partialRuns = false;
            int of = length;
            long until = mediaTimeMs;
            pendingLength = of;
            try {
                pendingFinal = compute(
                        Urgency.CALLER_WAITS,
                        (it, took, work) -> {
                            if (pendingLength == of) {
                                pendingLength = -1;
                                known = it;
                                knownLength = of;
                                tell(it, true, until, took, work.queueMs());
                            }
                        },
                        failure -> {
                            pendingLength = -1;
                            listener.failed(id, failure);
                        });
            } catch (ModelException e) {
                pendingLength = -1;
                listener.failed(id, e);
            }
        }

        private interface Result {
            void take(Moonshine.Heard heard, int tookMs, Work work);
        }

        private interface Failed {
            void take(ModelException failure);
        }

        private Cancellable compute(Urgency urgency, Result result, Failed failed) {
            short[] copy = Arrays.copyOf(samples, length);
            Work[] view = new Work[1];
            int[] took = new int[1];
            return queue.submit(
                    request.callId(),
                    urgency,
                    work -> {
                        view[0] = work;
                        long begun = System.nanoTime();
                        Moonshine.Heard heard = ear.hear(copy, request.sampleRate(), work);
                        took[0] = (int) ((System.nanoTime() - begun) / 1_000_000);
                        return heard;
                    },
                    heard -> {
                        synchronized (MoonshineHearing.this) {
                            if (listening() && !view[0].cancelled()) {
                                result.take(heard, took[0], view[0]);
                            }
                        }
                    },
                    failure -> {
                        synchronized (MoonshineHearing.this) {
                            if (listening()) {
                                failed.take(failure);
                            }
                        }
                    });
        }

        /** An utterance whose final transcript is under way is heard of even when the next one has begun. */
        private boolean listening() {
            return !closed && (current == this || pendingLength >= 0);
        }

        private void tell(Moonshine.Heard heard, boolean isFinal, long until, int computeMs, int queueMs) {
            listener.heard(Transcript.newBuilder()
                    .setUtteranceId(id)
                    .setText(heard.text())
                    .setFinal(isFinal)
                    .setStability(isFinal ? 1 : PARTIAL_STABILITY)
                    .setConfidence(heard.confidence())
                    .setMediaTimeMs(until)
                    .setComputeMs(computeMs)
                    .setQueueMs(queueMs)
                    .build());
        }

        /** Another utterance has begun. */
        void leave() {
            partial.cancel();
            samples = new short[0];
        }

        void forget() {
            partial.cancel();
            pendingFinal.cancel();
            pendingLength = -1;
        }
    }
}
