package dev.dialplane.operator.session;

import dev.dialplane.contracts.common.v1.Usage;
import dev.dialplane.contracts.control.v1.Answered;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.Ended;
import dev.dialplane.contracts.control.v1.Moved;
import dev.dialplane.contracts.control.v1.Refused;
import dev.dialplane.crds.Condition;
import dev.dialplane.crds.session.CallSessionStatus;
import dev.dialplane.crds.session.CallSessionStatus.Agent;
import dev.dialplane.crds.session.CallSessionStatus.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is written of a call: the status that follows from the one before and an event. */
public final class SessionRecord {

    private static final String RESERVED = "Reserved";
    private static final String ANSWERED = "Answered";
    private static final String ENDED = "Ended";

    private SessionRecord() {}

    /**
     * Returns the status after an event; the one before if the event is old news: of a lower attempt than what is
     * known, or of a call that is over.
     */
    public static CallSessionStatus after(@Nullable CallSessionStatus before, CallEvent event) {
        if (before != null && (over(before) || stale(before, event))) {
            return before;
        }
        return switch (event.getEventCase()) {
            case ANSWERED -> answered(before, event, event.getAnswered());
            case MOVED -> moved(before, event, event.getMoved());
            case ENDED -> ended(before, event, event.getEnded());
            case REFUSED -> refused(event, event.getRefused());
            case DIALING, EVENT_NOT_SET -> before == null ? blank(event) : before;
        };
    }

    /** Returns whether the event tells of a call's end. */
    public static boolean ends(CallEvent event) {
        return event.hasEnded() || event.hasRefused();
    }

    private static boolean over(CallSessionStatus status) {
        Phase phase = status.phase();
        return phase != null && phase.ended();
    }

    private static boolean stale(CallSessionStatus status, CallEvent event) {
        Agent agent = status.agent();
        return agent != null && event.getFence().getAttempt() < agent.attempt();
    }

    private static CallSessionStatus blank(CallEvent event) {
        return status(Phase.Pending, null, event, null, null, null, null, null, null, List.of());
    }

    private static CallSessionStatus answered(@Nullable CallSessionStatus before, CallEvent event, Answered answered) {
        Agent known = before == null ? null : before.agent();
        Agent agent = new Agent(
                answered.getPodName(),
                answered.getPodUid(),
                event.getFence().getAttempt(),
                known == null ? 0 : known.failovers());
        return status(
                Phase.Active,
                null,
                event,
                agent,
                time(answered.getRequestTimeUnixMs()),
                time(answered.getReserveTimeUnixMs()),
                time(answered.getAnswerTimeUnixMs()),
                null,
                null,
                beginning(event, answered));
    }

    private static CallSessionStatus moved(@Nullable CallSessionStatus before, CallEvent event, Moved moved) {
        Agent agent = new Agent(
                moved.getPodName(), moved.getPodUid(), event.getFence().getAttempt(), moved.getFailovers());
        return status(
                Phase.Active,
                null,
                event,
                agent,
                before == null ? null : before.requestTime(),
                before == null ? null : before.reserveTime(),
                before == null ? null : before.answerTime(),
                null,
                null,
                before == null ? List.of() : before.conditions());
    }

    private static CallSessionStatus ended(@Nullable CallSessionStatus before, CallEvent event, Ended ended) {
        Answered answered = ended.getAnswered();
        Agent known = before == null ? null : before.agent();
        // The agent that ended the call may be another than the one that answered it.
        Agent agent = new Agent(
                known != null && ended.getFailovers() > 0 ? known.podName() : answered.getPodName(),
                known != null && ended.getFailovers() > 0 ? known.podUID() : answered.getPodUid(),
                event.getFence().getAttempt(),
                ended.getFailovers());
        String cause = Causes.spell(ended.getCause(), ended.getCauseValue());
        String end = time(ended.getEndTimeUnixMs() == 0 ? event.getTimeUnixMs() : ended.getEndTimeUnixMs());
        List<Condition> conditions = new ArrayList<>(beginning(event, answered));
        conditions.add(condition(ENDED, true, cause, "", end));
        return status(
                Causes.phase(ended.getCauseValue()),
                cause,
                event,
                agent,
                time(answered.getRequestTimeUnixMs()),
                time(answered.getReserveTimeUnixMs()),
                time(answered.getAnswerTimeUnixMs()),
                end,
                ended,
                conditions);
    }

    private static CallSessionStatus refused(CallEvent event, Refused refused) {
        String cause = Causes.spell(refused.getCause(), refused.getCauseValue());
        String end = time(event.getTimeUnixMs());
        return status(
                Phase.Refused,
                cause,
                event,
                null,
                time(refused.getRequestTimeUnixMs()),
                null,
                null,
                end,
                null,
                List.of(
                        condition(RESERVED, false, cause, refused.getDetail(), end),
                        condition(ANSWERED, false, cause, refused.getDetail(), end),
                        condition(ENDED, true, cause, refused.getDetail(), end)));
    }

    /** Returns the status of a session that never becomes a call. */
    static CallSessionStatus failed(String cause, String message, long generation, Instant now) {
        return new CallSessionStatus(
                generation,
                Phase.Failed,
                cause,
                null,
                null,
                null,
                null,
                null,
                null,
                now.toString(),
                null,
                null,
                null,
                null,
                null,
                List.of(new Condition(ENDED, Condition.Status.True, generation, now.toString(), cause, message)));
    }

    private static List<Condition> beginning(CallEvent event, Answered answered) {
        String reserved = time(answered.getReserveTimeUnixMs());
        String talked = time(answered.getAnswerTimeUnixMs());
        String fallback = time(event.getTimeUnixMs());
        boolean was = answered.getAnswerTimeUnixMs() != 0;
        return List.of(
                condition(RESERVED, true, "AgentAccepted", "", reserved == null ? fallback : reserved),
                condition(ANSWERED, was, was ? "LineOpen" : "NotAnswered", "", talked == null ? fallback : talked));
    }

    private static Condition condition(
            String type, boolean holds, String reason, String message, @Nullable String since) {
        return new Condition(
                type,
                Condition.Status.of(holds),
                1,
                since == null ? Instant.EPOCH.toString() : since,
                reason,
                message.length() > 1024 ? message.substring(0, 1024) : message);
    }

    private static CallSessionStatus status(
            Phase phase,
            @Nullable String cause,
            CallEvent event,
            @Nullable Agent agent,
            @Nullable String requestTime,
            @Nullable String reserveTime,
            @Nullable String answerTime,
            @Nullable String endTime,
            @Nullable Ended ended,
            List<Condition> conditions) {
        return new CallSessionStatus(
                1L,
                phase,
                cause,
                event.getParty().isEmpty() ? null : PartyMask.mask(event.getParty()),
                agent,
                requestTime,
                reserveTime,
                null,
                answerTime,
                endTime,
                ended == null ? null : ended.getTurns(),
                ended == null || ended.getResponseP50Ms() == 0
                        ? null
                        : new CallSessionStatus.Response(ended.getResponseP50Ms(), ended.getResponseP95Ms()),
                ended == null ? null : ended.getInterruptions(),
                ended == null ? null : usage(ended.getUsage()),
                null,
                conditions);
    }

    private static CallSessionStatus.Usage usage(Usage usage) {
        return new CallSessionStatus.Usage(
                Math.round(usage.getAudioSeconds()),
                Math.round(usage.getSttSeconds()),
                usage.getLlmInputTokens() + usage.getLlmOutputTokens(),
                usage.getTtsCharacters());
    }

    private static @Nullable String time(long unixMilliseconds) {
        return unixMilliseconds == 0
                ? null
                : Instant.ofEpochMilli(unixMilliseconds).toString();
    }
}
