package dev.dialplane.agent.loop;

import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A {@link Loop} on a thread of its own. */
public final class EventLoop implements Loop {
    private static final System.Logger LOG = System.getLogger(EventLoop.class.getName());

    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
    private final Thread thread;
    private volatile boolean parked;
    private volatile boolean stopped;
    private volatile long turns;
    private long alarmCount;
    private Consumer<RuntimeException> onFailure = _ -> {};

    /** Starts the thread. */
    public EventLoop(String name) {
        thread = Thread.ofPlatform().name(name).daemon(false).unstarted(this::run);
        thread.start();
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public Timer after(long nanos, Runnable task) {
        Alarm alarm = new Alarm(this, System.nanoTime() + Math.max(0, nanos), alarmCount++, task);
        alarms.add(alarm);
        return alarm;
    }

    @Override
    public int timers() {
        return alarms.size();
    }

    /** What a task's exception means for whoever owns the state; logged anyway. To be set from the loop. */
    public void onFailure(Consumer<RuntimeException> handler) {
        onFailure = handler;
    }

    /** How often the loop came round: what a watchdog looks at. Any thread. */
    public long turns() {
        return turns;
    }

    /** Whether the loop waits for something to do. Any thread. */
    public boolean waiting() {
        return parked;
    }

    /** Where the loop's thread is now, one frame a line, for whoever looks into a stall. Any thread. */
    public String whereabouts() {
        return Arrays.stream(thread.getStackTrace())
                .map(frame -> "    at " + frame)
                .collect(Collectors.joining("\n", thread.getState() + "\n", ""));
    }

    /** Ends the thread after the task at hand; what waits is dropped. Any thread. */
    public void stop() {
        stopped = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!stopped) {
            turns = turns + 1;
            Runnable task = dueAlarm();
            if (task == null) {
                task = tasks.poll();
            }
            if (task != null) {
                runSafely(task);
            } else {
                park();
            }
        }
    }

    private @Nullable Runnable dueAlarm() {
        Alarm first = alarms.peek();
        if (first == null || first.at - System.nanoTime() > 0) {
            return null;
        }
        alarms.poll();
        return first.task;
    }

    private void park() {
        parked = true;
        // A task that came in between is seen here, or its sender sees `parked`.
        if (tasks.isEmpty() && !stopped) {
            Alarm first = alarms.peek();
            if (first == null) {
                LockSupport.park(this);
            } else {
                long wait = first.at - System.nanoTime();
                if (wait > 0) {
                    LockSupport.parkNanos(this, wait);
                }
            }
        }
        parked = false;
    }

    private void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a task of the loop failed", e);
            onFailure.accept(e);
        }
    }

    private record Alarm(EventLoop loop, long at, long number, Runnable task) implements Timer, Comparable<Alarm> {
        @Override
        public void cancel() {
            loop.alarms.remove(this);
        }

        @Override
        public int compareTo(Alarm other) {
            int byTime = Long.signum(at - other.at);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(number);
        }
    }
}
