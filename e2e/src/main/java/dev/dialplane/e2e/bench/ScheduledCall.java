package dev.dialplane.e2e.bench;

import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.local.caller.carrier.CallIds;
import dev.dialplane.local.caller.carrier.Dialed;
import dev.dialplane.local.caller.carrier.Impairment;
import dev.dialplane.local.caller.carrier.LineEnd;
import dev.dialplane.local.caller.carrier.LineLog;
import dev.dialplane.local.caller.carrier.LineObserver;
import dev.dialplane.local.caller.carrier.MediaLine;
import dev.dialplane.local.caller.carrier.TwilioCarrier;
import dev.dialplane.local.caller.report.CallRecords;
import dev.dialplane.local.caller.report.CallReport;
import dev.dialplane.local.caller.report.EventReceiver;
import dev.dialplane.local.caller.report.Spoken;
import dev.dialplane.local.caller.speech.Mouth;
import dev.dialplane.local.caller.speech.Utterance;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A call whose caller says clips of speech when they are due, whatever the agent does: open-loop, so that a slow answer
 * delays nothing that is measured after it. Times are in ms since the start message.
 */
final class ScheduledCall implements AutoCloseable {
    private final EventReceiver events;
    private final CallIds ids;
    private final Mouth mouth;
    private final List<Spoken> spoken;
    private final CallRecords records;
    private final Queue<Told> told;
    private final MediaLine line;
    private final double endMs;

    /**
     * When what is said.
     *
     * @param number of the call: which clip it begins with, and its line's noise
     * @param turns how many clips are said
     * @param firstMs when the first of them begins
     * @param restMs the least time from a clip's end to the next one's beginning
     * @param spreadMs up to how much longer it is, at random, so that onsets fall anywhere in a frame
     */
    record Schedule(int number, int turns, double firstMs, double restMs, double spreadMs) {}

    /**
     * Something that was recorded.
     *
     * @param nanos when it came here, by {@link System#nanoTime()}
     */
    record Told(TurnEvent event, long nanos) {}

    private ScheduledCall(
            EventReceiver events,
            CallIds ids,
            Mouth mouth,
            List<Spoken> spoken,
            CallRecords records,
            Queue<Told> told,
            MediaLine line,
            double endMs) {
        this.events = events;
        this.ids = ids;
        this.mouth = mouth;
        this.spoken = List.copyOf(spoken);
        this.records = records;
        this.told = told;
        this.line = line;
        this.endMs = endMs;
    }

    /** @param clips what may be said */
    static ScheduledCall place(
            TwilioCarrier carrier,
            EventReceiver events,
            URI gateway,
            CallIds ids,
            List<Utterance> clips,
            Schedule schedule,
            Impairment impairment)
            throws IOException, InterruptedException {
        SplittableRandom random = new SplittableRandom(schedule.number);
        Mouth mouth = new Mouth(schedule.number);
        List<Spoken> spoken = new ArrayList<>();
        double onset = schedule.firstMs;
        for (int turn = 0; turn < schedule.turns; turn++) {
            Utterance clip = clips.get((schedule.number + turn) % clips.size());
            long start = Math.round(onset * Mouth.RATE / 1000) - clip.onset();
            spoken.add(new Spoken(clip, mouth.say(clip.samples(), Math.max(0, start))));
            onset = spoken.getLast().endMs() + schedule.restMs + random.nextDouble() * schedule.spreadMs;
        }
        Queue<Told> told = new ConcurrentLinkedQueue<>();
        CallRecords records = new CallRecords(event -> told.add(new Told(event, System.nanoTime())));
        events.expect(ids.callSid(), records);
        try {
            Dialed socket = Dialed.socket(gateway, SpokenSystem.NAMESPACE, SpokenSystem.POOL);
            MediaLine line =
                    carrier.open(socket, socket.uri(), ids, Map.of(), mouth, new LineObserver() {}, impairment);
            return new ScheduledCall(events, ids, mouth, spoken, records, told, line, onset);
        } catch (IOException | InterruptedException | RuntimeException e) {
            events.forget(ids.callSid());
            throw e;
        }
    }

    /** The carrier's id of it. */
    String callSid() {
        return ids.callSid();
    }

    /** All that is or will be said. */
    List<Spoken> spoken() {
        return spoken;
    }

    /** The rest after the last clip is over then. */
    double endMs() {
        return endMs;
    }

    /** How far the caller is. */
    double nowMs() {
        return mouth.position() * 1000.0 / Mouth.RATE;
    }

    /** Waits for a moment of the call; the line's end, when it comes first. */
    Optional<LineEnd> until(double ms) throws InterruptedException {
        try {
            double left = Math.max(0, ms - nowMs());
            return Optional.of(line.ended().get((long) (left * 1e6), TimeUnit.NANOSECONDS));
        } catch (TimeoutException stillOn) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new AssertionError("nothing completes it with a failure", e);
        }
    }

    /** What went over the line so far. */
    LineLog log() {
        return line.log();
    }

    /** The line itself. */
    MediaLine line() {
        return line;
    }

    /** What the gateway recorded so far. */
    CallRecords records() {
        return records;
    }

    /** The same with when it came. */
    List<Told> told() {
        return List.copyOf(told);
    }

    /** What became of the clips that were said so far. */
    CallReport report() {
        double now = nowMs();
        List<Spoken> said = spoken.stream().filter(each -> each.endMs() <= now).toList();
        return CallReport.of(SpokenSystem.POOL, "", "", 0, said, line.log(), records.events());
    }

    /** The caller hangs up. */
    @Override
    public void close() {
        line.close();
        events.forget(ids.callSid());
    }
}
