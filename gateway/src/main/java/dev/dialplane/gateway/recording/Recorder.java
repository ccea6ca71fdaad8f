package dev.dialplane.gateway.recording;

import dev.dialplane.contracts.residency.Residency;
import dev.dialplane.gateway.records.CallRecords;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * Writes what calls hand over, and sees to it that an archive has it in the end. One thread writes all files, five times a
 * second; another one completes them; a third one gives them to the archive, for as long as it takes ({@link Keeper}). So a
 * disk or an archive that hangs holds up none but its own thread.
 *
 * <p>Every recording that was begun is told of exactly in one record, {@code dev.dialplane.call.recording}, at least once:
 * that it is kept and where, or that it is not and why.
 */
public final class Recorder implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Recorder.class);
    /** The CloudEvent of a recording. */
    public static final String EVENT = "dev.dialplane.call.recording";

    private static final long PASS_NANOS = 200_000_000;
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

    /** Whether more may come, what there is may be written, or neither. */
    private enum State {
        Open,
        Closing,
        Closed
    }

    private final RecordingSettings settings;
    private final Spool spool;
    private final Keeper keeper;
    private final CallRecords records;
    private final InstantSource time;
    private final Set<Job> jobs = ConcurrentHashMap.newKeySet();
    private final Finisher finisher = new Finisher();
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong lostFrames = new AtomicLong();
    private volatile State state = State.Open;
    private final Thread writing;

    /** Writes into the spool, and gives to the archive what is complete. */
    public Recorder(RecordingSettings settings, String gateway, CallRecords records, InstantSource time) {
        this(settings, new Spool(settings.directory(), gateway), archive(settings), records, time);
    }

    Recorder(RecordingSettings settings, Spool spool, Archive archive, CallRecords records, InstantSource time) {
        this.settings = settings;
        this.spool = spool;
        this.records = records;
        this.time = time;
        keeper = new Keeper(spool, archive, this::told);
        writing = Thread.ofPlatform().name("recordings-write").daemon().start(this::write);
    }

    private static Archive archive(RecordingSettings settings) {
        return settings.bucket() == null
                ? new DirectoryArchive(settings.directory())
                : new S3Archive(settings.bucket());
    }

    /**
     * Why a call cannot be recorded here; empty if it can.
     *
     * @param residency the regions that its recording may be in; empty: any
     */
    public Optional<String> refusal(List<String> residency) {
        if (!Residency.allows(residency, settings.region())) {
            return Optional.of("recordings are kept in region '%s', the pool allows %s"
                    .formatted(settings.region(), String.join(", ", residency)));
        }
        if (keeper.waitingBytes() >= settings.waitingBytes()) {
            return Optional.of("%d bytes of recordings wait for their archive, allowed are %d"
                    .formatted(keeper.waitingBytes(), settings.waitingBytes()));
        }
        return Optional.empty();
    }

    /**
     * Begins to record. Returns at once.
     *
     * @param beginMs now, on the caller's time base
     */
    public Recording begin(Subject subject, WireFormat format, long beginMs) {
        begun.incrementAndGet();
        Recording recording = new Recording(subject.callId(), format, beginMs, lostFrames::incrementAndGet);
        jobs.add(new Job(subject, recording, time.instant()));
        LockSupport.unpark(writing);
        return recording;
    }

    private void told(String callId, String json) {
        records.record(EVENT, callId, time.millis(), json);
    }

    private void write() {
        try {
            // Before this process begins any of its own.
            List<Path> former = spool.files();
            finisher.execute(() -> spool.left(former).forEach(this::recover));
        } catch (IOException | RuntimeException e) {
            LOG.errorf("what a former process recorded cannot be looked at: %s", e.toString());
        }
        while (state != State.Closed) {
            jobs.removeIf(Job::pass);
            if (!jobs.isEmpty()) {
                LockSupport.parkNanos(this, PASS_NANOS);
            } else if (state == State.Closing) {
                return;
            } else {
                LockSupport.park(this);
            }
        }
    }

    private void recover(Spool.Left left) {
        Note note = Note.read(left.callId(), left.note());
        if (!note.agreed() || note.name().isEmpty()) {
            LOG.errorf(
                    "call %s: a former process left a recording without the caller's consent: removed", left.callId());
            failed.incrementAndGet();
            spool.discard(left.callId());
            return;
        }
        switch (left) {
            case Spool.CutOff cut -> {
                note.cutOff().complete(cut.complete(), keeper.url(note.name()), cut.milliseconds());
                note(left.callId(), note);
                keeper.add(new Keeper.Item(
                        left.callId(),
                        cut.complete().file(),
                        note.name(),
                        cut.complete().bytes(),
                        note.json()));
            }
            case Spool.Waiting waiting ->
                keeper.add(
                        new Keeper.Item(left.callId(), waiting.file(), note.name(), waiting.bytes(), waiting.note()));
            case Spool.Untold untold -> {
                told(left.callId(), untold.note());
                spool.forget(left.callId());
            }
        }
    }

    private void note(String callId, Note note) {
        try {
            spool.note(callId, note.json());
        } catch (IOException e) {
            LOG.warnf("call %s: what is known of its recording cannot be kept: %s", callId, e.toString());
        }
    }

    /** Recordings that are being written. */
    public int active() {
        return jobs.size();
    }

    /** Recordings that were begun. */
    public long begun() {
        return begun.get();
    }

    /** Recordings that could not be written, or not be found whole again. */
    public long failed() {
        return failed.get();
    }

    /** Frames that a slow disk lost. */
    public long lostFrames() {
        return lostFrames.get();
    }

    /** Recordings that an archive has. */
    public long kept() {
        return keeper.kept();
    }

    /** Tries of giving one to the archive that failed. */
    public long keepFailures() {
        return keeper.failures();
    }

    /** Recordings that wait for the archive. */
    public int waiting() {
        return keeper.waiting();
    }

    /** Their bytes. */
    public long waitingBytes() {
        return keeper.waitingBytes();
    }

    /** Waits a little for what is left, and stops; the next process goes on with the rest. */
    @Override
    public void close() {
        long until = System.nanoTime() + CLOSE_WAIT.toNanos();
        state = State.Closing;
        LockSupport.unpark(writing);
        try {
            // Each of them hands over to the next.
            writing.join(left(until));
            state = State.Closed;
            finisher.end(left(until));
            keeper.end(left(until));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration left(long until) {
        return Duration.ofNanos(Math.max(0, until - System.nanoTime()));
    }

    /** One recording, on the writing thread. */
    private final class Job {
        private final Subject subject;
        private final Recording recording;
        private final Instant begunAt;
        private final Track track;

        Job(Subject subject, Recording recording, Instant begunAt) {
            this.subject = subject;
            this.recording = recording;
            this.begunAt = begunAt;
            track = new Track(spool, recording, note());
        }

        private Note note() {
            String name = String.join(
                    "/",
                    begunAt.atOffset(ZoneOffset.UTC).toLocalDate().toString(),
                    Spool.safe(subject.namespace()),
                    Spool.safe(subject.pool()),
                    subject.callId() + ".wav");
            return Note.of(subject).began(name, begunAt, recording.format());
        }

        /** Writes what there is; true once it is over. */
        boolean pass() {
            boolean over;
            try {
                over = recording.failure() == null ? track.write() : track.drainToEnd();
            } catch (IOException | RuntimeException e) {
                LOG.errorf("call %s: cannot be recorded any more: %s", subject.callId(), e.toString());
                recording.fail(e.toString());
                over = track.drainToEnd();
            }
            if (over) {
                finisher.execute(this::finish);
            }
            return over;
        }

        private void finish() {
            Note note = track.note();
            String failure = recording.failure();
            if (track.discarded()) {
                track.discard();
                told(
                        subject.callId(),
                        note.notKept("NotRecorded", "the caller does not agree after all")
                                .json());
                return;
            }
            try {
                if (failure == null) {
                    Spool.Complete complete = track.complete();
                    note.complete(complete, keeper.url(note.name()), track.milliseconds());
                    Recorder.this.note(subject.callId(), note);
                    keeper.add(new Keeper.Item(
                            subject.callId(), complete.file(), note.name(), complete.bytes(), note.json()));
                    return;
                }
            } catch (IOException | RuntimeException e) {
                LOG.errorf("call %s: its recording cannot be completed: %s", subject.callId(), e.toString());
                failure = e.toString();
            }
            failed.incrementAndGet();
            track.discard();
            told(subject.callId(), note.notKept("Failed", failure).json());
        }
    }
}
