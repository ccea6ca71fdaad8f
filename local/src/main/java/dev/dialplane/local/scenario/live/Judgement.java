package dev.dialplane.local.scenario.live;

import dev.dialplane.contracts.agent.v1.AgentTurn;
import dev.dialplane.local.scenario.ExpectedTurns;
import dev.dialplane.local.scenario.Phrase;
import dev.dialplane.local.scenario.Scenario;
import dev.dialplane.local.scenario.Scenario.Agent;
import dev.dialplane.local.scenario.Scenario.Caller;
import dev.dialplane.local.scenario.Scenario.Change;
import dev.dialplane.local.scenario.Scenario.Ends;
import dev.dialplane.local.scenario.Scenario.HangsUp;
import dev.dialplane.local.scenario.Scenario.Heard;
import dev.dialplane.local.scenario.Scenario.Keys;
import dev.dialplane.local.scenario.Scenario.Part;
import dev.dialplane.local.scenario.Scenario.Pause;
import dev.dialplane.local.scenario.Scenario.Quiet;
import dev.dialplane.local.scenario.Scenario.Sound;
import dev.dialplane.local.scenario.Scenario.Step;
import dev.dialplane.local.scenario.Scenario.Words;
import dev.dialplane.local.scenario.live.Play.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether a scenario that was played for real went as it is written, line by line.
 *
 * <p>Words, turns and what is heard of them are compared as they are. Times are allowed {@value #LATER_MS} ms more, and
 * {@value #EARLIER_MS} ms less: sounds go and come in frames of 20 ms through sockets of four processes that share a machine,
 * and recorded speech has an end of its own.
 */
final class Judgement {
    /** How much later than written is not too late, ms. */
    static final int LATER_MS = 150;
    /** How much earlier than written is not too early, ms. */
    static final int EARLIER_MS = 60;

    /**
     * One line.
     *
     * @param line what the scenario says
     * @param held whether it was so
     * @param found what was found, in words
     */
    record Verdict(String line, boolean held, String found) {}

    private final Scenario scenario;
    private final ExpectedTurns expected;
    private final Play.Log log;
    private final String cause;
    private final List<String> wrong = new ArrayList<>();
    private final List<String> found = new ArrayList<>();
    private int agentTurns;

    private Judgement(Scenario scenario, Play.Log log, String cause) {
        this.scenario = scenario;
        this.expected = ExpectedTurns.of(scenario);
        this.log = log;
        this.cause = cause;
    }

    /**
     * The verdicts, one a line of the scenario, and one on turns that no line tells of, if there were any.
     *
     * @param cause how the call ended, as a CallSession spells it
     */
    static List<Verdict> of(Scenario scenario, Play.Log log, String cause) {
        return new Judgement(scenario, log, cause).verdicts();
    }

    private List<Verdict> verdicts() {
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < scenario.steps().size(); i++) {
            Step step = scenario.steps().get(i);
            wrong.clear();
            found.clear();
            Found at = log.steps().get(i);
            if (at == null && !(step instanceof Ends)) {
                wrong.add(log.gaveUp().isEmpty() ? "the call did not come to this" : log.gaveUp());
                agentTurns += step instanceof Agent agent && !bridges(agent) ? 1 : 0;
            } else {
                judge(i, step, at);
            }
            List<String> all = new ArrayList<>(wrong);
            all.addAll(found);
            verdicts.add(new Verdict(line(step), wrong.isEmpty(), String.join("; ", all)));
        }
        List<String> more = new ArrayList<>();
        log.callerTurns().stream()
                .skip(expected.turns().size())
                .forEach(turn -> more.add("the caller was understood to say '" + turn + "'"));
        log.agentTurns().stream().skip(agentTurns).forEach(turn -> more.add("the agent said '" + turn.getText() + "'"));
        if (!more.isEmpty()) {
            verdicts.add(new Verdict("(nothing else)", false, String.join("; ", more)));
        }
        return verdicts;
    }

    private void judge(int number, Step step, @Nullable Found at) {
        switch (step) {
            case Agent agent -> agent(agent, java.util.Objects.requireNonNull(at));
            case Caller caller -> {
                if (caller.counts()) {
                    turn(number);
                } else {
                    found.add("no turn");
                }
                silence(number, caller.into(), java.util.Objects.requireNonNull(at));
            }
            case Keys keys -> {
                turn(number);
                silence(number, keys.into(), java.util.Objects.requireNonNull(at));
            }
            case Quiet _ -> {
                if (java.util.Objects.requireNonNull(at).disturbed()) {
                    wrong.add("something was heard");
                }
            }
            case Change _, HangsUp() -> {}
            case Ends ends -> ends(number, ends);
        }
    }

    private void agent(Agent agent, Found at) {
        long took = at.atMs() - at.since();
        if (at.since() > 0) {
            found.add(took + " ms after the caller");
        }
        if (agent.within() != null && took > agent.within() + LATER_MS) {
            wrong.add("not within " + agent.within() + " + " + LATER_MS + " ms");
        }
        if (agent.notBefore() != null && took < agent.notBefore() - EARLIER_MS) {
            wrong.add("before " + agent.notBefore() + " - " + EARLIER_MS + " ms");
        }
        if (bridges(agent)) {
            found.add("a sound that is no turn");
            return;
        }
        int turn = agentTurns++;
        if (turn >= log.agentTurns().size()) {
            wrong.add("it was not said to an end, nor cut");
            return;
        }
        AgentTurn said = log.agentTurns().get(turn);
        if (!said.getText().equals(agent.text())) {
            wrong.add("the agent said '" + said.getText() + "'");
        }
        boolean whole = !said.getInterrupted() && said.getHeardText().equals(said.getText());
        if (whole != (agent.heard() == Heard.WHOLE)) {
            wrong.add("heard: " + (whole ? "all of it" : "'" + said.getHeardText() + "'"));
        } else {
            found.add(whole ? "heard whole" : "heard to '" + lastWords(said.getHeardText()) + "'");
        }
    }

    private static String lastWords(String text) {
        int from = Math.max(0, text.length() - 24);
        return from == 0 ? text : "... " + text.substring(text.indexOf(' ', from) + 1);
    }

    private static boolean bridges(Agent agent) {
        return Phrase.of(agent.text()).filter(Phrase::bridges).isPresent();
    }

    private void turn(int step) {
        for (int i = 0; i < expected.turns().size(); i++) {
            ExpectedTurns.Turn turn = expected.turns().get(i);
            if (!turn.steps().contains(step)) {
                continue;
            }
            String understood = i < log.callerTurns().size() ? log.callerTurns().get(i) : "";
            if (!understood.equals(turn.text())) {
                wrong.add(understood.isEmpty() ? "no turn came of it" : "turn " + (i + 1) + " is '" + understood + "'");
            } else {
                found.add("turn " + (i + 1) + (turn.steps().size() == 1 ? "" : ": '" + understood + "'"));
            }
        }
    }

    /** What the agent that speaks then has to do is written down with its words. */
    private void silence(int step, @Nullable Integer into, Found at) {
        Integer within = into == null ? null : silentWithin(step);
        if (at.silentMs() != null && into != null) {
            found.add("the agent silent after " + at.silentMs() + " ms");
        }
        if (within != null && (at.silentMs() == null || at.silentMs() > within + LATER_MS)) {
            wrong.add("the agent was not silent within " + within + " + " + LATER_MS + " ms");
        }
    }

    /** As in the lab: of the last words of the agent's before, for the first interruption of them. */
    private @Nullable Integer silentWithin(int step) {
        for (int i = step - 1; i >= 0; i--) {
            Step before = scenario.steps().get(i);
            if (before instanceof Agent agent) {
                return agent.silentWithin();
            }
            if ((before instanceof Caller caller && caller.into() != null)
                    || (before instanceof Keys keys && keys.into() != null)) {
                return null;
            }
        }
        return null;
    }

    private void ends(int number, Ends ends) {
        if (!cause.equals(ends.cause())) {
            wrong.add(cause.isEmpty() ? "nobody told how it ended" : "it ended by " + cause);
        }
        Long closed = log.closedMs();
        if (log.reached() < number || closed == null) {
            wrong.add(log.reached() < number ? "before what should have come" : "the line was not closed");
            return;
        }
        long took = Math.max(0, closed - log.reachedMs());
        found.add("after " + took + " ms");
        if (took > ends.within() + LATER_MS) {
            wrong.add("not within " + ends.within() + " + " + LATER_MS + " ms");
        }
    }

    private static String line(Step step) {
        return switch (step) {
            case Agent agent -> "agent   " + agent.text();
            case Caller caller ->
                "caller  " + caller.parts().stream().map(Judgement::line).collect(Collectors.joining(" "));
            case Keys keys -> "keys    " + keys.keys();
            case Quiet quiet -> "quiet   for " + seconds(quiet.lasts());
            case Change _ -> "models  are different from here on";
            case HangsUp() -> "caller  hangs up";
            case Ends ends -> "ends    " + ends.cause();
        };
    }

    private static String line(Part part) {
        return switch (part) {
            case Words(String text) -> text;
            case Pause(int lasts) -> "[" + lasts + "ms]";
            case Sound(int lasts) -> "(" + lasts + "ms)";
        };
    }

    private static String seconds(int millis) {
        return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
}
