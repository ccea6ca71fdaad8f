package dev.dialplane.operator.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WriteRoomTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final CountDownLatch slowServer = new CountDownLatch(1);
    private final AtomicInteger written = new AtomicInteger();

    @Test
    void manyEndsLeaveRoomForANewCallAndAreAllWritten() throws InterruptedException {
        WriteRoom room = new WriteRoom(2, 1);
        List<Thread> ends = IntStream.range(0, 20)
                .mapToObj(_ -> Thread.ofPlatform().daemon().start(() -> write(room, true)))
                .toList();
        await().atMost(PATIENCE).until(() -> ends.stream().allMatch(end -> end.getState() == Thread.State.WAITING));

        assertThat(assertTimeoutPreemptively(PATIENCE, () -> room.write(false, () -> "seen")))
                .isEqualTo("seen");

        slowServer.countDown();
        for (Thread end : ends) {
            end.join(PATIENCE);
        }
        assertThat(written).hasValue(20);
    }

    @Test
    void aWriteThatFailsGivesItsRoomBack() {
        WriteRoom room = new WriteRoom(1, 1);

        for (boolean end : List.of(true, false, true)) {
            assertThatThrownBy(() -> assertTimeoutPreemptively(
                            PATIENCE,
                            () -> room.write(end, () -> {
                                throw new IllegalStateException("the API server is away");
                            })))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    private void write(WriteRoom room, boolean end) {
        try {
            room.write(end, () -> {
                try {
                    slowServer.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return written.incrementAndGet();
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
