package dev.dialplane.local.caller.report;

import dev.dialplane.contracts.agent.v1.AgentSpeechStarted;
import dev.dialplane.contracts.agent.v1.AgentTurn;
import dev.dialplane.contracts.agent.v1.CallerTurn;
import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.contracts.common.v1.ResponseTime;
import dev.dialplane.local.caller.carrier.LineLog;
import dev.dialplane.local.caller.carrier.LineLog.Arrival;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts together what the caller said, what its ear and socket got, and what the agent recorded. Times of sounds are the
 * ear's and the socket's; texts are the agent's.
 */
final class TurnMerger {
    /** The agent counts in frames, and starts counting when the first one reaches it. */
    private static final double CLOCKS_DIFFER_MS = 40;
    /** A silence this long in what the ear gets means that the agent stopped. */
    private static final int STOPPED_MS = 300;

    private static final double OVERLAP_MS = 300;

    private final List<Spoken> spoken;
    private final Ear ear;
    private final List<CallerTurn> understood = new ArrayList<>();
    private final List<Replied> replies = new ArrayList<>();
    private final Map<Integer, Spoken> saidInTurn = new HashMap<>();

    /** An agent's turn, with the moment at which it says that its first sample left. */
    private record Replied(AgentTurn turn, double startedMs) {}

    TurnMerger(List<Spoken> spoken, LineLog log, List<TurnEvent> events) {
        this.spoken = List.copyOf(spoken);
        ear = new Ear(log);
        sort(events.stream()
                .sorted(Comparator.comparingLong(TurnEvent::getMediaTimeMs))
                .toList());
        for (CallerTurn turn : understood) {
            spokenDuring(turn).ifPresent(utterance -> saidInTurn.put(turn.getIndex(), utterance));
        }
    }

    private void sort(List<TurnEvent> events) {
        Deque<TurnEvent> started = new ArrayDeque<>();
        for (TurnEvent event : events) {
            switch (event.getEventCase()) {
                case CALLER_TURN -> understood.add(event.getCallerTurn());
                case AGENT_SPEECH_STARTED -> started.add(event);
                case AGENT_TURN -> {
                    AgentTurn turn = event.getAgentTurn();
                    Double at = null;
                    AgentSpeechStarted speech = null;
                    while (at == null && !started.isEmpty()) {
                        TurnEvent first = started.remove();
                        if (first.getAgentSpeechStarted().getAnswersTurn() == turn.getAnswersTurn()) {
                            at = (double) first.getMediaTimeMs();
                            speech = first.getAgentSpeechStarted();
                        }
                    }
                    if (!turn.hasResponse() && speech != null && speech.hasResponse()) {
                        turn = turn.toBuilder()
                                .setResponse(speech.getResponse())
                                .build();
                    }
                    replies.add(new Replied(turn, at == null ? turn.getStartMs() : at));
                }
                case CALLER_SPEECH, INTERRUPTED, PARTIAL_TRANSCRIPT, EVENT_NOT_SET -> {}
            }
        }
        replies.sort(Comparator.comparingDouble(Replied::startedMs));
    }

    private Optional<Spoken> spokenDuring(CallerTurn turn) {
        return spoken.stream().filter(s -> overlap(s, turn) > 0).max(Comparator.comparingDouble(s -> overlap(s, turn)));
    }

    private static double overlap(Spoken s, CallerTurn turn) {
        return Math.min(s.endMs(), turn.getEndMs()) - Math.max(s.onsetMs(), turn.getStartMs()) + OVERLAP_MS;
    }

    /** All turns, by when they began. */
    List<Turn> turns() {
        List<Turn> turns = new ArrayList<>();
        spoken.forEach(s -> turns.add(caller(s)));
        understood.stream()
                .filter(t -> !saidInTurn.containsKey(t.getIndex()))
                .forEach(turn -> turns.add(imagined(turn)));
        if (replies.isEmpty()) {
            ear.bursts(STOPPED_MS)
                    .forEach(b -> turns.add(new Turn.Agent("", "", b.startMs(), b.endMs(), b.cleared(), null, "")));
        } else {
            agents(turns);
        }
        turns.sort(Comparator.comparingDouble(Turn::startMs));
        return turns;
    }

    private Turn.Caller caller(Spoken s) {
        List<CallerTurn> parts = understood.stream()
                .filter(turn -> saidInTurn.get(turn.getIndex()) == s)
                .toList();
        String text = parts.stream().map(CallerTurn::getText).collect(Collectors.joining(" "));
        Turn.Heard heard = parts.isEmpty()
                ? null
                : new Turn.Heard(parts.getFirst().getStartMs(), parts.getLast().getEndMs());
        String reference = s.utterance().reference();
        Double silentAfter = ear.playingAt(s.onsetMs())
                ? ear.silentAfter(s.onsetMs(), STOPPED_MS)
                        .map(at -> Math.max(0, at - s.onsetMs()))
                        .orElse(null)
                : null;
        WordErrors words = reference == null ? null : WordErrors.between(reference, text);
        return new Turn.Caller(text, s.onsetMs(), s.endMs(), reference, words, heard, silentAfter);
    }

    /** A turn in which the caller said nothing. */
    private static Turn.Caller imagined(CallerTurn turn) {
        return new Turn.Caller(
                turn.getText(),
                turn.getStartMs(),
                turn.getEndMs(),
                "",
                WordErrors.between("", turn.getText()),
                new Turn.Heard(turn.getStartMs(), turn.getEndMs()),
                null);
    }

    private void agents(List<Turn> turns) {
        double[] starts = new double[replies.size() + 1];
        List<Turn.@Nullable Response> responses = new ArrayList<>();
        for (int i = 0; i < replies.size(); i++) {
            Replied reply = replies.get(i);
            Optional<Arrival> arrival = arrival(reply);
            starts[i] = arrival.map(Arrival::ms).orElse(reply.startedMs());
            responses.add(arrival.map(a -> response(reply, a)).orElse(null));
        }
        starts[replies.size()] = Double.MAX_VALUE / 2;
        for (int i = 0; i < replies.size(); i++) {
            AgentTurn turn = replies.get(i).turn();
            double start = ear.playedFrom(starts[i]).orElse(starts[i]);
            double end = ear.playedUntil(start, starts[i + 1]).orElse((double) turn.getEndMs());
            String heard =
                    turn.getInterrupted() || !turn.getHeardText().isEmpty() ? turn.getHeardText() : turn.getText();
            turns.add(new Turn.Agent(
                    heard, turn.getText(), start, end, turn.getInterrupted(), responses.get(i), turn.getServedBy()));
        }
    }

    /**
     * The first media of a reply: a burst that begins after the caller's words, unless the agent says that it began its
     * reply well after that burst, which then was something else: a filler, or what was left of the former reply.
     */
    private Optional<Arrival> arrival(Replied reply) {
        double after = reply.turn().getAnswersTurn() == 0
                ? reply.startedMs() - CLOCKS_DIFFER_MS
                : Math.min(wordsEnd(reply), reply.startedMs());
        return ear.burstFrom(after)
                .filter(burst -> Math.abs(burst.ms() - reply.startedMs()) < 5 * CLOCKS_DIFFER_MS)
                .or(() -> ear.arrivalFrom(reply.startedMs() - CLOCKS_DIFFER_MS / 2));
    }

    /** When the words ended that a reply answers: the last stretch of speech that was over when the reply began. */
    private double wordsEnd(Replied reply) {
        int index = reply.turn().getAnswersTurn();
        Spoken s = saidInTurn.get(index);
        if (s == null) {
            return understood.stream()
                    .filter(turn -> turn.getIndex() == index)
                    .map(turn -> (double) turn.getEndMs())
                    .findFirst()
                    .orElse(reply.startedMs());
        }
        return s.ends().stream()
                .filter(end -> end <= reply.startedMs() + CLOCKS_DIFFER_MS)
                .reduce((_, later) -> later)
                .orElse(s.endMs());
    }

    private Turn.@Nullable Response response(Replied reply, Arrival arrival) {
        if (reply.turn().getAnswersTurn() == 0 || !reply.turn().hasResponse()) {
            return null;
        }
        ResponseTime agent = reply.turn().getResponse();
        double total = arrival.ms() - wordsEnd(reply);
        double models = agent.getSilenceMs() + agent.getSttMs() + agent.getLlmMs() + agent.getTtsMs();
        return new Turn.Response(
                total,
                agent.getSilenceMs(),
                agent.getSttMs(),
                agent.getLlmMs(),
                agent.getTtsMs(),
                total - models,
                agent.getTotalMs());
    }
}
