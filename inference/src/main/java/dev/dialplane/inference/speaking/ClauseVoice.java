package dev.dialplane.inference.speaking;

import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.queue.ComputeQueue;
import dev.dialplane.inference.queue.Urgency;
import dev.dialplane.inference.queue.Work;
import dev.dialplane.inference.timing.Cancellable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A voice made of an engine: clause by clause through the queue, and from memory where the clause was spoken before. */
public final class ClauseVoice implements Voice {
    private final SpeechEngine engine;
    private final ComputeQueue queue;
    private final PhraseCache cache;

    public ClauseVoice(SpeechEngine engine, ComputeQueue queue, PhraseCache cache) {
        this.engine = engine;
        this.queue = queue;
        this.cache = cache;
    }

    @Override
    public int sampleRate() {
        return engine.sampleRate();
    }

    @Override
    public Cancellable speak(SpeechRequest request, SpeechSink sink) {
        Clip part = known(request.before(), request.text());
        if (part != null) {
            List<Spoken.Span> spans = new ArrayList<>();
            int lead = request.text().indexOf(request.text().strip());
            part.spans().forEach(span -> spans.add(span.shifted(lead, 0)));
            sink.samples(part.samples());
            sink.done(new Spoken(spans, 0, 0, true));
            return Cancellable.NOTHING;
        }
        Run run = new Run(request, sink);
        run.next();
        return run;
    }

    private @Nullable Clip known(String before, String text) {
        Clip whole = cache.find(engine.voice(), text);
        if (whole != null && Clauses.openSentence(before).isEmpty()) {
            return whole;
        }
        Clip part = cache.findPart(engine.voice(), Clauses.openSentence(before), text);
        return part != null ? part : whole;
    }

    /**
     * Speaks a text ahead of its use, sentence by sentence, and keeps the sentences as fixed ones.
     *
     * @return completes when all of it is kept; exceptionally with a {@link ModelException} if that failed
     */
    public CompletableFuture<Void> keep(String lane, String text) {
        List<CompletableFuture<Void>> sentences = new ArrayList<>();
        for (String sentence : Clauses.sentences(text)) {
            String whole = sentence.strip();
            if (cache.findPart(engine.voice(), "", whole) != null) {
                continue;
            }
            CompletableFuture<Void> done = new CompletableFuture<>();
            sentences.add(done);
            try {
                queue.submit(
                        lane,
                        Urgency.AHEAD,
                        work -> speakWhole(whole, work),
                        clip -> {
                            cache.keep(engine.voice(), clip, true);
                            done.complete(null);
                        },
                        done::completeExceptionally);
            } catch (ModelException e) {
                done.completeExceptionally(e);
            }
        }
        return CompletableFuture.allOf(sentences.toArray(CompletableFuture[]::new));
    }

    private Clip speakWhole(String sentence, Work work) {
        List<Clip> clips = new ArrayList<>();
        List<Spoken.Span> spans = new ArrayList<>();
        int characters = 0;
        int samples = 0;
        for (String clause : Clauses.of(sentence)) {
            Clip clip = engine.speak(clause.stripTrailing(), work);
            clips.add(clip);
            for (Spoken.Span span : clip.spans()) {
                spans.add(span.shifted(characters, samples));
            }
            characters += clause.length();
            samples += clip.samples().length;
        }
        short[] all = new short[samples];
        int at = 0;
        for (Clip clip : clips) {
            System.arraycopy(clip.samples(), 0, all, at, clip.samples().length);
            at += clip.samples().length;
        }
        return new Clip(sentence, all, List.copyOf(spans));
    }

    /** One piece that has to be computed, one clause at a time. */
    private final class Run implements Cancellable {
        private final SpeechRequest request;
        private final SpeechSink sink;
        private final List<String> clauses;
        private final List<Spoken.Span> spans = new ArrayList<>();
        private Cancellable work = NOTHING;
        private boolean cancelled;
        private int computing;
        private int index;
        private int characters;
        private int samples;
        private int queueMs;
        private int computeMs;
        private boolean allCached = true;

        Run(SpeechRequest request, SpeechSink sink) {
            this.request = request;
            this.sink = sink;
            clauses = Clauses.of(request.text());
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

        void next() {
            while (true) {
                synchronized (this) {
                    if (cancelled) {
                        return;
                    }
                }
                if (index == clauses.size()) {
                    sink.done(new Spoken(List.copyOf(spans), queueMs, computeMs, allCached));
                    return;
                }
                String clause = clauses.get(index).stripTrailing();
                Clip kept = known(request.before() + " " + request.text().substring(0, characters), clause);
                if (kept == null) {
                    compute(clause);
                    return;
                }
                take(kept);
            }
        }

        private void compute(String clause) {
            Urgency urgency = index == 0 ? request.urgency() : later(request.urgency());
            long[] begun = new long[1];
            int turn;
            synchronized (this) {
                turn = ++computing;
            }
            Cancellable submitted;
            try {
                submitted = queue.submit(
                        request.callId(),
                        urgency,
                        it -> {
                            queueMs += it.queueMs();
                            begun[0] = System.nanoTime();
                            return engine.speak(clause, it);
                        },
                        clip -> {
                            computeMs += (int) ((System.nanoTime() - begun[0]) / 1_000_000);
                            allCached = false;
                            cache.keep(engine.voice(), clip, false);
                            take(clip);
                            next();
                        },
                        sink::failed);
            } catch (ModelException e) {
                sink.failed(e);
                return;
            }
            boolean late;
            synchronized (this) {
                // The clause may be spoken by now, and the next one be under way.
                if (turn == computing) {
                    work = submitted;
                }
                late = cancelled;
            }
            if (late) {
                submitted.cancel();
            }
        }

        private void take(Clip clip) {
            String clause = clauses.get(index++);
            int lead = clause.indexOf(clause.strip());
            for (Spoken.Span span : clip.spans()) {
                spans.add(span.shifted(characters + lead, samples));
            }
            characters += clause.length();
            samples += clip.samples().length;
            sink.samples(clip.samples());
        }

        private static Urgency later(Urgency urgency) {
            return urgency == Urgency.CALLER_WAITS ? Urgency.SOON : urgency;
        }
    }
}
