package dev.dialplane.operator.session;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The sessions whose calls are over, and which of them have to go. Of each it holds what a deletion needs. */
final class EndedSessions {

    /**
     * One of them: never the session itself, which would stand on the heap a second time.
     *
     * @param namespace where it is
     * @param name its name there
     * @param uid its UID
     * @param end when its call ended
     * @param until how long it is kept
     */
    record Ended(String namespace, String name, String uid, Instant end, Instant until) {}

    /**
     * Those that have to go.
     *
     * @param expired their time is over
     * @param tooMany the ones that ended first, of more than are kept
     */
    record Due(List<Ended> expired, List<Ended> tooMany) {}

    private final int most;
    private final Map<String, Ended> byUid = new HashMap<>();
    private final TreeSet<Ended> byEnd =
            new TreeSet<>(Comparator.comparing(Ended::end).thenComparing(Ended::uid));
    private final TreeSet<Ended> byUntil =
            new TreeSet<>(Comparator.comparing(Ended::until).thenComparing(Ended::uid));

    /** Makes an empty one that keeps at most so many. */
    EndedSessions(int most) {
        this.most = most;
    }

    /** Takes one in, or what has changed of it. */
    void add(Ended session) {
        remove(session.uid());
        byUid.put(session.uid(), session);
        byEnd.add(session);
        byUntil.add(session);
    }

    /** Forgets one; nothing happens if it is not there. */
    void remove(String uid) {
        Ended before = byUid.remove(uid);
        if (before != null) {
            byEnd.remove(before);
            byUntil.remove(before);
        }
    }

    /** Returns how many there are. */
    int size() {
        return byUid.size();
    }

    /** Returns those that have to go now, and forgets them. */
    Due due(Instant now) {
        var expired = new ArrayList<Ended>();
        while (!byUntil.isEmpty() && !byUntil.first().until().isAfter(now)) {
            expired.add(byUntil.first());
            remove(byUntil.first().uid());
        }
        var tooMany = new ArrayList<Ended>();
        while (byUid.size() > most) {
            tooMany.add(byEnd.first());
            remove(byEnd.first().uid());
        }
        return new Due(expired, tooMany);
    }
}
