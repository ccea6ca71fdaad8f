package dev.dialplane.inference.service;

import dev.dialplane.contracts.common.v1.Pipeline;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.SessionStart;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechResponse;
import dev.dialplane.inference.conversing.SessionMemory;
import dev.dialplane.inference.conversing.Utterance;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.model.PreparedSpec;
import dev.dialplane.inference.speaking.Voice;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The responses of a session that are under way, or were and may still be played; the oldest are forgotten. */
final class SessionReplies {
    private static final int MOST_TOKENS = 300;
    /** At the same time; one is usual, two while one takes another's place. */
    private static final int MOST_UNDER_WAY = 4;

    private static final int MOST_KEPT = 16;
    private static final int MOST_NAME = 64;

    private final SessionModels models;
    private final PreparedSpec spec;
    private final Pipeline parts;
    private final SessionStart start;
    private final String callerId;
    private final Executor session;
    private final Outlet<SpeechToSpeechResponse> outlet;
    private final SessionReply.Listener listener;
    /** In order of their beginning; the transport's thread looks at them, too. */
    private final Map<Long, SessionReply> replies = new ConcurrentSkipListMap<>();

    private final ZoneId zone;
    private long begun;
    private double secondsOut;

    SessionReplies(
            SessionModels models,
            PreparedSpec spec,
            Pipeline parts,
            SessionStart start,
            String callerId,
            Executor session,
            Outlet<SpeechToSpeechResponse> outlet,
            SessionReply.Listener listener) {
        this.models = models;
        this.spec = spec;
        this.parts = parts;
        this.start = start;
        this.callerId = callerId;
        this.session = session;
        this.outlet = outlet;
        this.listener = listener;
        zone = SessionLimits.zone(start.getTimeZone());
    }

    /** What to call a response: as the client wishes, or one of its own. */
    String name(String wish) {
        if (wish.length() > MOST_NAME) {
            throw ModelException.badRequest("response_id", wish, "at most " + MOST_NAME + " characters");
        }
        if (find(wish) != null) {
            throw ModelException.badRequest("response_id", wish, "one that no other response has");
        }
        return wish.isEmpty() ? "response-" + (begun + 1) : wish;
    }

    /** Begins to respond to what the session knows. May block to load models. */
    void begin(String id, boolean answersTurn, SessionMemory memory) {
        long underWay = replies.values().stream().filter(reply -> !reply.over()).count();
        if (underWay >= MOST_UNDER_WAY) {
            throw ModelException.overloaded("responses of one session", (int) underWay, MOST_UNDER_WAY);
        }
        Voice voice = models.catalog().voice(parts.getTextToSpeech());
        SessionReply reply = new SessionReply(
                id,
                new Utterance(answersTurn),
                session,
                listener,
                start.getFormatOut(),
                voice,
                it -> new Recital<>(
                        callerId,
                        parts.getTextToSpeech(),
                        voice,
                        start.getFormatOut(),
                        models.metrics(),
                        models.timers(),
                        outlet,
                        it,
                        it));
        replies.put(++begun, reply);
        if (replies.size() > MOST_KEPT) {
            replies.values().stream().filter(SessionReply::over).findFirst().ifPresent(this::forget);
        }
        reply.begin(new GuardedReply(
                request(answersTurn, memory),
                callerId,
                spec,
                models.catalog(),
                models.timers(),
                models.executor(),
                models.metrics(),
                models.firstPieces(),
                reply));
    }

    private GenerateRequest request(boolean answersTurn, SessionMemory memory) {
        return GenerateRequest.newBuilder()
                .setModel(parts.getLanguageModel())
                .setSpecHash(spec.hash())
                .addAllDialogue(answersTurn ? memory.withOpen() : memory.turns())
                .setProviderState(memory.state())
                .setSpeculative(answersTurn)
                .setCacheKey(callerId)
                .setFirstPieceDeadlineMs(start.getFirstPieceDeadlineMs())
                .setNextPieceDeadlineMs(start.getNextPieceDeadlineMs())
                .putAllVariables(start.getVariablesMap())
                .setMaxTokens(MOST_TOKENS)
                .setLocalTime(Instant.now()
                        .truncatedTo(ChronoUnit.SECONDS)
                        .atZone(zone)
                        .toOffsetDateTime()
                        .toString())
                .setTimeZone(zone.getId())
                .build();
    }

    /** The response of that name; null if it is unknown, or long over. */
    @Nullable
    SessionReply find(String id) {
        return replies.values().stream()
                .filter(reply -> reply.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    /** Those to the turn at hand, of which nothing was played. */
    List<SessionReply> uncommitted() {
        return replies.values().stream()
                .filter(reply -> !reply.committed() && reply.utterance().answersTurn())
                .toList();
    }

    /** Stops one and forgets it. */
    void drop(SessionReply reply) {
        reply.stop();
        forget(reply);
    }

    private void forget(SessionReply reply) {
        secondsOut += reply.takeSeconds();
        replies.values().remove(reply);
    }

    /** Seconds of audio that were sent since the last time. */
    double takeSecondsOut() {
        double seconds = secondsOut;
        for (SessionReply reply : replies.values()) {
            seconds += reply.takeSeconds();
        }
        secondsOut = 0;
        return seconds;
    }

    /** The transport takes more. */
    void proceed() {
        replies.values().forEach(SessionReply::proceed);
    }

    /** Stops all. */
    void stop() {
        replies.values().forEach(SessionReply::stop);
    }
}
