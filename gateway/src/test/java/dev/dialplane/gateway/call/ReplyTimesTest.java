package dev.dialplane.gateway.call;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReplyTimesTest {
    private static final long MS = 1_000_000;

    private final ReplyTimes times = new ReplyTimes();

    @Test
    void aReplyIsTimedFromTheEndOfTheCallersSpeechToTheWire() {
        times.callerSpokeUntil(1, 1_000 * MS);
        times.replyBegins(1, 1_400 * MS);
        times.speechOnTheWire(1_403 * MS);
        assertThat(times.replies()).containsExactly(new ReplyTimes.Reply(1, 403));
    }

    @Test
    void audioMayComeBeforeItsAnnouncement() {
        times.callerSpokeUntil(1, 1_000 * MS);
        times.speechOnTheWire(1_400 * MS);
        times.replyBegins(1, 1_402 * MS);
        assertThat(times.replies()).containsExactly(new ReplyTimes.Reply(1, 400));
    }

    @Test
    void theGreetingIsNoReplyAndIsNotTakenForTheNextOne() {
        times.replyBegins(0, 100 * MS);
        times.speechOnTheWire(101 * MS);
        times.callerSpokeUntil(1, 500 * MS);
        times.replyBegins(1, 700 * MS);
        times.speechOnTheWire(703 * MS);
        assertThat(times.replies()).containsExactly(new ReplyTimes.Reply(1, 203));
    }

    @Test
    void anAnnouncementWithoutAudioIsForgotten() {
        times.callerSpokeUntil(1, 0);
        times.replyBegins(1, 100 * MS);
        times.callerSpokeUntil(2, 5_000 * MS);
        times.speechOnTheWire(5_500 * MS);
        times.replyBegins(2, 5_501 * MS);
        assertThat(times.replies()).containsExactly(new ReplyTimes.Reply(2, 500));
    }

    @Test
    void percentilesAreNearestRank() {
        for (int i = 1; i <= 20; i++) {
            times.callerSpokeUntil(i, i * 10_000 * MS);
            times.replyBegins(i, i * 10_000 * MS + i * MS);
            times.speechOnTheWire(i * 10_000 * MS + i * MS);
        }
        assertThat(times.percentile(50)).isEqualTo(10);
        assertThat(times.percentile(95)).isEqualTo(19);
        assertThat(new ReplyTimes().percentile(50)).isZero();
    }
}
