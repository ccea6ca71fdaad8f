package dev.dialplane.agent.hearing;

import dev.dialplane.agent.vad.Silero;

/**
 * Listens to the caller: tells where speech begins and ends.
 *
 * <p>Positions are samples at 8 kHz since the start of the stream. Onset and end are found by the detector and then
 * refined by loudness to 10 ms. The detector falls asleep after a second without any sound and, woken by one, replays what
 * it missed. For one thread; allocates nothing after construction.
 */
public final class Ear {
    /** Hears what happens, while {@link #hear} runs. */
    public interface Listener {
        /** Somebody speaks, since {@code onset}. */
        void speechBegan(long onset);

        /** Nobody speaks any more, since {@code end}. */
        void speechEnded(long end);
    }

    /** Samples a second. */
    public static final int RATE = Silero.RATE;

    private static final int WINDOW = Silero.WINDOW;
    /** A carrier's usual frame of 20 ms; a larger block would overrun what is kept to be looked at. */
    private static final int STEP = 160;
    /** A second. */
    private static final int FRAMES_TO_SLEEP = 100;
    /** 320 ms: about what the detector's memory needs, and longer than any soft beginning of a word. */
    private static final int REPLAYED_WINDOWS = 10;
    /** How far before the deciding window an onset is looked for: 250 ms. */
    private static final int ONSET_FRAMES = 25;
    /** 80 ms: the windows that confirm an onset. */
    private static final int FAINT_FRAMES = 8;
    /** A closed mouth within a word (a stop consonant) is no longer than this: 40 ms. */
    private static final int CLOSURE_FRAMES = 4;

    private final Listener listener;
    private final Silero silero = new Silero();
    private final SpeechGate gate = new SpeechGate();
    private final Levels levels = new Levels();
    private final DetectorLevel detectorLevel = new DetectorLevel();
    private final PcmRing recent = new PcmRing(RATE);
    private final short[] window = new short[WINDOW];
    private long nextWindow;
    private long lastSound;
    private long onset;
    private boolean asleep;
    private long windowsSeen;

    /** An ear that has heard nothing. */
    public Ear(Listener listener) {
        this.listener = listener;
    }

    /** How many samples were heard. */
    public long heard() {
        return recent.end();
    }

    /** Whether somebody speaks. */
    public boolean speech() {
        return gate.on();
    }

    /** Since when somebody speaks, or last spoke. */
    public long onset() {
        return onset;
    }

    /** The loudest 10 ms since a sample, of the last five seconds at most, as an RMS value in 16-bit steps. */
    public float loudestSince(long since) {
        return levels.loudest(since / Levels.FRAME);
    }

    /** How many times 10 ms were heard. */
    public long frames() {
        return levels.count();
    }

    /** How loud one of them was, as an RMS value in 16-bit steps; 0 for one of more than five seconds ago. */
    public float level(long frame) {
        return levels.at(frame);
    }

    /** Whether any of it was made in place of what the line has lost. */
    public boolean concealed(long frame) {
        return levels.concealed(frame);
    }

    /** Whether the detector rests. */
    public boolean asleep() {
        return asleep;
    }

    /** How many windows the detector has looked at: what it cost. */
    public long windowsSeen() {
        return windowsSeen;
    }

    /**
     * Takes samples at 8 kHz in, any number of them: what is heard does not depend on how they are parted.
     *
     * @param concealed that they were made in place of what a line has lost. The detector hears them like all others: somebody
     *     speaks on over a short loss, and has fallen silent in a long one
     */
    public void hear(short[] samples, int offset, int count, boolean concealed) {
        int done = 0;
        while (done < count) {
            // Up to a window's end at most, so that a window is judged by what was heard until then and nothing more.
            int part = Math.min(
                    count - done, Math.min(STEP - (int) (recent.end() % STEP), WINDOW - (int) (recent.end() % WINDOW)));
            step(samples, offset + done, part, concealed);
            done += part;
        }
    }

    private void step(short[] samples, int offset, int count, boolean concealed) {
        recent.add(samples, offset, count);
        long before = levels.count();
        levels.add(samples, offset, count, gate.on(), concealed);
        for (long frame = before; frame < levels.count(); frame++) {
            if (levels.at(frame) > levels.audible()) {
                lastSound = frame;
            }
        }
        if (levels.count() - lastSound > FRAMES_TO_SLEEP && !gate.on()) {
            asleep = true;
            nextWindow = recent.end() / WINDOW;
            return;
        }
        if (asleep) {
            wake();
        }
        while ((nextWindow + 1) * WINDOW <= recent.end()) {
            look();
        }
    }

    private void wake() {
        asleep = false;
        silero.reset();
        gate.slept();
        nextWindow = Math.max(0, nextWindow - REPLAYED_WINDOWS);
    }

    private void look() {
        recent.copy(nextWindow * WINDOW, window, 0, WINDOW);
        nextWindow++;
        windowsSeen++;
        detectorLevel.next(levels.loud(), levels.floor());
        detectorLevel.apply(window);
        float probability = silero.probability(window, 0);
        long frames = nextWindow * WINDOW / Levels.FRAME;
        if (!gate.on() && levels.loudest(frames - FAINT_FRAMES) < Levels.FAINT) {
            probability = 0;
        }
        switch (gate.on(probability, quiet(frames))) {
            case BEGAN -> {
                onset = onsetBefore(frames) * Levels.FRAME;
                listener.speechBegan(onset);
            }
            case ENDED -> listener.speechEnded(Math.max(onset, endBefore(frames) * Levels.FRAME));
            case NONE -> {}
        }
    }

    /** Whether the last 40 ms before a frame held no sound. */
    private boolean quiet(long frames) {
        float threshold = levels.speech();
        for (long frame = frames - 4; frame < frames; frame++) {
            if (levels.at(frame) > threshold) {
                return false;
            }
        }
        return true;
    }

    /** The first frame of the sound that the detector took for speech when it had seen {@code frames} frames. */
    private long onsetBefore(long frames) {
        float threshold = Math.max(levels.audible(), Levels.BELOW_LOUD * loudest(frames));
        long first = frames - 1;
        int silent = 0;
        long oldest = Math.max(0, frames - ONSET_FRAMES - 4L * gate.voiced());
        for (long frame = frames - 1; frame >= oldest && silent <= CLOSURE_FRAMES; frame--) {
            if (levels.at(frame) > threshold) {
                first = frame;
                silent = 0;
            } else {
                silent++;
            }
        }
        return first;
    }

    /** The frame after the last one that still sounded, when {@code frames} frames were seen. */
    private long endBefore(long frames) {
        float threshold = levels.speech();
        long oldest = Math.max(0, frames - 50);
        for (long frame = frames - 1; frame >= oldest; frame--) {
            if (levels.at(frame) > threshold) {
                return frame + 1;
            }
        }
        return oldest;
    }

    /** The loudest of the frames that the detector has taken for speech. */
    private float loudest(long frames) {
        float loudest = 0;
        for (long frame = frames - 4L * gate.voiced(); frame < frames; frame++) {
            loudest = Math.max(loudest, levels.at(frame));
        }
        return loudest;
    }
}
