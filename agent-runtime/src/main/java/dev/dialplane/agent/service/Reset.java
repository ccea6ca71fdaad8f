package dev.dialplane.agent.service;

import dev.dialplane.agent.call.Call;
import dev.dialplane.agent.inference.Models;
import dev.dialplane.agent.loop.Loop;
import java.lang.ref.WeakReference;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Makes sure that nothing is left of a call: no stream, no timer, none of its objects, no heap beyond what the agent had
 * before. Looks every 20 ms, since streams take a moment to close, and gives up after two seconds.
 */
final class Reset {
    private static final long PAUSE_NANOS = 20_000_000;
    private static final long PATIENCE_NANOS = 2_000_000_000L;
    /** What may be left in the heap: caches of libraries, another pool's phrases. */
    private static final long HEAP_SLACK = 12 << 20;

    private final Loop loop;
    private final Models models;
    private final IntSupplier callStreams;
    private long heapBaseline;

    Reset(Loop loop, Models models, IntSupplier callStreams) {
        this.loop = loop;
        this.models = models;
        this.callStreams = callStreams;
    }

    /**
     * Looks until nothing is left.
     *
     * @param call the call that is over; nobody else may hold it
     * @param othersTimers how many timers are not the call's
     * @param done takes what is left, empty if nothing is
     */
    void check(WeakReference<Call> call, int othersTimers, Consumer<String> done) {
        look(call, othersTimers, loop.nanos() + PATIENCE_NANOS, done);
    }

    private void look(WeakReference<Call> call, int othersTimers, long until, Consumer<String> done) {
        String left = left(call, othersTimers);
        if (left.isEmpty() || loop.nanos() >= until) {
            done.accept(left);
        } else {
            loop.after(PAUSE_NANOS, () -> look(call, othersTimers, until, done));
        }
    }

    private String left(WeakReference<Call> call, int othersTimers) {
        if (models.openStreams() > 0) {
            return models.openStreams() + " streams to inference";
        }
        if (callStreams.getAsInt() > 0) {
            return callStreams.getAsInt() + " streams to gateways";
        }
        if (loop.timers() > othersTimers) {
            return loop.timers() - othersTimers + " timers";
        }
        // The agent is between calls: nobody hears this pause of some 20 ms.
        System.gc();
        if (call.get() != null) {
            return "the call's objects";
        }
        Runtime runtime = Runtime.getRuntime();
        long used = runtime.totalMemory() - runtime.freeMemory();
        if (heapBaseline == 0) {
            heapBaseline = used;
        }
        return used > heapBaseline + HEAP_SLACK ? (used - heapBaseline >> 20) + " MB of heap" : "";
    }

    /** Another spec, or another size of everything: the next reset measures anew. */
    void forgetBaseline() {
        heapBaseline = 0;
    }
}
