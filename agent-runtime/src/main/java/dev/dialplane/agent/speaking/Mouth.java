package dev.dialplane.agent.speaking;

import dev.dialplane.agent.loop.Loop;
import dev.dialplane.audio.Level;
import dev.dialplane.contracts.agent.v1.AudioKind;
import dev.dialplane.contracts.agent.v1.PlayedKind;
import dev.dialplane.contracts.common.v1.CarrierCapabilities;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends what the agent says, in order, at the pace at which it is played, and knows how far it was heard.
 *
 * <p>At most the carrier's lead is under way at any time; the first audio of a silence leaves at once, later audio in
 * pieces of 60 ms, which costs a third of the messages that 20 ms would. A clear begins a new generation; positions that
 * arrive for an older one only ever say where that one was cut.
 */
public final class Mouth {
    /** The way to the gateway. */
    public interface Line {
        /** Sends audio of a generation. */
        void audio(
                long generation,
                long firstSample,
                byte[] audio,
                int offset,
                int length,
                AudioKind kind,
                boolean endOfRun);

        /** Has the gateway make digits, which count as audio of a generation from a sample on. */
        void digits(long generation, long firstSample, String digits);

        void clear(long generation);

        void pause(long generation);

        void resume(long generation);

        /** Whether the connection takes more; if not, {@link Mouth#proceed} is called once it does. */
        boolean ready();
    }

    /** Hears what becomes of what is said. */
    public interface Listener {
        /** The first sample of a speech has just left. */
        void began(Speech speech);

        /** The caller heard a speech to its end. */
        void finished(Speech speech);

        /** The caller has heard all that there is of a speech, and more is to come. */
        void ranDry(Speech speech);

        /** More of a speech that ran dry leaves. */
        void flows(Speech speech);
    }

    private static final int PIECE_MS = 60;
    /** A gateway's playout begins a sound up to a frame after it came. */
    private static final long PLAYOUT_NANOS = 20_000_000;
    /** A sample and more, so that a timer never comes just before what it waits for. */
    private static final long ROUNDING_NANOS = 200_000;

    private final Loop loop;
    private final Line line;
    private final Listener listener;
    private final CarrierCodec codec;
    private final int rate;
    private final int bytesPerSample;
    private final short[] lately;
    private final boolean pauses;
    private final long lead;
    private final long farEndDelay;
    private final Position position;
    private final Deque<Cue> cues = new ArrayDeque<>();
    /** What was on its way when the last generation was cleared, until the gateway has said where that was. */
    private List<Cue> cut = List.of();

    private long generation = 1;
    private boolean paused;
    /** What is being said was cleared, and its rest is kept: positions of this generation say nothing about it. */
    private boolean cleared;

    private boolean flowStopped;
    private Loop.@Nullable Timer timer;

    /** A mouth that has said nothing, with generation 1 ahead. */
    public Mouth(Loop loop, Line line, Listener listener, CarrierCodec codec, CarrierCapabilities carrier) {
        this.loop = loop;
        this.line = line;
        this.listener = listener;
        this.codec = codec;
        rate = codec.rate();
        bytesPerSample = codec.bytesPerSample();
        lately = new short[rate / 100];
        pauses = carrier.getPause();
        int leadMs = carrier.getLeadMs() == 0 ? 300 : carrier.getLeadMs();
        lead = Math.max(samples(leadMs), samples(PIECE_MS));
        farEndDelay = samples(carrier.getFarEndDelayMs());
        position = new Position(rate);
    }

    /** The present generation: audio sent now belongs to it. */
    public long generation() {
        return generation;
    }

    /** How many samples of the present generation were sent. */
    public long sent() {
        return position.sent();
    }

    /** Says something after all that is being said. */
    public void say(Speech speech, AudioKind kind) {
        cues.add(new Cue(speech, kind, 0));
        proceed();
    }

    /** Sends digits after all that is being said; they are heard as {@code tones} is, which the gateway makes. */
    public void dial(Speech tones, String digits) {
        Cue cue = new Cue(tones, AudioKind.AUDIO_KIND_TONE, 0);
        cue.digits = digits;
        cues.add(cue);
        proceed();
    }

    /**
     * Says something in the silence of a speech that ran dry, which goes on after it.
     *
     * @return whether there was such a silence
     */
    public boolean interject(Speech speech, AudioKind kind) {
        Cue head = cues.peek();
        if (paused || head == null || !head.dry) {
            return false;
        }
        cues.remove();
        if (head.started) {
            head.speech.heard(head.from + head.sent);
            line.audio(generation, position.sent(), head.speech.audio(), 0, 0, head.kind, true);
        }
        Cue rest = new Cue(head.speech, head.kind, head.from + head.sent);
        rest.told = true;
        rest.dry = true;
        cues.addFirst(rest);
        cues.addFirst(new Cue(speech, kind, 0));
        proceed();
        return true;
    }

    /** Whether something is being said, paused, or waits to be. */
    public boolean busy() {
        return !cues.isEmpty();
    }

    /** Whether the caller hears something, or would if it were not paused; not what still waits for its first audio. */
    public boolean audible() {
        return cues.stream().anyMatch(cue -> cue.started);
    }

    /** Whether all that is audible is of one kind. */
    public boolean audibleOnly(AudioKind kind) {
        return cues.stream().filter(cue -> cue.started).allMatch(cue -> cue.kind == kind);
    }

    public boolean paused() {
        return paused;
    }

    /** The gateway wants no more audio for now, or takes it again. */
    public void flow(boolean stop) {
        flowStopped = stop;
        proceed();
    }

    /**
     * Falls silent, and keeps what was not heard. To a carrier that cannot pause this is a clear, and the gateway's answer
     * to it tells where the speech was cut.
     */
    public void pause() {
        if (paused || !audible()) {
            return;
        }
        long now = loop.nanos();
        paused = true;
        stopTimer();
        if (pauses) {
            position.hold(now);
            line.pause(generation);
        } else {
            clear(now);
        }
    }

    /** Falls silent for good, as far as anybody knows; what was not heard is kept nevertheless, until {@link #drop}. */
    public void cut() {
        if (!audible()) {
            return;
        }
        paused = true;
        stopTimer();
        if (!cleared) {
            clear(loop.nanos());
        }
    }

    /** Goes on after a pause, or a cut, at the start of the word that was cut. */
    public void resume() {
        if (!paused) {
            return;
        }
        paused = false;
        if (cleared) {
            beginAgain();
        } else {
            position.release(loop.nanos());
            line.resume(generation);
        }
        proceed();
    }

    /** What was cut is ahead once more, from the word at which it was cut. */
    private void beginAgain() {
        List<Cue> again = new ArrayList<>();
        for (Cue cue : cues) {
            int from = cue.started ? cue.speech.resumeAt(cue.speech.heard()) : cue.from;
            if (cue.digits != null && cue.started) {
                // Half of a number is bad, and the same half again is worse.
                from = cue.speech.samples();
            }
            Cue next = new Cue(cue.speech, cue.kind, from);
            next.digits = cue.digits;
            next.told = cue.told;
            // Unless a word of it is said again, there is nothing to hear of it as before.
            next.dry = cue.dry && next.unsent() == 0;
            again.add(next);
        }
        cues.clear();
        cues.addAll(again);
        cut = List.of();
        cleared = false;
    }

    /** Throws away whatever was not heard. What was heard is in the speeches; the gateway's answer corrects it. */
    public void drop() {
        if (cues.isEmpty()) {
            return;
        }
        stopTimer();
        if (!cleared && audible()) {
            clear(loop.nanos());
        }
        paused = false;
        cleared = false;
        cues.clear();
    }

    /** Throws away a speech that nothing was sent of. */
    public void forget(Speech speech) {
        cues.removeIf(cue -> cue.speech == speech && !cue.started);
    }

    /** The gateway says how far a generation was played, or where it was cleared. */
    public void played(long ofGeneration, long sample, PlayedKind kind) {
        if (ofGeneration == generation) {
            position.acknowledge(sample, loop.nanos());
            proceed();
        } else if (ofGeneration == generation - 1 && kind == PlayedKind.PLAYED_KIND_CLEARED) {
            // Nothing else counts once a clear is out: carriers acknowledge what they threw away, too.
            cut.forEach(cue -> cue.hear(sample - farEndDelay));
            cut = List.of();
        }
    }

    /** Whether the gateway has yet to say where the last clear cut. */
    public boolean cutUnknown() {
        return !cut.isEmpty();
    }

    /** Another gateway has taken over: what was not heard is sent again, in a generation of its own. */
    public void reattach() {
        if (audible()) {
            if (!cleared) {
                clear(loop.nanos());
            }
            beginAgain();
        }
        proceed();
    }

    /** Ends everything, without a word to the gateway. */
    public void close() {
        stopTimer();
        cues.clear();
        cut = List.of();
    }

    /**
     * How loud what was played to the caller a while ago is: the RMS value of 10 ms, in 16-bit steps; 0 for silence, for digits,
     * and for what was cleared since.
     */
    public float level(int millisecondsAgo) {
        if (paused) {
            return 0;
        }
        long played = position.played(loop.nanos()) - samples(millisecondsAgo);
        for (Cue cue : cues) {
            if (cue.digits == null && cue.started && played > cue.start && played < cue.start + cue.sent) {
                int count = (int) Math.min(lately.length, played - cue.start);
                int from = cue.from + (int) (played - cue.start) - count;
                codec.decode(cue.speech.audio(), from * bytesPerSample, count * bytesPerSample, lately);
                return (float) Level.rms(lately, 0, count);
            }
        }
        return 0;
    }

    /** How far the caller has heard everything that is being said; brings the speeches up to date. */
    public void update() {
        if (!cleared) {
            long heard = position.played(loop.nanos()) - farEndDelay;
            cues.forEach(cue -> cue.hear(heard));
        }
    }

    /** Sends what may be sent, and looks what was heard to its end. Called when there is more audio, too. */
    public void proceed() {
        if (paused) {
            return;
        }
        long now = loop.nanos();
        finishHeard(now);
        if (!flowStopped && line.ready()) {
            send(now);
        }
        arm(now);
        tellDry(now);
    }

    private void tellDry(long now) {
        Cue head = cues.peek();
        if (head != null && !head.dry && isAllHeard(head, now)) {
            head.dry = true;
            listener.ranDry(head.speech);
        }
    }

    private boolean isAllHeard(Cue cue, long now) {
        return cue.started && !cue.speech.isComplete() && cue.unsent() == 0 && now >= heardAt(cue);
    }

    private void send(long now) {
        for (Cue cue : cues) {
            if (cue.digits != null && cue.unsent() > 0) {
                sendDigits(cue, cue.digits, now);
            }
            while (cue.unsent() > 0) {
                long room = lead - (position.sent() - position.played(now));
                long count = Math.min(cue.unsent(), room);
                if (count <= 0 || count < cue.unsent() && count < samples(PIECE_MS)) {
                    return;
                }
                send(cue, (int) count, now);
            }
            if (!cue.speech.isComplete()) {
                return;
            }
            if (!cue.endSent) {
                // Its last audio left before it was known to be the last.
                cue.endSent = true;
                line.audio(generation, position.sent(), cue.speech.audio(), 0, 0, cue.kind, true);
            }
        }
    }

    /** All at once: the gateway has no more to wait for. */
    private void sendDigits(Cue cue, String digits, long now) {
        int count = cue.unsent();
        cue.started = true;
        cue.start = position.sent();
        cue.sent = count;
        cue.endSent = true;
        line.digits(generation, cue.start, digits);
        position.send(count, now, PLAYOUT_NANOS);
        cue.told = true;
        listener.began(cue.speech);
    }

    private void send(Cue cue, int count, long now) {
        boolean first = !cue.started;
        if (first) {
            cue.started = true;
            cue.start = position.sent();
        }
        boolean wasDry = cue.dry;
        cue.dry = false;
        int at = cue.from + cue.sent;
        cue.sent += count;
        boolean end = cue.speech.isComplete() && cue.unsent() == 0;
        cue.endSent = end;
        long firstSample = position.sent();
        position.send(count, now, PLAYOUT_NANOS);
        line.audio(
                generation,
                firstSample,
                cue.speech.audio(),
                at * bytesPerSample,
                count * bytesPerSample,
                cue.kind,
                end);
        if (first && !cue.told) {
            cue.told = true;
            listener.began(cue.speech);
        }
        if (wasDry) {
            listener.flows(cue.speech);
        }
    }

    private void finishHeard(long now) {
        while (!cues.isEmpty()) {
            Cue cue = cues.element();
            boolean allSent = cue.speech.isComplete() && cue.unsent() == 0 && (cue.endSent || !cue.started);
            if (!allSent || cue.started && now < heardAt(cue)) {
                return;
            }
            cue.speech.heard(cue.speech.samples());
            cues.remove();
            listener.finished(cue.speech);
        }
    }

    private void arm(long now) {
        stopTimer();
        Cue head = cues.peek();
        if (head == null || paused) {
            return;
        }
        long next = Long.MAX_VALUE;
        if (head.started && head.unsent() == 0 && !head.dry) {
            next = heardAt(head);
        }
        if (!flowStopped && line.ready() && cues.stream().anyMatch(cue -> cue.unsent() > 0)) {
            next = Math.min(next, position.nanosAt(position.sent() - lead + samples(PIECE_MS)));
        }
        if (next != Long.MAX_VALUE) {
            timer = loop.after(next - now + ROUNDING_NANOS, this::proceed);
        }
    }

    /** When the caller will have heard a cue to its end. */
    private long heardAt(Cue cue) {
        return position.nanosAt(cue.start + cue.sent) + farEndDelay * 1_000_000_000L / rate;
    }

    private void clear(long now) {
        long played = position.played(now) - farEndDelay;
        cut = cues.stream().filter(cue -> cue.started).toList();
        cut.forEach(cue -> cue.hear(played));
        line.clear(generation);
        cleared = true;
        generation++;
        position.restart();
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private long samples(int milliseconds) {
        return (long) milliseconds * rate / 1000;
    }

    /** A speech, or the rest of one, within a generation. */
    private static final class Cue {
        final Speech speech;
        final AudioKind kind;
        final int from;
        boolean started;
        boolean told;
        boolean endSent;
        /** The caller has heard all that there is, and is to hear more. */
        boolean dry;
        /** What the gateway is to make of it; null for audio that is here. */
        @Nullable
        String digits;

        long start;
        int sent;

        Cue(Speech speech, AudioKind kind, int from) {
            this.speech = speech;
            this.kind = kind;
            this.from = from;
        }

        int unsent() {
            return speech.samples() - from - sent;
        }

        void hear(long played) {
            if (started) {
                speech.heard(from + (int) Math.clamp(played - start, 0, sent));
            }
        }
    }
}
