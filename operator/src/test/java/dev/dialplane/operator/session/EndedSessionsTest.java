package dev.dialplane.operator.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.operator.session.EndedSessions.Ended;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which ended sessions go, and when. */
class EndedSessionsTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final EndedSessions sessions = new EndedSessions(3);

    @Test
    void oneGoesWhenItsTimeIsOverAndNotBefore() {
        add("a", 0, 10);

        assertThat(expired(9)).isEmpty();
        assertThat(expired(10)).containsExactly("a");
        assertThat(sessions.size()).isZero();
    }

    @Test
    void ofTooManyThoseThatEndedFirstGoHoweverLongTheyMayStay() {
        add("late", 4, 50);
        add("first", 1, 90);
        add("third", 3, 60);
        add("second", 2, 99);
        add("fourth", 4, 51);

        assertThat(tooMany(5)).containsExactly("first", "second");
        assertThat(tooMany(5)).isEmpty();
        assertThat(sessions.size()).isEqualTo(3);
    }

    @Test
    void thoseWhoseTimeIsOverDoNotPushOthersOut() {
        add("over", 3, 5);
        add("a", 0, 90);
        add("b", 1, 90);
        add("c", 2, 90);

        assertThat(sessions.due(at(5))).isEqualTo(new EndedSessions.Due(List.of(ended("over", 3, 5)), List.of()));
    }

    @Test
    void whatChangesOfOneReplacesWhatWasKnown() {
        add("a", 0, 10);
        add("a", 0, 20);

        assertThat(sessions.size()).isEqualTo(1);
        assertThat(expired(10)).isEmpty();
        assertThat(expired(20)).containsExactly("a");
    }

    @Test
    void oneThatIsGoneIsForgotten() {
        add("a", 0, 10);
        sessions.remove("a");
        sessions.remove("never there");

        assertThat(expired(10)).isEmpty();
        assertThat(sessions.size()).isZero();
    }

    private void add(String uid, int end, int until) {
        sessions.add(ended(uid, end, until));
    }

    private static Ended ended(String uid, int end, int until) {
        return new Ended("calls", "in-" + uid, uid, at(end), at(until));
    }

    private static Instant at(int seconds) {
        return START.plusSeconds(seconds);
    }

    private List<String> expired(int now) {
        return sessions.due(at(now)).expired().stream().map(Ended::uid).toList();
    }

    private List<String> tooMany(int now) {
        return sessions.due(at(now)).tooMany().stream().map(Ended::uid).toList();
    }
}
