package dev.dialplane.inference.service;

import static java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamsTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void itEndsWhenTheLastStreamHasGoneElsewhere() throws Exception {
        Streams streams = new Streams(LONG);
        Streams.Stream first = open(streams, "a", "first");
        Streams.Stream second = open(streams, "b", "second");

        Future<Boolean> drained = threads.submit(() -> streams.drain());

        await().until(() -> asked.size() == 2);
        streams.closed(first);
        assertThat(drained.isDone()).isFalse();
        streams.closed(second);
        assertThat(drained.get()).isTrue();
    }

    @Test
    void aCallThatComesWhileItDrainsIsSentAwayOnceAndServedWhenItComesBack() throws Exception {
        Streams streams = new Streams(LONG);
        Streams.Stream keepsItOpen = open(streams, "other", "other");
        Future<Boolean> drained = threads.submit(() -> streams.drain());
        await().until(() -> asked.contains("other"));

        Streams.Stream came = open(streams, "a", "came");
        streams.closed(came);
        Streams.Stream cameBack = open(streams, "a", "came back");

        assertThat(asked).containsExactly("other", "came");
        streams.closed(keepsItOpen);
        assertThat(drained.isDone()).isFalse();
        streams.closed(cameBack);
        assertThat(drained.get()).isTrue();
    }

    @Test
    void whatDoesNotEndIsCutOff() throws Exception {
        Streams streams = new Streams(Duration.ofMillis(20));
        open(streams, "a", "stays");

        assertThat(streams.drain()).isFalse();
    }

    @Test
    void aCallWhoseReplyAloneIsOpenIsSentAwayWhenItListensAgain() throws Exception {
        Streams streams = new Streams(LONG);
        Streams.Stream reply = open(streams, "a", "reply", false, false);
        Future<Boolean> drained = threads.submit(() -> streams.drain());
        await().until(() -> asked.contains("reply"));

        Streams.Stream hearing = open(streams, "a", "hearing");

        assertThat(asked).containsExactly("reply", "hearing");
        streams.closed(hearing);
        streams.closed(reply);
        assertThat(drained.get()).isTrue();
    }

    @Test
    void anRpcThatEndedBeforeItWasToldOfIsNotWaitedFor() throws Exception {
        Streams streams = new Streams(LONG);

        open(streams, "a", "ended", true, true);

        assertThat(streams.open()).isZero();
        assertThat(streams.drain()).isTrue();
    }

    @Test
    void nobodyIsSentAwayBefore() {
        open(new Streams(LONG), "a", "first");

        assertThat(asked).isEmpty();
    }

    private Streams.Stream open(Streams streams, String caller, String name) {
        return open(streams, caller, name, true, false);
    }

    private Streams.Stream open(Streams streams, String caller, String name, boolean movable, boolean ended) {
        Streams.Stream stream = new Streams.Stream() {
            @Override
            public String callerId() {
                return caller;
            }

            @Override
            public boolean goAway(Duration left) {
                asked.add(name);
                return movable;
            }

            @Override
            public boolean over() {
                return ended;
            }
        };
        streams.opened(stream);
        return stream;
    }
}
