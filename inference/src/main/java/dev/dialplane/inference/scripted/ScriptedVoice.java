package dev.dialplane.inference.scripted;

import dev.dialplane.audio.Tone;
import dev.dialplane.inference.scripted.Script.VoiceScript;
import dev.dialplane.inference.speaking.SpeechRequest;
import dev.dialplane.inference.speaking.SpeechSink;
import dev.dialplane.inference.speaking.Spoken;
import dev.dialplane.inference.speaking.Voice;
import dev.dialplane.inference.timing.Cancellable;
import dev.dialplane.inference.timing.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Speaks in tones as long as their text, or in recordings. */
final class ScriptedVoice implements Voice {
    private static final double LEVEL = -20;
    private static final int STEP_MILLIS = 200;

    private final String model;
    private final Supplier<VoiceScript> live;
    /** Of all that is spoken, whatever becomes of the script: recordings were read at this rate. */
    private final int rate;

    private final Map<String, short[]> recordings;
    private final Timers timers;

    /**
     * @param recordings samples in the script's rate, by the text that they speak
     */
    ScriptedVoice(String model, Supplier<VoiceScript> live, Map<String, short[]> recordings, Timers timers) {
        this.model = model;
        this.live = live;
        rate = live.get().sampleRate();
        this.recordings = recordings;
        this.timers = timers;
    }

    @Override
    public int sampleRate() {
        return rate;
    }

    @Override
    public Cancellable speak(SpeechRequest request, SpeechSink sink) {
        VoiceScript script = live.get();
        Run run = new Run(script, request.text(), clip(script, request.text()), sink);
        run.schedule(script.firstAudio());
        return run;
    }

    /** The samples that speak this text. */
    private short[] clip(VoiceScript script, String text) {
        short[] recording = recordings.get(text.strip());
        if (recording != null) {
            return recording;
        }
        int count = (int) (text.strip().length() / script.charactersPerSecond() * rate);
        return Tone.sine(script.toneHz(), LEVEL, rate).take(count);
    }

    /** Each word in proportion to its length, with the space before it. */
    static List<Spoken.Span> spans(String text, int samples) {
        List<Spoken.Span> spans = new ArrayList<>();
        int length = text.length();
        int start = 0;
        while (start < length) {
            int wordStart = start;
            while (wordStart < length && Character.isWhitespace(text.charAt(wordStart))) {
                wordStart++;
            }
            int end = wordStart;
            while (end < length && !Character.isWhitespace(text.charAt(end))) {
                end++;
            }
            if (end > wordStart) {
                spans.add(new Spoken.Span(wordStart, end, (int) ((long) samples * start / length), (int)
                        ((long) samples * end / length)));
            }
            start = end;
        }
        return spans;
    }

    /** One piece; one timer at a time. */
    private final class Run implements Cancellable {
        private final VoiceScript script;
        private final String text;
        private final short[] clip;
        private final SpeechSink sink;
        private final long begun = timers.nanos();
        private Cancellable timer = NOTHING;
        private boolean cancelled;
        private int sent;

        Run(VoiceScript script, String text, short[] clip, SpeechSink sink) {
            this.script = script;
            this.text = text;
            this.clip = clip;
            this.sink = sink;
        }

        synchronized void schedule(Duration delay) {
            if (!cancelled) {
                timer = timers.after(delay, this::step);
            }
        }

        @Override
        public synchronized void cancel() {
            cancelled = true;
            timer.cancel();
        }

        private synchronized boolean cancelled() {
            return cancelled;
        }

        private void step() {
            if (cancelled()) {
                return;
            }
            if (script.error() != null) {
                sink.failed(script.error().exception(model));
                return;
            }
            boolean atOnce = script.realTimeFactor() == 0;
            int count = atOnce ? clip.length : Math.min(clip.length - sent, rate * STEP_MILLIS / 1000);
            if (count > 0) {
                sink.samples(Arrays.copyOfRange(clip, sent, sent + count));
                sent += count;
            }
            if (sent < clip.length) {
                schedule(Duration.ofNanos((long) (STEP_MILLIS * 1e6 * script.realTimeFactor())));
            } else {
                sink.done(new Spoken(spans(text, clip.length), 0, timers.millisSince(begun), false));
            }
        }
    }
}
