package dev.dialplane.agent.call;

import dev.dialplane.agent.inference.Models;
import dev.dialplane.agent.loop.Loop;
import dev.dialplane.agent.offer.CallFence;
import dev.dialplane.agent.speaking.CarrierCodec;
import dev.dialplane.agent.turn.Interruption;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.ModelRef;

/** What every part of one call needs to know. */
final class CallContext {
    private final Loop loop;
    private final Models models;
    private final Prepared prepared;
    private final CallLine line;
    private final Tally tally = new Tally();
    private final CarrierCodec codecIn;
    private final CarrierCodec codecOut;
    private OfferRequest offer;

    CallContext(Loop loop, Models models, Prepared prepared, OfferRequest offer, CallLine line) {
        this.loop = loop;
        this.models = models;
        this.prepared = prepared;
        this.offer = offer;
        this.line = line;
        codecIn = CarrierCodec.of(offer.getFormatIn());
        codecOut = CarrierCodec.of(offer.getFormatOut());
    }

    /** The same call under a higher attempt: another fence, another token. The audio's formats stay. */
    void overtaken(OfferRequest higher) {
        offer = higher;
    }

    Loop loop() {
        return loop;
    }

    Models models() {
        return models;
    }

    Prepared prepared() {
        return prepared;
    }

    OfferRequest offer() {
        return offer;
    }

    CallLine line() {
        return line;
    }

    Tally tally() {
        return tally;
    }

    AgentSpec spec() {
        return prepared.spec();
    }

    CallFence fence() {
        return CallFence.of(offer.getFence());
    }

    /** The model that speaks given texts. */
    ModelRef voice() {
        return spec().getPipeline().hasSpeechToSpeech()
                ? spec().getPipeline().getSpeechToSpeech()
                : spec().getPipeline().getTextToSpeech();
    }

    /** Shown to inference. */
    String token() {
        return offer.getCallToken();
    }

    CarrierCodec codecIn() {
        return codecIn;
    }

    CarrierCodec codecOut() {
        return codecOut;
    }

    /** The pool's rules for interruptions. */
    Interruption.Rules interruptionRules() {
        var rules = spec().getTurnTaking().getInterruption();
        Interruption.Mode mode = switch (rules.getMode()) {
            case INTERRUPTION_MODE_IMMEDIATE -> Interruption.Mode.IMMEDIATE;
            case INTERRUPTION_MODE_NEVER -> Interruption.Mode.NEVER;
            case INTERRUPTION_MODE_PAUSE_THEN_DECIDE, INTERRUPTION_MODE_UNSPECIFIED, UNRECOGNIZED ->
                Interruption.Mode.PAUSE_THEN_DECIDE;
        };
        return new Interruption.Rules(
                mode, rules.getMinSpeechMs(), rules.getMinWords(), rules.getDecideWithinMs(), rules.getResumeAfterMs());
    }
}
