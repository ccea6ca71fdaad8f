package dev.dialplane.operator.session;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * How many sessions are written at once. Calls that end may take most of it and never all: when a gateway dies, thousands
 * end at once, and meanwhile the records of new calls must not wait for them.
 */
final class WriteRoom {
    private final Semaphore all;
    private final Semaphore ends;

    /**
     * Makes room.
     *
     * @param atOnce writes at once
     * @param endsAtOnce how many of them may be ends
     */
    WriteRoom(int atOnce, int endsAtOnce) {
        all = new Semaphore(atOnce);
        ends = new Semaphore(endsAtOnce);
    }

    /** Writes once there is room, and returns what the write returned. */
    <T> T write(boolean end, Supplier<T> write) throws InterruptedException {
        if (!end) {
            return within(all, write);
        }
        ends.acquire();
        try {
            return within(all, write);
        } finally {
            ends.release();
        }
    }

    private static <T> T within(Semaphore room, Supplier<T> write) throws InterruptedException {
        room.acquire();
        try {
            return write.get();
        } finally {
            room.release();
        }
    }
}
