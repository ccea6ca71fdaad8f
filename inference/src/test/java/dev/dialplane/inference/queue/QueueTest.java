package dev.dialplane.inference.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.timing.Cancellable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class QueueTest {
    @Test
    void lanesTakeTurnsWhateverOneOfThemBrings() {
        FairQueue<String> queue = new FairQueue<>();
        for (int i = 1; i <= 3; i++) {
            queue.add("a", Urgency.SOON, "a" + i);
        }
        queue.add("b", Urgency.SOON, "b1");
        queue.add("c", Urgency.SOON, "c1");
        assertThat(drain(queue)).containsExactly("a1", "b1", "c1", "a2", "a3");
    }

    @Test
    void theMoreUrgentGoesFirst() {
        FairQueue<String> queue = new FairQueue<>();
        queue.add("a", Urgency.AHEAD, "partial");
        queue.add("a", Urgency.SOON, "second clause");
        queue.add("b", Urgency.CALLER_WAITS, "final");
        assertThat(queue.poll(Urgency.SOON)).isEqualTo("final");
        assertThat(queue.poll(Urgency.SOON)).isEqualTo("second clause");
        assertThat(queue.poll(Urgency.SOON)).isNull();
        assertThat(queue.poll(Urgency.AHEAD)).isEqualTo("partial");
    }

    @Test
    void whatIsTakenOutIsNotServedAndLeavesNothingBehind() {
        FairQueue<String> queue = new FairQueue<>();
        queue.add("a", Urgency.SOON, "a1");
        assertThat(queue.remove("a", Urgency.SOON, "a1")).isTrue();
        assertThat(queue.remove("a", Urgency.SOON, "a1")).isFalse();
        assertThat(queue.size()).isZero();
        assertThat(queue.poll(Urgency.AHEAD)).isNull();
    }

    @Test
    void aFullQueueRefusesInSoManyWords() {
        CountDownLatch hold = new CountDownLatch(1);
        try (ComputeQueue queue = new ComputeQueue("test", 1, 1)) {
            submit(queue, Urgency.SOON, hold, new CopyOnWriteArrayList<>(), "running");
            await().until(() -> queue.busy() == 1);
            submit(queue, Urgency.SOON, hold, new CopyOnWriteArrayList<>(), "waiting");
            assertThatThrownBy(() -> submit(queue, Urgency.SOON, hold, new CopyOnWriteArrayList<>(), "too many"))
                    .isInstanceOfSatisfying(ModelException.class, e -> {
                        assertThat(e.error().getOverloaded().getLimit()).isEqualTo(1);
                        assertThat(e.error().getOverloaded().getQueued()).isEqualTo(1);
                    });
            hold.countDown();
        }
    }

    @Test
    void cancelledWorkIsNeverHeardOfWaitingOrRunning() {
        CountDownLatch hold = new CountDownLatch(1);
        List<String> done = new CopyOnWriteArrayList<>();
        try (ComputeQueue queue = new ComputeQueue("test", 1, 10)) {
            Cancellable running = submit(queue, Urgency.SOON, hold, done, "running");
            await().until(() -> queue.busy() == 1);
            Cancellable waiting = submit(queue, Urgency.SOON, hold, done, "waiting");
            waiting.cancel();
            assertThat(queue.waiting()).isZero();
            running.cancel();
            hold.countDown();
            submit(queue, Urgency.SOON, hold, done, "last");
            await().until(() -> done.contains("last"));
            assertThat(done).containsExactly("last");
        }
    }

    @Test
    void workThatNobodyWaitsForLeavesAThreadFree() {
        CountDownLatch hold = new CountDownLatch(1);
        List<String> done = new CopyOnWriteArrayList<>();
        try (ComputeQueue queue = new ComputeQueue("test", 2, 10)) {
            submit(queue, Urgency.AHEAD, hold, done, "ahead 1");
            submit(queue, Urgency.AHEAD, hold, done, "ahead 2");
            await().until(() -> queue.busy() == 1);
            assertThat(queue.idle()).isFalse();
            submit(queue, Urgency.CALLER_WAITS, new CountDownLatch(0), done, "final");
            await().until(() -> done.contains("final"));
            assertThat(done).containsExactly("final");
            hold.countDown();
            await().until(() -> done.size() == 3);
        }
    }

    private static Cancellable submit(
            ComputeQueue queue, Urgency urgency, CountDownLatch hold, List<String> done, String name) {
        return queue.submit(
                name,
                urgency,
                work -> {
                    try {
                        hold.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return name;
                },
                done::add,
                failure -> done.add("failed " + failure.getMessage()));
    }

    private static List<String> drain(FairQueue<String> queue) {
        List<String> order = new ArrayList<>();
        for (String next = queue.poll(Urgency.AHEAD); next != null; next = queue.poll(Urgency.AHEAD)) {
            order.add(next);
        }
        return order;
    }
}
