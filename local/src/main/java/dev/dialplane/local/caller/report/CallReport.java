package dev.dialplane.local.caller.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.local.caller.carrier.LineLog;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One call in numbers and words: the content of {@code call.json}.
 *
 * @param pool the pool that was called
 * @param session the CallSession's name, empty if nobody told it
 * @param cause how the call ended, as a CallSession spells it
 * @param answeredMs when the agent's first audio reached the caller's socket, in ms since the start message; null if it
 *     never did
 * @param ringingMs from the carrier's request to the gateway's answer
 * @param turns by when they began
 * @param framesSent frames that the caller sent
 * @param framesLate how many of them were more than 10 ms late
 * @param latestFrameMs by how much the latest of them was late
 */
public record CallReport(
        String pool,
        String session,
        String cause,
        @Nullable Double answeredMs,
        double ringingMs,
        List<Turn> turns,
        long framesSent,
        long framesLate,
        double latestFrameMs) {
    /** By how much the agent's and the caller's measure of a response may differ. */
    public static final double AGREEMENT_MS = 20;

    /** Copies the list. */
    public CallReport {
        turns = List.copyOf(turns);
    }

    /** Puts a report together from what was said, what went over the line, and what the agent recorded. */
    public static CallReport of(
            String pool,
            String session,
            String cause,
            double ringingMs,
            List<Spoken> spoken,
            @Nullable LineLog log,
            List<TurnEvent> events) {
        if (log == null) {
            return new CallReport(pool, session, cause, null, ringingMs, List.of(), 0, 0, 0);
        }
        return new CallReport(
                pool,
                session,
                cause,
                log.arrivals().isEmpty() ? null : log.arrivals().getFirst().ms(),
                ringingMs,
                new TurnMerger(spoken, log, events).turns(),
                log.framesSent(),
                log.framesLate(),
                log.latestFrameNanos() / 1e6);
    }

    /** The same report with a session's name. */
    public CallReport inSession(String name) {
        return new CallReport(pool, name, cause, answeredMs, ringingMs, turns, framesSent, framesLate, latestFrameMs);
    }

    /** The same report with a cause, for a caller who knows better. */
    public CallReport endedBy(String knownCause) {
        return new CallReport(
                pool, session, knownCause, answeredMs, ringingMs, turns, framesSent, framesLate, latestFrameMs);
    }

    /** The caller's turns. */
    public List<Turn.Caller> callerTurns() {
        return turns.stream()
                .flatMap(turn -> turn instanceof Turn.Caller caller ? Stream.of(caller) : Stream.empty())
                .toList();
    }

    /** The agent's turns. */
    public List<Turn.Agent> agentTurns() {
        return turns.stream()
                .flatMap(turn -> turn instanceof Turn.Agent agent ? Stream.of(agent) : Stream.empty())
                .toList();
    }

    /** How long the caller waited for each reply. */
    public List<Turn.Response> responses() {
        return agentTurns().stream()
                .map(Turn.Agent::response)
                .filter(Objects::nonNull)
                .toList();
    }

    /** The median of {@link Turn.Response#totalMs}, if there was a reply. */
    public Optional<Double> medianResponseMs() {
        double[] sorted = responses().stream()
                .mapToDouble(Turn.Response::totalMs)
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return Optional.empty();
        }
        int middle = sorted.length / 2;
        return Optional.of(sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
    }

    /** How well the agent understood the caller over the whole call. */
    public WordErrors words() {
        return callerTurns().stream()
                .map(Turn.Caller::words)
                .filter(Objects::nonNull)
                .reduce(WordErrors.NONE, WordErrors::plus);
    }

    /** The largest difference between the agent's and the caller's measure of a response; 0 without any. */
    public double largestDifferenceMs() {
        return responses().stream()
                .mapToDouble(response -> Math.abs(response.differenceMs()))
                .max()
                .orElse(0);
    }

    /** The report as {@code call.json} holds it. */
    public ObjectNode json() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("pool", pool).put("session", session).put("cause", cause);
        put(root, "answeredMs", answeredMs);
        root.put("ringingMs", tenths(ringingMs));
        var list = root.putArray("turns");
        turns.forEach(turn -> list.add(json(turn)));
        medianResponseMs().ifPresent(median -> root.put("medianResponseMs", tenths(median)));
        WordErrors words = words();
        if (words.words() > 0) {
            root.putObject("words")
                    .put("said", words.words())
                    .put("errors", words.errors())
                    .put("accuracy", Math.round(words.accuracy() * 1000) / 1000.0);
        }
        if (!responses().isEmpty()) {
            root.putObject("agreement")
                    .put("largestDifferenceMs", tenths(largestDifferenceMs()))
                    .put("within20Ms", largestDifferenceMs() <= AGREEMENT_MS);
        }
        root.putObject("pacing")
                .put("framesSent", framesSent)
                .put("framesLate", framesLate)
                .put("latestFrameMs", tenths(latestFrameMs));
        return root;
    }

    /** {@link #json} as text, indented. */
    public String text() {
        return json().toPrettyString() + "\n";
    }

    private static ObjectNode json(Turn turn) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        switch (turn) {
            case Turn.Caller caller -> {
                node.put("who", "caller").put("text", caller.text());
                times(node, caller);
                node.put("interrupted", false);
                if (caller.reference() != null) {
                    node.put("reference", caller.reference());
                }
                if (caller.words() != null) {
                    node.put("wordErrors", caller.words().errors());
                }
                if (caller.heardMs() != null) {
                    node.put("heardStartMs", tenths(caller.heardMs().startMs()));
                    node.put("heardEndMs", tenths(caller.heardMs().endMs()));
                }
                if (caller.agentSilentAfterMs() != null) {
                    node.put("agentSilentAfterMs", tenths(caller.agentSilentAfterMs()));
                }
            }
            case Turn.Agent agent -> {
                node.put("who", "agent").put("text", agent.text());
                times(node, agent);
                node.put("interrupted", agent.interrupted());
                if (!agent.meant().equals(agent.text())) {
                    node.put("meant", agent.meant());
                }
                if (agent.response() != null) {
                    node.set("response", json(agent.response()));
                }
                if (!agent.servedBy().isEmpty()) {
                    node.put("servedBy", agent.servedBy());
                }
            }
        }
        return node;
    }

    private static void times(ObjectNode node, Turn turn) {
        node.put("startMs", tenths(turn.startMs())).put("endMs", tenths(turn.endMs()));
    }

    /** The parts as they are rounded add up to the total as it is rounded. */
    private static ObjectNode json(Turn.Response response) {
        double[] parts = {
            tenths(response.silenceMs()), tenths(response.sttMs()), tenths(response.llmMs()), tenths(response.ttsMs())
        };
        double total = tenths(response.totalMs());
        return JsonNodeFactory.instance
                .objectNode()
                .put("totalMs", total)
                .put("silenceMs", parts[0])
                .put("sttMs", parts[1])
                .put("llmMs", parts[2])
                .put("ttsMs", parts[3])
                .put("oursMs", tenths(total - Arrays.stream(parts).sum()))
                .put("agentTotalMs", tenths(response.agentTotalMs()))
                .put("differenceMs", tenths(response.differenceMs()));
    }

    private static void put(ObjectNode node, String field, @Nullable Double value) {
        if (value == null) {
            node.putNull(field);
        } else {
            node.put(field, tenths(value));
        }
    }

    private static double tenths(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
