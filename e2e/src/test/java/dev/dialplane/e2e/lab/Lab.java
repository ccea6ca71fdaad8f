package dev.dialplane.e2e.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.rehearsal.ScriptedModels.Spoken;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.agent.testing.TestGateway;
import dev.dialplane.agent.testing.TestGateway.Received;
import dev.dialplane.contracts.agent.v1.AgentTurn;
import dev.dialplane.contracts.agent.v1.AudioKind;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse.MessageCase;
import dev.dialplane.contracts.agent.v1.Dtmf;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.Cause;
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
import dev.dialplane.local.scenario.Scenario.Quiet;
import dev.dialplane.local.scenario.Scenario.Step;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Plays a scenario with an agent and a carrier in virtual time, and judges whether it goes as it should. */
final class Lab implements AutoCloseable {
    private static final int KEY_EVERY_MS = 200;
    private static final int LIMIT_MS = 60_000;

    private final TestBench bench = new TestBench();
    private final Scenario scenario;
    private final ExpectedTurns turns;
    private final TestGateway gateway;
    private final List<Agent> expected = new ArrayList<>();
    private final List<Spoken> spoken = new ArrayList<>();

    /** The first words of the agent's last turn were heard then. */
    private long agentBegan;
    /** The caller fell silent, or pressed a key, then. */
    private long callerEnded;

    private long interruptedAt = -1;
    private int fillers;

    Lab(Scenario scenario) {
        this.scenario = scenario;
        AgentSpec.Builder spec = Rules.of(scenario.pool());
        turns = ExpectedTurns.of(scenario);
        bench.models.replies = new Script(turns)::reply;
        for (Phrase phrase : Phrase.values()) {
            bench.models.phrases.put(phrase.kind(), phrase.text());
        }
        bench.models.hear(spoken);
        OfferRequest.Builder offer = TestBench.offer(1, 1);
        offer.getCarrierBuilder().setPause(scenario.pausingCarrier());
        bench.with(spec).prepared();
        set(scenario.models());
        scenario.steps().stream()
                .filter(step -> step instanceof Agent agent && agent.tool() != null)
                .forEach(step -> bench.models.toolMillis = ((Agent) step).toolTakes());
        gateway = bench.call(offer.build());
    }

    private void set(Scenario.Models models) {
        bench.models.transcriptMillis = models.hears();
        bench.models.firstPieceMillis = models.thinks();
        bench.models.firstAudioMillis = models.speaks();
        bench.models.fallbackMillis = models.fallback() == null ? -1 : models.fallback();
        bench.models.breakAfterPieces = models.breaksAfter() == null ? -1 : models.breaksAfter();
        bench.models.breakMillis = models.stalls();
        bench.models.breakFailure = models.breaksAfter() != null && models.stalls() == 0 ? Status.UNAVAILABLE : null;
        bench.models.replyFailure = models.fails() ? Status.UNAVAILABLE : null;
    }

    void play() {
        for (int i = 0; i < scenario.steps().size(); i++) {
            Step step = scenario.steps().get(i);
            switch (step) {
                case Agent agent -> agentSpeaks(agent);
                case Caller caller -> callerSpeaks(caller);
                case Keys keys -> callerPresses(keys);
                case Quiet quiet -> quiet(quiet.lasts());
                case Change change -> set(change.models());
                case HangsUp() -> gateway.hangUp(Cause.CAUSE_CALLER_HUNG_UP, false);
                case Ends ends -> ends(ends);
            }
        }
        if (gateway.summary() == null) {
            agentIsHeard();
            bench.time.advance(500);
        }
        assertThat(gateway.callerTurns().stream().map(turn -> turn.getText()))
                .as("the caller's turns")
                .containsExactlyElementsOf(turns.texts());
        judgeAgentsTurns();
    }

    // The agent.

    private void agentSpeaks(Agent agent) {
        if (Phrase.of(agent.text()).filter(Phrase::bridges).isPresent()) {
            long before = fillers;
            until("the agent says '" + agent.text() + "'", LIMIT_MS, () -> fillersHeard() > before);
            fillers++;
            agentBegan = gateway.nowMs();
        } else {
            expected.add(agent);
            until("the agent says '" + agent.text() + "'", LIMIT_MS, () -> begun() >= expected.size());
            agentBegan = beginning(expected.size()).atMs();
        }
        long took = agentBegan - callerEnded;
        if (agent.within() != null) {
            assertThat(took).as("ms until '%s'", agent.text()).isLessThanOrEqualTo(agent.within());
        }
        if (agent.notBefore() != null) {
            assertThat(took).as("ms until '%s'", agent.text()).isGreaterThanOrEqualTo(agent.notBefore());
        }
        interruptedAt = -1;
    }

    private int begun() {
        return (int) gateway.all(MessageCase.TURN_EVENT).stream()
                .filter(one -> one.message().getTurnEvent().hasAgentSpeechStarted())
                .count();
    }

    private Received beginning(int number) {
        return gateway.all(MessageCase.TURN_EVENT).stream()
                .filter(one -> one.message().getTurnEvent().hasAgentSpeechStarted())
                .skip(number - 1L)
                .findFirst()
                .orElseThrow();
    }

    /** How many hold phrases the caller has begun to hear. */
    private int fillersHeard() {
        int count = 0;
        AudioKind before = AudioKind.AUDIO_KIND_UNSPECIFIED;
        for (AudioKind kind : gateway.kinds) {
            if (kind == AudioKind.AUDIO_KIND_FILLER && before != AudioKind.AUDIO_KIND_FILLER) {
                count++;
            }
            before = kind;
        }
        return count;
    }

    /** Waits until the caller has heard what the agent says. */
    private void agentIsHeard() {
        until(
                "the agent has finished",
                LIMIT_MS,
                () -> gateway.agentTurns().size() >= expected.size() && !gateway.hearsAgent());
    }

    private void judgeAgentsTurns() {
        List<AgentTurn> turns = gateway.agentTurns();
        assertThat(turns.stream().map(AgentTurn::getText))
                .as("what the agent says")
                .containsExactlyElementsOf(expected.stream().map(Agent::text).toList());
        for (int i = 0; i < turns.size(); i++) {
            AgentTurn turn = turns.get(i);
            if (expected.get(i).heard() == Heard.WHOLE) {
                assertThat(turn.getHeardText()).as("heard").isEqualTo(turn.getText());
                assertThat(turn.getInterrupted())
                        .as("interrupted: %s", turn.getText())
                        .isFalse();
            } else {
                assertThat(turn.getInterrupted())
                        .as("interrupted: %s", turn.getText())
                        .isTrue();
                assertThat(turn.getText()).startsWith(turn.getHeardText()).isNotEqualTo(turn.getHeardText());
            }
        }
    }

    // The caller.

    private void callerSpeaks(Caller caller) {
        waitFor(caller.into(), caller.after());
        Speech speech = Speech.of(caller.parts());
        long began = gateway.nowMs();
        spoken.addAll(speech.at(began));
        gateway.say(speech.audio());
        judgeSilence(caller.into(), began);
        until("said", speech.millis() + 100, gateway::saidAll);
        callerEnded = gateway.nowMs();
    }

    private void callerPresses(Keys keys) {
        waitFor(keys.into(), keys.after());
        long began = gateway.nowMs();
        for (int i = 0; i < keys.keys().length(); i++) {
            if (i > 0) {
                bench.time.advance(KEY_EVERY_MS);
            }
            gateway.send(ConverseRequest.newBuilder()
                    .setDtmf(Dtmf.newBuilder().setDigit(keys.keys().substring(i, i + 1)))
                    .build());
            if (i == 0) {
                judgeSilence(keys.into(), began);
            }
        }
        callerEnded = gateway.nowMs();
    }

    private void waitFor(@Nullable Integer into, int after) {
        if (into == null) {
            agentIsHeard();
            bench.time.advance(after);
        } else {
            bench.time.advance(Math.max(0, agentBegan + into - gateway.nowMs()));
        }
    }

    /** An agent that is to be interrupted falls silent in time. */
    private void judgeSilence(@Nullable Integer into, long began) {
        Integer silent = expected.isEmpty() ? null : expected.getLast().silentWithin();
        if (into != null && silent != null && interruptedAt < 0) {
            interruptedAt = began;
            until("the agent is silent", silent, () -> !gateway.hearsAgent());
        }
    }

    private void quiet(int lasts) {
        agentIsHeard();
        int turns = gateway.agentTurns().size();
        int before = begun();
        bench.time.advance(lasts);
        assertThat(begun()).as("what the agent says while it should be quiet").isEqualTo(before);
        assertThat(gateway.agentTurns()).hasSize(turns);
    }

    private void ends(Ends ends) {
        until("the call ends", ends.within(), () -> gateway.summary() != null || transferred(ends));
        if (gateway.summary() != null) {
            assertThat(spelled(gateway.summary().getCause())).isEqualTo(ends.cause());
        }
    }

    /** A transfer is carried out by the carrier; the agent's part is to ask for it once its words are heard. */
    private boolean transferred(Ends ends) {
        return ends.cause().equals("Transferred")
                && !gateway.all(MessageCase.TRANSFER).isEmpty();
    }

    private static String spelled(Cause cause) {
        StringBuilder spelled = new StringBuilder();
        for (String word : cause.name().substring("CAUSE_".length()).split("_")) {
            spelled.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return spelled.toString();
    }

    private void until(String what, long mostMillis, java.util.function.BooleanSupplier so) {
        bench.until(what, mostMillis, so);
    }

    @Override
    public void close() {
        bench.close();
    }
}
