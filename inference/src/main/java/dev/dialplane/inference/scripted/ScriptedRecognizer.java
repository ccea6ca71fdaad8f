package dev.dialplane.inference.scripted;

import dev.dialplane.contracts.inference.v1.Transcript;
import dev.dialplane.inference.hearing.Hearing;
import dev.dialplane.inference.hearing.HearingListener;
import dev.dialplane.inference.hearing.HearingRequest;
import dev.dialplane.inference.hearing.Recognizer;
import dev.dialplane.inference.scripted.Script.HearingScript;
import dev.dialplane.inference.scripted.Script.Partial;
import dev.dialplane.inference.scripted.Script.PartialPace;
import dev.dialplane.inference.scripted.Script.SpokenWords;
import dev.dialplane.inference.scripted.Script.Utterance;
import dev.dialplane.inference.timing.Cancellable;
import dev.dialplane.inference.timing.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Hears what the script says.
 *
 * <p>An entry is used up when its final transcript has been given, a speculative one too, and the utterance was not
 * cancelled after that: one utterance of the caller is one entry, however often it is finalized. A call that opens a
 * second stream goes on where the agent was, at whatever server.
 *
 * <p>Where the script says what is spoken when, that counts alone: an utterance is heard as the words that begin in its
 * audio, of which there has to be a little more.
 */
final class ScriptedRecognizer implements Recognizer {
    private static final float PARTIAL_STABILITY = 0.5f;
    /** Words that begin in the last of the audio are not heard yet. */
    private static final long WORD_MS = 200;

    private final String model;
    private final Supplier<HearingScript> live;
    private final Timers timers;

    ScriptedRecognizer(String model, Supplier<HearingScript> live, Timers timers) {
        this.model = model;
        this.live = live;
        this.timers = timers;
    }

    @Override
    public Hearing open(HearingRequest request, HearingListener listener) {
        return new Session(request, listener);
    }

    /** What is heard of the n-th utterance; nothing after the end, if the script wants it so. */
    static @Nullable Utterance entry(HearingScript script, int index) {
        List<Utterance> utterances = script.utterances();
        if (utterances.isEmpty()) {
            return null;
        }
        if (index < utterances.size()) {
            return utterances.get(index);
        }
        return switch (script.atEnd()) {
            case REPEAT -> utterances.get(index % utterances.size());
            case STAY -> utterances.getLast();
            case NOTHING -> null;
        };
    }

    /** The partial transcripts of an utterance of up to {@code longest}, by how much audio has to be there. */
    static List<Partial> partials(HearingScript script, Utterance utterance, Duration longest) {
        if (utterance.partials() != null) {
            return utterance.partials();
        }
        PartialPace pace = script.partials();
        if (pace == null) {
            return List.of();
        }
        String[] words = utterance.text().split(" ");
        List<Partial> partials = new ArrayList<>();
        int told = 0;
        for (Duration at = pace.every();
                at.compareTo(longest) <= 0 && told < words.length;
                at = at.plus(pace.every())) {
            int heard = Math.min(words.length, (int) (at.toMillis() * pace.wordsPerSecond() / 1000));
            if (heard > told) {
                partials.add(new Partial(
                        at, pace.delay(), String.join(" ", List.of(words).subList(0, heard)), PARTIAL_STABILITY));
                told = heard;
            }
        }
        return partials;
    }

    /** The words that are spoken between two moments of the call, in ms of the caller's audio. */
    static String between(List<SpokenWords> spoken, long fromMs, long untilMs) {
        return spoken.stream()
                .filter(words -> words.at().toMillis() >= fromMs && words.at().toMillis() + WORD_MS <= untilMs)
                .map(SpokenWords::text)
                .collect(Collectors.joining(" "));
    }

    /** One stream. Its timers run one at a time, and never beside the stream's own messages. */
    private final class Session implements Hearing {
        private static final Duration LONGEST = Duration.ofMinutes(1);

        private final HearingRequest request;
        private final HearingListener listener;
        private int next;
        private @Nullable Heard current;
        private boolean closed;

        Session(HearingRequest request, HearingListener listener) {
            this.request = request;
            this.listener = listener;
            next = request.finishedUtterances();
        }

        @Override
        public synchronized void audio(long id, long mediaTimeMs, short[] samples) {
            Heard heard = of(id);
            heard.fromMs = heard.samples == 0 ? mediaTimeMs : heard.fromMs;
            heard.samples += samples.length;
            heard.mediaTimeMs = mediaTimeMs + samples.length * 1000L / request.sampleRate();
            heard.pendingFinal.cancel();
            heard.finalPending = false;
            heard.told = false;
            if (request.partials()) {
                heard.scheduleDue();
            }
        }

        @Override
        public synchronized void finish(long id, boolean speculative) {
            Heard heard = of(id);
            if (heard.finalPending) {
                return;
            }
            heard.finish();
        }

        @Override
        public synchronized void cancel(long id) {
            Heard heard = current;
            if (heard != null && heard.id == id) {
                heard.forget();
                next = heard.index;
                current = null;
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
            if (current != null) {
                current.forget();
            }
        }

        private Heard of(long id) {
            Heard heard = current;
            if (heard == null || heard.id != id) {
                if (heard != null) {
                    heard.stopPartials();
                }
                heard = new Heard(id, next);
                current = heard;
            }
            return heard;
        }

        /** One utterance. Guarded by the session. */
        private final class Heard {
            private final long id;
            private final int index;
            private final @Nullable Utterance entry;
            private final List<Partial> partials;
            private final List<Cancellable> timersOfPartials = new ArrayList<>();
            private Cancellable pendingFinal = Cancellable.NOTHING;
            private boolean finalPending;
            private boolean told;
            private int nextPartial;
            private long samples;
            private long fromMs;
            private long mediaTimeMs;

            Heard(long id, int index) {
                this.id = id;
                this.index = index;
                HearingScript script = live.get();
                entry = entry(script, index);
                partials = entry == null ? List.of() : partials(script, entry, LONGEST);
            }

            Duration audio() {
                return Duration.ofNanos(samples * 1_000_000_000L / request.sampleRate());
            }

            void scheduleDue() {
                while (nextPartial < partials.size()
                        && partials.get(nextPartial).after().compareTo(audio()) <= 0) {
                    Partial partial = partials.get(nextPartial++);
                    long until = mediaTimeMs;
                    later(timersOfPartials, partial.delay(), () -> tell(partial.text(), partial.stability(), until));
                }
            }

            private void later(List<Cancellable> kept, Duration delay, Runnable task) {
                if (delay.isZero()) {
                    task.run();
                } else {
                    kept.add(timers.after(delay, task));
                }
            }

            private void tell(String text, float stability, long until) {
                synchronized (Session.this) {
                    if (!closed && current == this && !finalPending) {
                        listener.heard(Transcript.newBuilder()
                                .setUtteranceId(id)
                                .setText(text)
                                .setStability(stability)
                                .setMediaTimeMs(until)
                                .build());
                    }
                }
            }

            void finish() {
                finalPending = true;
                HearingScript script = live.get();
                Duration delay = entry == null || entry.finalDelay() == null ? script.finalDelay() : entry.finalDelay();
                // Nothing was said since the last final transcript: it holds.
                Duration wait = told ? Duration.ZERO : delay;
                pendingFinal = timers.after(wait, () -> tellFinal(wait));
            }

            private void tellFinal(Duration delay) {
                synchronized (Session.this) {
                    if (closed || current != this || !finalPending) {
                        return;
                    }
                    finalPending = false;
                    told = true;
                    List<SpokenWords> spoken = live.get().spoken();
                    if (spoken != null) {
                        tellFinal(between(spoken, fromMs, mediaTimeMs), delay);
                        return;
                    }
                    Utterance said = entry != null && audio().compareTo(entry.minAudio()) >= 0 ? entry : null;
                    if (said != null) {
                        next = index + 1;
                        if (said.error() != null) {
                            listener.failed(id, said.error().exception(model));
                            return;
                        }
                    }
                    tellFinal(said == null ? "" : said.text(), delay);
                }
            }

            private void tellFinal(String text, Duration delay) {
                listener.heard(Transcript.newBuilder()
                        .setUtteranceId(id)
                        .setText(text)
                        .setFinal(true)
                        .setStability(1)
                        .setConfidence(1)
                        .setMediaTimeMs(mediaTimeMs)
                        .setComputeMs((int) delay.toMillis())
                        .build());
            }

            void stopPartials() {
                timersOfPartials.forEach(Cancellable::cancel);
                timersOfPartials.clear();
            }

            void forget() {
                stopPartials();
                pendingFinal.cancel();
                finalPending = false;
            }
        }
    }
}
