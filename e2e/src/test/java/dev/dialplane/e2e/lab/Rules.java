package dev.dialplane.e2e.lab;

import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.InterruptionMode;
import dev.dialplane.contracts.common.v1.TransferTarget;
import dev.dialplane.crds.DurationText;
import dev.dialplane.local.scenario.Scenario;
import java.util.Map;

/** A scenario's pool as agents are given it: the sample's, with what the scenario changes. */
final class Rules {
    private Rules() {}

    static AgentSpec.Builder of(Map<String, Object> pool) {
        AgentSpec.Builder spec = TestBench.spec().setGreeting(Scenario.GREETING);
        spec.addTransferTargets(TransferTarget.newBuilder().setName("desk").setTo("+918000000009"));
        pool.forEach((key, value) -> {
            switch (key) {
                case "greeting" -> spec.setGreeting(value.toString());
                case "language" -> spec.setLanguage(value.toString());
                case "turnTaking" -> map(value).forEach((part, of) -> turnTaking(spec, part, map(of)));
                case "slowModel" -> map(value).forEach((part, of) -> slowModel(spec, part, millis(of)));
                default -> throw new IllegalArgumentException("pool." + key);
            }
        });
        return spec;
    }

    private static void turnTaking(AgentSpec.Builder spec, String part, Map<String, Object> of) {
        var turns = spec.getTurnTakingBuilder();
        var interruption = turns.getInterruptionBuilder();
        of.forEach((key, value) -> {
            switch (part + "." + key) {
                case "silence.min" -> turns.setSilenceMinMs(millis(value));
                case "silence.max" -> turns.setSilenceMaxMs(millis(value));
                case "callerIdle.prompt" -> turns.setIdlePromptMs(millis(value));
                case "callerIdle.hangUp" -> turns.setIdleHangUpMs(millis(value));
                case "interruption.mode" -> interruption.setMode(mode(value.toString()));
                case "interruption.minSpeech" -> interruption.setMinSpeechMs(millis(value));
                case "interruption.minWords" -> interruption.setMinWords(((Number) value).intValue());
                case "interruption.decideWithin" -> interruption.setDecideWithinMs(millis(value));
                case "interruption.resumeAfter" -> interruption.setResumeAfterMs(millis(value));
                default -> throw new IllegalArgumentException("pool.turnTaking." + part + "." + key);
            }
        });
    }

    private static InterruptionMode mode(String name) {
        return switch (name) {
            case "PauseThenDecide" -> InterruptionMode.INTERRUPTION_MODE_PAUSE_THEN_DECIDE;
            case "Immediate" -> InterruptionMode.INTERRUPTION_MODE_IMMEDIATE;
            case "Never" -> InterruptionMode.INTERRUPTION_MODE_NEVER;
            default -> throw new IllegalArgumentException("interruption.mode " + name);
        };
    }

    private static void slowModel(AgentSpec.Builder spec, String key, int millis) {
        var slow = spec.getSlowModelBuilder();
        switch (key) {
            case "comfortNoise" -> slow.setComfortNoiseMs(millis);
            case "holdPhrase" -> slow.setHoldPhraseMs(millis);
            case "fallback" -> slow.setFallbackMs(millis);
            case "giveUp" -> slow.setGiveUpMs(millis);
            default -> throw new IllegalArgumentException("pool.slowModel." + key);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    private static int millis(Object value) {
        return (int) DurationText.parse(value.toString()).toMillis();
    }
}
