package dev.dialplane.gateway.playout;

import java.nio.ByteBuffer;

/**
 * The agent's audio of one call, on its way to the carrier.
 *
 * <p>Cuts what the agent sends into frames, keeps the carrier fed by the shape's lead and no more, fills a gap inside a
 * run with comfort noise, lets a clear overtake everything, and says what was heard. No frame of a cleared generation
 * leaves after its clear.
 *
 * <p>Pacing follows a model of the carrier's queue: it plays what it gets at once, one frame after another. A frame is
 * due when that queue is shorter than the lead, so that time lost here is made up for at once, and the first frame of a
 * run goes out as it comes.
 *
 * <p>A state machine over {@code now}, in ns of any steady clock; does no I/O, and allocates nothing for a frame. For one
 * thread at a time.
 */
public final class Playout {
    private static final long ACK_GRACE_NANOS = 500_000_000;
    private static final int REPORT_EVERY_MS = 60;
    private static final long MAX_LAG_NANOS = 1_000_000_000;

    private final PlayoutShape shape;
    private final LineNoise noise;
    private final PlayoutPort port;
    private final long frameNanos;
    private final int frameSamples;
    private final byte[] frame;
    private final QueuedAudio queue;
    private final SentAudio sent;

    private long newest;
    private long nextSample;
    private long clearedThrough;
    /** A run has begun and its end has not come. */
    private boolean open;
    /** A frame of this run has gone out. */
    private boolean started;

    private boolean speaking;
    private boolean starved;
    /** When the carrier will have played all that it got. */
    private long farEnd;
    /** How much later acknowledgements say it plays than it was sent. */
    private long lag;

    private long sentGeneration;
    private long sentSample;
    private long ackedGeneration;
    private long ackedSample;
    private int sinceMark;
    private int pendingMarks;
    private long reportedGeneration;
    private long reportedSample;

    private long framesSent;
    private long framesLate;
    private long underruns;
    private long samplesDropped;
    private long stalePieces;

    /** Playout for one call, at rest. */
    public Playout(PlayoutShape shape, LineNoise noise, PlayoutPort port) {
        this.shape = shape;
        this.noise = noise;
        this.port = port;
        frameNanos = shape.nanos(shape.frame());
        frameSamples = shape.frameSamples();
        frame = new byte[shape.frameBytes()];
        queue = new QueuedAudio(shape.bytesPerSample(), shape.samples(shape.buffer()) * shape.bytesPerSample());
        sent = new SentAudio(frameNanos);
    }

    /**
     * Audio from the agent. Of a cleared or a former generation it is ignored; samples that came before are skipped; what
     * the buffer cannot hold is dropped.
     *
     * @param first the index of the payload's first sample in its generation
     * @param endOfRun nothing follows soon: what is left of a frame is played without waiting for more
     */
    public void audio(long now, long generation, long first, ByteBuffer payload, SoundKind kind, boolean endOfRun) {
        if (generation <= clearedThrough || generation < newest) {
            stalePieces++;
            return;
        }
        if (generation > newest) {
            queue.markEnd();
            newest = generation;
            nextSample = 0;
            open = false;
        }
        int samples = payload.remaining() / shape.bytesPerSample();
        int known = (int) Math.clamp(nextSample - first, 0, samples);
        payload.position(payload.position() + known * shape.bytesPerSample());
        if (!open) {
            open = true;
            started = false;
        }
        int taken = queue.add(generation, first + known, payload, kind);
        samplesDropped += samples - known - taken;
        nextSample = Math.max(nextSample, first + samples);
        if (endOfRun) {
            open = false;
            if (queue.isEmpty()) {
                endWithNothingLeft();
            } else {
                queue.markEnd();
            }
        }
        tick(now);
    }

    private void endWithNothingLeft() {
        if (sinceMark > 0) {
            mark();
        }
        started = false;
        speaking = false;
    }

    /** Throws away what is not yet played of {@code generation} and of all before it, here and at the carrier. */
    public void clear(long now, long generation) {
        if (generation <= clearedThrough) {
            return;
        }
        sent.advance(now - lag);
        queue.clearThrough(generation);
        clearedThrough = generation;
        if (newest <= generation) {
            open = false;
            newest = generation;
            nextSample = 0;
        }
        if (framesSent > 0 && sentGeneration <= generation) {
            if (shape.clears()) {
                port.clear();
                farEnd = now;
            }
            sent.forget();
            speaking = false;
            starved = false;
            sinceMark = 0;
            pendingMarks = 0;
        }
        long heard = sent.positionGeneration() == generation ? sent.positionSample() : 0;
        reportedGeneration = generation;
        reportedSample = heard;
        port.position(generation, heard, Heard.CLEARED);
    }

    /** The carrier echoed a mark. One of a cleared generation says nothing: carriers echo those on a clear, too. */
    public void acknowledged(long now, long generation, long sample) {
        if (generation <= clearedThrough || generation != sentGeneration || sample > sentSample) {
            return;
        }
        pendingMarks = Math.max(0, pendingMarks - 1);
        long due = sent.playEndOf(generation, sample, now);
        if (generation != ackedGeneration) {
            ackedSample = 0;
        }
        lag = Math.clamp(now - due, 0, MAX_LAG_NANOS);
        sent.acknowledged(generation, sample);
        ackedGeneration = generation;
        ackedSample = Math.max(ackedSample, sample);
        if (generation != reportedGeneration || sample > reportedSample) {
            report(Heard.PLAYED);
        }
    }

    /** Sends what is due and reports what was heard. To be called every few ms. */
    public void tick(long now) {
        pump(now);
        sent.advance(now - lag);
        long fresh = sent.positionGeneration() == reportedGeneration
                ? sent.positionSample() - reportedSample
                : sent.positionSample();
        boolean atEnd = sent.positionGeneration() == sentGeneration && sent.positionSample() == sentSample;
        if (fresh > 0
                && sent.positionGeneration() > clearedThrough
                && (atEnd || fresh >= shape.samples(REPORT_EVERY_MS))) {
            report(Heard.ESTIMATED);
        }
    }

    private void report(Heard heard) {
        reportedGeneration = sent.positionGeneration();
        reportedSample = sent.positionSample();
        port.position(reportedGeneration, reportedSample, heard);
    }

    private void pump(long now) {
        while (true) {
            long ahead = Math.max(0, farEnd - now);
            boolean room = ahead == 0 || ahead + frameNanos <= shape.nanos(shape.lead());
            boolean flush = queue.endsWithin(frameSamples);
            if (flush || queue.contiguous() >= frameSamples) {
                if (!room) {
                    return;
                }
                sendAudio(now, flush);
            } else if (open && started && ahead < shape.nanos(shape.margin())) {
                if (!starved) {
                    starved = true;
                    underruns++;
                }
                sendAudio(now, false);
            } else {
                return;
            }
        }
    }

    private void sendAudio(long now, boolean lastOfRun) {
        boolean empty = queue.isEmpty();
        long generation = empty ? sentGeneration : queue.headGeneration();
        long start = empty ? sentSample : queue.headSample();
        boolean speech = !empty && queue.headKind() == SoundKind.SPEECH;
        int taken = queue.take(frame, frameSamples);
        if (taken < frameSamples) {
            noise.fill(frame, taken * shape.bytesPerSample(), frameSamples - taken);
        } else {
            starved = false;
        }
        if (started && farEnd < now) {
            framesLate++;
        }
        farEnd = Math.max(farEnd, now) + frameNanos;
        port.audio(frame);
        framesSent++;
        sentGeneration = generation;
        sentSample = start + taken;
        sent.add(generation, start, sentSample, farEnd);
        if (speech && !speaking) {
            port.speechStarted(generation, start);
        }
        if (!empty) {
            speaking = speech && !lastOfRun;
        }
        started = !lastOfRun;
        sinceMark += taken;
        if (taken > 0 && (lastOfRun || sinceMark >= shape.samples(shape.markEvery()))) {
            mark();
        }
    }

    private void mark() {
        if (shape.acknowledges() && pendingMarks < shape.maxMarks()) {
            port.mark(sentGeneration, sentSample);
            pendingMarks++;
            sinceMark = 0;
        }
    }

    /**
     * Whether everything of {@code generation} before {@code sample} was heard, or will never be. Where the carrier
     * acknowledges, the clock alone is believed half a second later.
     */
    public boolean settled(long now, long generation, long sample) {
        if (generation <= clearedThrough) {
            return true;
        }
        if (sent.positionGeneration() > generation || ackedGeneration == generation && ackedSample >= sample) {
            return true;
        }
        boolean reached = sent.positionGeneration() == generation && sent.positionSample() >= sample;
        if (!reached || !shape.acknowledges()) {
            return reached;
        }
        return sent.playEndOf(generation, sample, farEnd) + lag + ACK_GRACE_NANOS <= now;
    }

    /** How much waits here, ms. */
    public int waiting() {
        return queue.samples() * 1_000 / shape.sampleRate();
    }

    /** How many samples so many bytes are. */
    public int samples(int bytes) {
        return bytes / shape.bytesPerSample();
    }

    /**
     * Whether nothing waits here and the carrier has played all that it got. If it is so after a tick, no other is due until
     * audio comes.
     */
    public boolean quiet(long now) {
        return queue.isEmpty() && farEnd + lag <= now;
    }

    /** Frames that went to the carrier. */
    public long framesSent() {
        return framesSent;
    }

    /** Frames that went out after the carrier had nothing left to play, within a run. */
    public long framesLate() {
        return framesLate;
    }

    /** Gaps inside runs that noise had to fill. */
    public long underruns() {
        return underruns;
    }

    /** Samples for which the buffer had no room. */
    public long samplesDropped() {
        return samplesDropped;
    }

    /** Pieces that came for a generation that was cleared or left behind. */
    public long stalePieces() {
        return stalePieces;
    }
}
