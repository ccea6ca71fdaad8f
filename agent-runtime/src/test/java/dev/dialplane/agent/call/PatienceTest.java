package dev.dialplane.agent.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.call.Patience.For;
import dev.dialplane.agent.loop.Loop;
import dev.dialplane.agent.testing.VirtualTime;
import dev.dialplane.contracts.common.v1.SlowModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatienceTest {
    private final VirtualTime time = new VirtualTime();
    private final Loop loop = time.loop();
    private final List<String> done = new ArrayList<>();

    private Patience patience(int holdPhraseMs, int giveUpMs) {
        return new Patience(
                loop,
                SlowModel.newBuilder()
                        .setHoldPhraseMs(holdPhraseMs)
                        .setGiveUpMs(giveUpMs)
                        .build(),
                times -> done.add(times == 0 ? "hold" : "again"),
                () -> done.add("give up"));
    }

    @ParameterizedTest
    @CsvSource({
        "1500, 12000, 0, 1499, ''",
        "1500, 12000, 0, 6499, hold",
        "1500, 12000, 0, 6501, hold+again",
        "1500, 12000, 0, 60000, hold+again+give up",
        "1500, 14001, 0, 60000, hold+again+again+give up",
        "1500, 12000, 500, 1000, hold",
        "0, 12000, 0, 60000, give up",
        "1500, 0, 0, 17000, hold+again+again+again",
        "1500, 3000, 0, 60000, hold+give up",
        "0, 0, 0, 60000, ''"
    })
    void aWaitCountsFromItsBeginningAndAStepOfZeroNeverComes(
            int holdMs, int giveUpMs, long agoMs, long waitedMs, String steps) {
        patience(holdMs, giveUpMs).waits(For.REPLY, loop.nanos() - agoMs * 1_000_000);

        time.advance(waitedMs);

        assertThat(String.join("+", done)).isEqualTo(steps);
    }

    @Test
    void whoGoesOnSoonWaitsAnew() {
        Patience patience = patience(1500, 12_000);
        for (int i = 0; i < 10; i++) {
            patience.waits(For.REPLY, loop.nanos());
            time.advance(1400);
            patience.callerGoesOn();
            time.advance(1000);
        }
        assertThat(done).isEmpty();
        assertThat(loop.timers()).isZero();
    }

    /** Utterances of 1 s, each followed by a wait of 2.2 s in which nothing comes: the third wait is the last. */
    @ParameterizedTest
    @CsvSource({"WORDS", "REPLY"})
    void whoAsksAgainAndAgainIsNotLeftWaitingForEver(For what) {
        Patience patience = patience(1500, 6000);
        long began = loop.nanos();
        for (int i = 0; i < 10 && !done.contains("give up"); i++) {
            patience.waits(what, loop.nanos());
            time.advance(2200);
            if (!done.contains("give up")) {
                patience.callerGoesOn();
                time.advance(1000);
            }
        }
        assertThat(done).containsExactly("hold", "give up");
        assertThat((loop.nanos() - began) / 1_000_000).isBetween(6000L, 9000L);
    }

    @Test
    void whoSpeaksWhenPatienceEndsMayFinishAndTheModelsGetALittleMoreTime() {
        Patience patience = patience(1500, 6000);
        patience.waits(For.REPLY, loop.nanos());
        time.advance(5000);
        patience.callerGoesOn();
        time.advance(10_000);
        assertThat(done).containsExactly("hold");

        patience.waits(For.REPLY, loop.nanos());
        time.advance(1400);
        assertThat(done).containsExactly("hold");
        time.advance(700);

        assertThat(done).containsExactly("hold", "give up");
    }

    @Test
    void wordsEndAWaitForWordsOnceTheCallerWentOnAndNoWaitForAReply() {
        Patience words = patience(1500, 6000);
        words.waits(For.WORDS, loop.nanos());
        time.advance(2000);
        words.callerGoesOn();
        words.wordsCame();
        assertThat(loop.timers()).isZero();

        Patience reply = patience(1500, 6000);
        reply.waits(For.REPLY, loop.nanos());
        time.advance(2000);
        reply.callerGoesOn();
        reply.wordsCame();
        assertThat(loop.timers()).isEqualTo(1);
    }

    @Test
    void whatIsStoppedLeavesNothing() {
        Patience patience = patience(1500, 6000);
        patience.waits(For.REPLY, loop.nanos());
        time.advance(2000);
        patience.stop();
        assertThat(loop.timers()).isZero();
        time.advance(60_000);
        assertThat(done).containsExactly("hold");
    }
}
