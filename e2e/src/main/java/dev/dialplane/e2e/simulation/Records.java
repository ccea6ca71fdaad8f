package dev.dialplane.e2e.simulation;

import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.e2e.invariants.Invariants;
import dev.dialplane.e2e.invariants.SessionSeen;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sessions in the API server: written by the operator, told to whoever checks. The first end of a call stays. */
final class Records {
    /** How long a session stays after its end. Longer than any gateway takes to tell of it. */
    private static final long KEPT_MS = 180_000;

    private final VirtualTime time;
    private final Invariants invariants;
    private final Map<String, Session> sessions = new HashMap<>();
    private final Map<Cause, Integer> ends = new HashMap<>();
    private long numbers;

    private static final class Session {
        private final String uid;
        private int attempt;
        private @Nullable Cause cause;

        private Session(String uid) {
            this.uid = uid;
        }
    }

    Records(VirtualTime time, Invariants invariants) {
        this.time = time;
        this.invariants = invariants;
    }

    void write(News news) {
        Session session = sessions.computeIfAbsent(news.carrierCallId(), call -> new Session("session-" + ++numbers));
        if (news.what() == News.What.ENDED) {
            invariants.endEvent(news.fence().getCallId(), news.id());
        }
        if (session.cause != null || news.fence().getAttempt() < session.attempt) {
            return;
        }
        session.attempt = news.fence().getAttempt();
        if (news.ends()) {
            session.cause = news.cause();
            ends.merge(news.cause() == null ? Cause.CAUSE_UNSPECIFIED : news.cause(), 1, Integer::sum);
            var unused = time.after(KEPT_MS * 1_000_000, () -> {
                sessions.remove(news.carrierCallId());
                invariants.sessionGone(session.uid, time.millis());
            });
        }
        invariants.session(
                new SessionSeen(
                        session.uid,
                        news.carrierCallId(),
                        news.carrierCallId(),
                        news.fence().getCallId(),
                        session.cause != null,
                        news.what() == News.What.REFUSED,
                        spelled(session.cause)),
                time.millis());
    }

    /** Whether anybody has told of a call, as long as that is known. */
    boolean told(String carrierCallId) {
        return sessions.containsKey(carrierCallId);
    }

    /** How calls ended. */
    Map<Cause, Integer> ends() {
        return ends;
    }

    private static @Nullable String spelled(@Nullable Cause cause) {
        if (cause == null) {
            return null;
        }
        StringBuilder spelled = new StringBuilder();
        for (String word : cause.name().substring("CAUSE_".length()).split("_", -1)) {
            spelled.append(word.charAt(0)).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
        }
        return spelled.toString();
    }
}
