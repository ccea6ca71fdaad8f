package dev.dialplane.operator.session;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Semaphore;

/** Runs what concerns one thing in order, and different things at once, each lane on a virtual thread of its own. */
final class Lanes {

    private final Map<String, Queue<Runnable>> lanes = new HashMap<>();
    private final Semaphore room;

    /** Makes lanes that hold at most so many tasks in all. */
    Lanes(int capacity) {
        room = new Semaphore(capacity);
    }

    /** Adds a task; blocks while all lanes together are full. */
    void add(String lane, Runnable task) throws InterruptedException {
        room.acquire();
        synchronized (this) {
            Queue<Runnable> waiting = lanes.get(lane);
            if (waiting != null) {
                waiting.add(task);
                return;
            }
            lanes.put(lane, new ArrayDeque<>());
        }
        Thread.ofVirtual().name("lane-" + lane).start(() -> run(lane, task));
    }

    /** Returns how many lanes have something to do. */
    synchronized int busy() {
        return lanes.size();
    }

    private void run(String lane, Runnable first) {
        for (Runnable task = first; task != null; task = next(lane)) {
            try {
                task.run();
            } finally {
                room.release();
            }
        }
    }

    private synchronized @org.jspecify.annotations.Nullable Runnable next(String lane) {
        Queue<Runnable> waiting = lanes.get(lane);
        Runnable task = waiting == null ? null : waiting.poll();
        if (task == null) {
            lanes.remove(lane);
        }
        return task;
    }
}
