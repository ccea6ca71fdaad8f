package dev.dialplane.agent.call;

import dev.dialplane.agent.dialogue.Consent;
import dev.dialplane.agent.dialogue.Consent.State;
import dev.dialplane.agent.dialogue.Dialogue;
import dev.dialplane.agent.dialogue.Said;
import dev.dialplane.contracts.agent.v1.ConsentBy;
import dev.dialplane.contracts.agent.v1.ConsentVerdict;
import dev.dialplane.contracts.agent.v1.ConverseResponse;
import dev.dialplane.contracts.agent.v1.RecordingControl;
import dev.dialplane.contracts.inference.v1.PhraseKind;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether the call is recorded: the caller is asked, and agrees in words or by a key, or it is not; while something is asked
 * for that must not be kept, the recording pauses. The gateway is told of every change.
 */
final class Consenting {
    private final CallContext call;
    private final Dialogue dialogue;
    private final Signals signals;
    private @Nullable RecordingControl told;

    Consenting(CallContext call, Dialogue dialogue, Signals signals) {
        this.call = call;
        this.dialogue = dialogue;
        this.signals = signals;
    }

    /** Whether the caller is to be asked: not where nothing would be kept, and not twice. */
    boolean wanted() {
        return call.spec().hasRecording()
                && call.offer().getRecords()
                && dialogue.consent().state() == State.NOT_ASKED;
    }

    /** The question was heard to its end. */
    void asked(long mediaMs) {
        dialogue.consent(dialogue.consent().asked(call.loop().wallMillis(), mediaMs));
    }

    /** A turn of the caller's was committed. */
    void answered(CallerTurn turn) {
        dialogue.consent(dialogue.consent().answered(said(turn), call.loop().wallMillis(), dialogue.callerTurns()));
        tell();
    }

    private Said said(CallerTurn turn) {
        Listening listening = signals.listening();
        long keyedMs = turn.keys().isEmpty() ? 0 : listening.mediaMs(turn.keyedSample());
        return new Said(turn.words(), listening.mediaMs(turn.start()), turn.keys(), keyedMs);
    }

    /** The agent asked something else, as no answer came. */
    void lapsed() {
        dialogue.consent(dialogue.consent().lapsed(call.loop().wallMillis()));
        tell();
    }

    /** What is said to a turn that only answers the question; empty where a model is to reply. */
    Optional<String> reply(CallerTurn turn) {
        PhraseKind phrase = switch (dialogue.consent().only(said(turn), dialogue.callerTurns() + 1)) {
            case AGREED -> PhraseKind.PHRASE_KIND_CONSENT_AGREED;
            case DECLINED -> PhraseKind.PHRASE_KIND_CONSENT_DECLINED;
            case UNCLEAR -> PhraseKind.PHRASE_KIND_UNSPECIFIED;
        };
        return Optional.of(call.prepared().phrases().text(phrase)).filter(words -> !words.isEmpty());
    }

    /** Another gateway listens, or this agent goes on where another was: it is told all of it. */
    void tellAnew() {
        told = null;
        tell();
    }

    /** Tells the gateway what has changed. */
    void tell() {
        Consent consent = dialogue.consent();
        ConsentVerdict verdict = switch (consent.state()) {
            case NOT_ASKED, ASKED -> ConsentVerdict.CONSENT_VERDICT_UNSPECIFIED;
            case AGREED -> ConsentVerdict.CONSENT_VERDICT_AGREED;
            case DECLINED -> ConsentVerdict.CONSENT_VERDICT_DECLINED;
            case UNCLEAR -> ConsentVerdict.CONSENT_VERDICT_UNCLEAR;
        };
        if (verdict == ConsentVerdict.CONSENT_VERDICT_UNSPECIFIED) {
            return;
        }
        ConsentBy by = switch (consent.by()) {
            case NOTHING -> ConsentBy.CONSENT_BY_UNSPECIFIED;
            case WORDS -> ConsentBy.CONSENT_BY_WORDS;
            case KEYS -> ConsentBy.CONSENT_BY_KEY;
        };
        RecordingControl control = RecordingControl.newBuilder()
                .setOn(consent.state() == State.AGREED && !dialogue.sensitive())
                .setConsent(dev.dialplane.contracts.agent.v1.Consent.newBuilder()
                        .setVerdict(verdict)
                        .setAskedUnixMs(consent.askedAt())
                        .setAnsweredUnixMs(consent.answeredAt())
                        .setBy(by))
                .build();
        if (!control.equals(told)) {
            told = control;
            call.line()
                    .send(ConverseResponse.newBuilder()
                            .setRecordingControl(control)
                            .build());
        }
    }
}
