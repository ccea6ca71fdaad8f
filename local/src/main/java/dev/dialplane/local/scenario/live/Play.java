package dev.dialplane.local.scenario.live;

import dev.dialplane.contracts.agent.v1.AgentTurn;
import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.local.scenario.Phrase;
import dev.dialplane.local.scenario.Scenario;
import dev.dialplane.local.scenario.Scenario.Agent;
import dev.dialplane.local.scenario.Scenario.Caller;
import dev.dialplane.local.scenario.Scenario.Change;
import dev.dialplane.local.scenario.Scenario.Ends;
import dev.dialplane.local.scenario.Scenario.HangsUp;
import dev.dialplane.local.scenario.Scenario.Keys;
import dev.dialplane.local.scenario.Scenario.Models;
import dev.dialplane.local.scenario.Scenario.Quiet;
import dev.dialplane.local.scenario.Scenario.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides when the caller of a scenario does what, by what its ear gets and what the agent records, and keeps what was found
 * at each step. Knows no clock and no line: its owner says every 20 ms what time it is and whether the agent is to be heard.
 * Times are ms of the caller's media since the call began. Always comes to an end. Safe for many threads.
 */
final class Play {
    /** What to do now. */
    sealed interface Move {}

    /** Go on listening. */
    record Listen() implements Move {}

    /** Say what a step says. */
    record Speak(int step, Caller caller) implements Move {}

    /** Press a key. */
    record Press(char key) implements Move {}

    /** Let the models be like this. */
    record Set(Models models) implements Move {}

    /** Hang up, and why. */
    record HangUp(String why) implements Move {}

    /**
     * What was found at a step that was reached.
     *
     * @param atMs when it began: the caller's words, the agent's sound at the caller's ear, the silence
     * @param since when the caller had ended what it did before; the end of this, if it is the caller's step
     * @param silentMs how long after {@code atMs} the agent was silent, if it was to be heard then
     * @param disturbed whether something was heard where nothing should have been
     */
    record Found(long atMs, long since, @Nullable Long silentMs, boolean disturbed) {}

    private static final Listen LISTEN = new Listen();
    private static final int KEY_EVERY_MS = 200;
    /** How long anything is waited for, as in the lab. */
    static final int LIMIT_MS = 60_000;
    /** A silence this long parts two pieces of the agent's speech. */
    private static final int GAP_MS = 200;
    /** A burst is the beginning of a turn if the agent says that it began so close to it. */
    private static final int SAME_MS = 200;

    private static final int FAREWELL_MS = 500;

    private final Scenario scenario;
    private final Map<Integer, Found> found = new HashMap<>();
    /** When the agent says that its turns began, and ... */
    private final List<Long> started = new ArrayList<>();
    /** ... how they ended. */
    private final List<AgentTurn> agentTurns = new ArrayList<>();

    private final List<String> callerTurns = new ArrayList<>();
    /** When the agent began to be heard. */
    private final List<Long> bursts = new ArrayList<>();

    private int step;
    private long stepBegan;
    private int expected;
    private long agentBegan;
    private long callerBegan;
    private long callerEnded;
    private long lastSound = Long.MIN_VALUE / 2;
    private boolean sounding;
    private int interrupting = -1;
    private int keysPressed;
    private long quietFrom = -1;
    private int burstsBefore;
    private boolean speaking;
    private @Nullable Long closedAt;
    private String gaveUp = "";

    /** Of a call in which nothing has happened. */
    Play(Scenario scenario) {
        this.scenario = scenario;
    }

    /** The agent or the gateway recorded something. */
    synchronized void recorded(TurnEvent event) {
        switch (event.getEventCase()) {
            case AGENT_SPEECH_STARTED -> started.add(event.getMediaTimeMs());
            case AGENT_TURN -> agentTurns.add(event.getAgentTurn());
            case CALLER_TURN -> callerTurns.add(event.getCallerTurn().getText());
            case CALLER_SPEECH, INTERRUPTED, PARTIAL_TRANSCRIPT, EVENT_NOT_SET -> {}
        }
    }

    /** What was asked for last goes out, from {@code beginMs} to {@code endMs}. */
    synchronized void spoke(long beginMs, long endMs) {
        callerBegan = beginMs;
        callerEnded = endMs;
        found.put(step, new Found(beginMs, endMs, null, false));
    }

    /** The line is closed. */
    synchronized void closed(long nowMs) {
        closedAt = nowMs;
    }

    /** What to do at {@code nowMs}, which never goes back; {@code audible} is whether the agent is to be heard. */
    synchronized Move next(long nowMs, boolean audible) {
        listen(nowMs, audible);
        while (step < scenario.steps().size()) {
            Step now = scenario.steps().get(step);
            Move move = switch (now) {
                case Agent agent -> agentSpeaks(agent);
                case Caller caller -> callerSpeaks(caller, nowMs);
                case Keys keys -> callerPresses(keys, nowMs);
                case Quiet quiet -> quiet(quiet, nowMs);
                case Change change -> new Set(change.models());
                case HangsUp() -> new HangUp("the scenario says so");
                case Ends ends -> nowMs - stepBegan < ends.within() ? LISTEN : null;
            };
            if (move == null) {
                onward(nowMs);
                continue;
            }
            if (move instanceof Set || move instanceof HangUp) {
                found.put(step, new Found(nowMs, callerEnded, null, false));
                onward(nowMs);
            }
            if (move instanceof Listen && nowMs - stepBegan > longest(now)) {
                gaveUp = "nothing came of call[" + step + "] for " + (nowMs - stepBegan) / 1000 + " s";
                return new HangUp(gaveUp);
            }
            return move;
        }
        boolean over = agentIsHeard() && nowMs - Math.max(lastSound, stepBegan) >= FAREWELL_MS;
        return over || nowMs - stepBegan > LIMIT_MS ? new HangUp("all is done") : LISTEN;
    }

    private static long longest(Step step) {
        return LIMIT_MS
                + switch (step) {
                    case Caller caller -> caller.after() + (caller.into() == null ? 0 : caller.into());
                    case Keys keys -> keys.after() + (keys.into() == null ? 0 : keys.into());
                    case Quiet quiet -> quiet.lasts();
                    case Ends ends -> ends.within();
                    case Agent _, Change _, HangsUp() -> 0;
                };
    }

    private void onward(long nowMs) {
        step++;
        stepBegan = nowMs;
        keysPressed = 0;
        speaking = false;
        quietFrom = -1;
    }

    private void listen(long nowMs, boolean audible) {
        if (audible) {
            if (nowMs - lastSound > GAP_MS) {
                bursts.add(nowMs);
            }
            lastSound = nowMs;
        }
        sounding = audible;
        if (interrupting >= 0 && !audible) {
            Found before = found.get(interrupting);
            if (before != null && nowMs >= before.atMs()) {
                found.put(interrupting, new Found(before.atMs(), before.since(), nowMs - before.atMs(), false));
                interrupting = -1;
            }
        }
    }

    private boolean agentIsHeard() {
        return agentTurns.size() >= expected && !sounding;
    }

    /** Null once it speaks. */
    private @Nullable Move agentSpeaks(Agent agent) {
        if (Phrase.of(agent.text()).filter(Phrase::bridges).isPresent()) {
            Optional<Long> bridge = bursts.stream()
                    .filter(burst -> burst > Math.max(agentBegan + SAME_MS, callerBegan))
                    .filter(burst -> started.stream().noneMatch(turn -> Math.abs(turn - burst) < SAME_MS))
                    .findFirst();
            return bridge.isPresent() ? heard(bridge.get()) : LISTEN;
        }
        if (started.size() <= expected) {
            return LISTEN;
        }
        long said = started.get(expected++);
        return heard(bursts.stream()
                .filter(burst -> Math.abs(burst - said) < SAME_MS)
                .findFirst()
                .orElse(said));
    }

    private @Nullable Move heard(long atMs) {
        agentBegan = atMs;
        found.put(step, new Found(atMs, callerEnded, null, false));
        return null;
    }

    /** Null once all is said. */
    private @Nullable Move callerSpeaks(Caller caller, long nowMs) {
        if (speaking) {
            return nowMs >= callerEnded ? null : LISTEN;
        }
        if (!isTime(caller.into(), caller.after(), nowMs)) {
            return LISTEN;
        }
        speaking = true;
        interrupting = sounding ? step : -1;
        return new Speak(step, caller);
    }

    /** Null once all are pressed. */
    private @Nullable Move callerPresses(Keys keys, long nowMs) {
        if (keysPressed == keys.keys().length()) {
            return null;
        }
        if (keysPressed == 0) {
            if (!isTime(keys.into(), keys.after(), nowMs)) {
                return LISTEN;
            }
            interrupting = sounding ? step : -1;
            callerBegan = nowMs;
        } else if (nowMs - callerEnded < KEY_EVERY_MS) {
            return LISTEN;
        }
        callerEnded = nowMs;
        Found before = found.get(step);
        found.put(step, new Found(callerBegan, nowMs, before == null ? null : before.silentMs(), false));
        return new Press(keys.keys().charAt(keysPressed++));
    }

    private boolean isTime(@Nullable Integer into, int after, long nowMs) {
        return into != null
                ? nowMs >= agentBegan + into
                : agentIsHeard() && nowMs - Math.max(lastSound, stepBegan) >= after;
    }

    /** Null once it was quiet for so long. */
    private @Nullable Move quiet(Quiet quiet, long nowMs) {
        if (quietFrom < 0) {
            if (!agentIsHeard()) {
                return LISTEN;
            }
            quietFrom = nowMs;
            burstsBefore = bursts.size();
        }
        // A turn that the scenario does not have yet: also one that began before the last one's end was recorded.
        boolean disturbed = started.size() > expected || bursts.size() > burstsBefore;
        found.put(step, new Found(quietFrom, callerEnded, null, disturbed));
        return nowMs - quietFrom >= quiet.lasts() ? null : LISTEN;
    }

    /**
     * All that was found.
     *
     * @param steps by number, those that were reached
     * @param callerTurns what the caller was understood to say
     * @param agentTurns what the agent said
     * @param reached the step that the call has come to; their number if all
     * @param reachedMs when
     * @param closedMs when the line was closed; null if it is not
     * @param gaveUp why the caller has waited no longer; empty if all went on
     */
    record Log(
            Map<Integer, Found> steps,
            List<String> callerTurns,
            List<AgentTurn> agentTurns,
            int reached,
            long reachedMs,
            @Nullable Long closedMs,
            String gaveUp) {}

    /** All that was found so far; of a call that is over, also what was recorded of it after the line was closed. */
    synchronized Log log() {
        Long closed = closedAt;
        while (closed != null
                && step < scenario.steps().size()
                && scenario.steps().get(step) instanceof Agent agent
                && agentSpeaks(agent) == null) {
            onward(closed);
        }
        return new Log(
                Map.copyOf(found),
                List.copyOf(callerTurns),
                List.copyOf(agentTurns),
                step,
                stepBegan,
                closedAt,
                gaveUp);
    }
}
