package dev.dialplane.gateway.playout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The clock itself, on real time: when members are ticked, by what they said. */
class PlayoutClockTest {
    private static final long REST = Duration.ofMillis(200).toNanos();

    private final PlayoutClock clock = new PlayoutClock();
    private final ScheduledExecutorService home = Executors.newSingleThreadScheduledExecutor();
    private final List<Long> ticks = new CopyOnWriteArrayList<>();
    private final AtomicLong rest = new AtomicLong();

    private final PlayoutClock.Ticking member = now -> {
        ticks.add(now);
        return now + rest.get();
    };

    private void add(PlayoutClock.Ticking ticking) {
        CompletableFuture.runAsync(() -> clock.add(home, ticking), home).join();
    }

    @AfterEach
    void close() {
        home.shutdownNow();
    }

    @Test
    void aMemberThatNeverRestsIsTickedAgainAndAgain() {
        add(member);
        await().until(() -> ticks.size() > 20);
    }

    @Test
    void aHomeWhoseMembersRestIsLeftAloneUntilOneIsDue() {
        rest.set(REST);
        add(member);
        await().until(() -> ticks.size() > 4);
        for (int i = 1; i < ticks.size(); i++) {
            assertThat(ticks.get(i) - ticks.get(i - 1)).isGreaterThanOrEqualTo(REST);
        }
    }

    @Test
    void aMemberThatMustBeTickedSoonIsNotLeftToItsRest() {
        rest.set(Duration.ofDays(1).toNanos());
        add(member);
        await().until(() -> ticks.size() == 1);
        home.execute(() -> clock.soon(home));
        await().until(() -> ticks.size() == 2);
    }

    @Test
    void aClockWithoutEndToItsRestWakesForANewMember() {
        add(_ -> Long.MAX_VALUE);
        add(member);
        await().until(() -> ticks.size() > 5);
    }

    @Test
    void whoIsRemovedIsTickedNoMore() {
        CompletableFuture.runAsync(
                        () -> {
                            clock.add(home, member);
                            clock.remove(home, member);
                        },
                        home)
                .join();
        AtomicLong others = new AtomicLong();
        add(_ -> others.incrementAndGet());
        await().until(() -> others.get() > 5);
        assertThat(ticks).isEmpty();
        assertThat(clock.size()).isEqualTo(1);
    }

    @Test
    void aMemberThatFailsDoesNotStopTheClock() {
        AtomicLong tries = new AtomicLong();
        add(_ -> {
            if (tries.getAndIncrement() < 3) {
                throw new IllegalStateException("a fault of one call");
            }
            return 0;
        });
        await().until(() -> tries.get() > 5);
    }
}
