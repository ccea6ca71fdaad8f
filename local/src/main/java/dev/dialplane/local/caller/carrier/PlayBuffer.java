package dev.dialplane.local.caller.carrier;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a carrier does with the media it is sent: queues it, plays it in order at the line's pace, one 20 ms frame a
 * {@linkplain #tick tick}, and says when a mark was passed.
 *
 * <p>As Twilio documents it: a mark comes back once all that was queued before it was played, at once if nothing is
 * left to play; {@code clear} empties the queue and brings every outstanding mark back. The frame that is on the line
 * when a clear comes has left the carrier already, so it is heard.
 *
 * <p>A pure state machine: time is the tick, which its owner gives at the line's pace. For one thread at a time.
 */
public final class PlayBuffer {
    /** Samples, and µ-law bytes, of one frame. */
    public static final int FRAME = 160;
    /** More than this is dropped, the newest first, as by Twilio (warning 31931: about ten minutes). */
    public static final int MAX_QUEUED = 10 * 60 * 8000;

    private record Mark(String name, long after) {}

    private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
    private final ArrayDeque<Mark> marks = new ArrayDeque<>();
    private int headOffset;
    private int queued;
    /** Samples ever taken in, less those cleared: the position of the queue's end. */
    private long end;
    /** Samples whose playing is over. */
    private long played;
    /** Samples of the frame that is on the line now. */
    private int onLine;

    private long dropped;

    /** Takes media in, to be played after all that is queued. The array belongs to the buffer from here on. */
    public void media(byte[] muLaw) {
        if (queued + muLaw.length > MAX_QUEUED) {
            dropped += muLaw.length;
            return;
        }
        if (muLaw.length > 0) {
            pieces.add(muLaw);
            queued += muLaw.length;
            end += muLaw.length;
        }
    }

    /** Takes a mark in; true if it is to be echoed at once because nothing is left to play. */
    public boolean mark(String name) {
        if (played == end) {
            return true;
        }
        marks.add(new Mark(name, end));
        return false;
    }

    /** Empties the queue; gives the marks to echo, in order. */
    public List<String> clear() {
        pieces.clear();
        headOffset = 0;
        queued = 0;
        end = played + onLine;
        List<String> echoed = marks.stream().map(Mark::name).toList();
        marks.clear();
        return echoed;
    }

    /**
     * The frame on the line is over: takes the next one.
     *
     * @param frame gets {@value #FRAME} bytes, {@code filler} where nothing was queued
     * @return what the frame holds, and the marks that were passed by now
     */
    public Tick tick(byte[] frame, byte filler) {
        played += onLine;
        List<String> passed = List.of();
        while (!marks.isEmpty() && marks.element().after() <= played) {
            if (passed.isEmpty()) {
                passed = new ArrayList<>();
            }
            passed.add(marks.remove().name());
        }
        int taken = 0;
        while (taken < FRAME && !pieces.isEmpty()) {
            byte[] head = pieces.element();
            int part = Math.min(FRAME - taken, head.length - headOffset);
            System.arraycopy(head, headOffset, frame, taken, part);
            taken += part;
            headOffset += part;
            if (headOffset == head.length) {
                pieces.remove();
                headOffset = 0;
            }
        }
        Arrays.fill(frame, taken, FRAME, filler);
        queued -= taken;
        onLine = taken;
        return new Tick(taken, passed);
    }

    /**
     * One frame's turn.
     *
     * @param samples how many of the frame's samples came from the queue
     * @param marks those to echo now, in order
     */
    public record Tick(int samples, List<String> marks) {}

    /** Samples that wait behind the frame on the line. */
    public int queued() {
        return queued;
    }

    /** Marks that wait. */
    public int outstandingMarks() {
        return marks.size();
    }

    /** Samples for which there was no room. */
    public long dropped() {
        return dropped;
    }
}
