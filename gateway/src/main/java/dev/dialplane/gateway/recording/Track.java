package dev.dialplane.gateway.recording;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One recording's file: does what its call has handed over. For the writing thread, and after it for the completing one. */
final class Track {
    private final Spool spool;
    private final Recording recording;
    private final WireFormat format;
    private final Timeline timeline;
    private final Note note;
    private final List<Note.Pause> pauses = new ArrayList<>();
    private Spool.@Nullable Part part;
    private long newest;
    private long pausedAt = -1;
    private boolean over;
    private boolean discarded;

    /** @param note what is known at the beginning */
    Track(Spool spool, Recording recording, Note note) {
        this.spool = spool;
        this.recording = recording;
        this.note = note;
        format = recording.format();
        timeline = new Timeline(format.rate(), format.bytesPerSample(), format.silence(), this::write);
    }

    private void write(byte[] frames, int offset, int count) throws IOException {
        if (part == null) {
            throw new IOException("the file was not begun");
        }
        part.write(frames, offset, count);
    }

    /** Writes what waits; true once it was the last. */
    boolean write() throws IOException {
        if (part == null) {
            part = spool.begin(recording.callId(), format);
            spool.note(recording.callId(), note.json());
        }
        for (Recording.Step step = recording.next(); step != null; step = recording.next()) {
            if (take(step)) {
                return true;
            }
        }
        timeline.advance(newest);
        return false;
    }

    private boolean take(Recording.Step step) throws IOException {
        switch (step) {
            case Recording.Frame frame -> {
                timeline.put(frame.side(), frame.at(), frame.coded());
                if (frame.side() == Side.CALLER) {
                    newest = Math.max(newest, frame.at());
                }
            }
            case Recording.Cut cut -> timeline.cut(cut.at());
            case Recording.Pause pause -> {
                timeline.pause(pause.at());
                pausedAt = pause.at();
                noted(Long.MAX_VALUE);
            }
            case Recording.Resume resume -> {
                timeline.resume(resume.at());
                pauses.add(new Note.Pause(format.milliseconds(pausedAt), format.milliseconds(resume.at())));
                pausedAt = -1;
                noted(Long.MAX_VALUE);
            }
            case Recording.End end -> {
                over = true;
                timeline.finish(end.at());
                noted(end.at());
                return true;
            }
            case Recording.Discard _ -> {
                over = true;
                discarded = true;
                return true;
            }
        }
        if (!(step instanceof Recording.Frame)) {
            newest = Math.max(newest, step.at());
        }
        return false;
    }

    /** A process that has to finish the file knows of its pauses; one that is on is over with the file. */
    private void noted(long end) throws IOException {
        List<Note.Pause> all = new ArrayList<>(pauses);
        if (pausedAt >= 0 && end != Long.MAX_VALUE) {
            all.add(new Note.Pause(format.milliseconds(pausedAt), format.milliseconds(end)));
        } else if (pausedAt >= 0) {
            all.add(new Note.Pause(format.milliseconds(pausedAt), -1));
        }
        note.pauses(all);
        spool.note(recording.callId(), note.json());
    }

    /** Passes over what waits; true once it was the last. */
    boolean drainToEnd() {
        while (!over) {
            Recording.Step step = recording.next();
            if (step == null) {
                return false;
            }
            discarded = step instanceof Recording.Discard;
            over = discarded || step instanceof Recording.End;
        }
        return true;
    }

    Note note() {
        long lostMs = format.milliseconds(timeline.lost()) + recording.lost() * Recording.FRAME_MS;
        return lostMs == 0 ? note : note.lost(lostMs);
    }

    boolean discarded() {
        return discarded;
    }

    Spool.Complete complete() throws IOException {
        if (part == null) {
            throw new IOException("the file was not begun");
        }
        return part.finish();
    }

    long milliseconds() {
        return part == null ? 0 : format.milliseconds(part.frames());
    }

    /** Removes the file. */
    void discard() {
        if (part != null) {
            part.discard();
        }
        spool.forget(recording.callId());
    }
}
