package dev.dialplane.gateway.call;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How long the caller waited for each reply: from the end of its speech, as the agent dated it, to the first speech of the
 * reply on the wire. For one thread at a time.
 */
final class ReplyTimes {
    /** The agent says that a reply began and the audio comes at nearly the same time, in either order; ns. */
    private static final long TOGETHER = 1_000_000_000;

    private static final int MAX_REPLIES = 10_000;

    /** One reply. */
    record Reply(int turn, long milliseconds) {}

    private final Map<Integer, Long> spokenUntil = new HashMap<>();
    private final List<Reply> replies = new ArrayList<>();
    private boolean announced;
    private int announcedTurn;
    private long announcedAt;
    private long heardAt;
    private boolean heard;

    /** The caller's turn was over then, in ns of the clock that dates the wire. */
    void callerSpokeUntil(int turn, long at) {
        spokenUntil.put(turn, at);
    }

    /** The agent began to answer a turn; 0 answers none. */
    void replyBegins(int turn, long now) {
        if (heard && now - heardAt < TOGETHER) {
            heard = false;
            pair(turn, heardAt);
        } else {
            announced = true;
            announcedTurn = turn;
            announcedAt = now;
        }
    }

    /** Speech went to the wire after something else. */
    void speechOnTheWire(long now) {
        if (announced && now - announcedAt < TOGETHER) {
            announced = false;
            pair(announcedTurn, now);
        } else {
            heard = true;
            heardAt = now;
        }
    }

    private void pair(int turn, long at) {
        Long until = spokenUntil.remove(turn);
        if (turn != 0 && until != null && replies.size() < MAX_REPLIES) {
            replies.add(new Reply(turn, Math.max(0, (at - until) / 1_000_000)));
        }
    }

    List<Reply> replies() {
        return List.copyOf(replies);
    }

    /** Nearest rank; 0 without replies. */
    int percentile(int percent) {
        if (replies.isEmpty()) {
            return 0;
        }
        long[] sorted = replies.stream().mapToLong(Reply::milliseconds).sorted().toArray();
        int rank = Math.max(1, (int) Math.ceil(percent / 100.0 * sorted.length));
        return (int) Arrays.stream(sorted).skip(rank - 1).findFirst().orElse(0);
    }
}
