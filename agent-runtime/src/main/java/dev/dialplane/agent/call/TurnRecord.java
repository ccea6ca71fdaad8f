package dev.dialplane.agent.call;

import dev.dialplane.agent.dialogue.Dialogue;
import dev.dialplane.agent.speaking.Speech;
import dev.dialplane.contracts.agent.v1.AgentSpeechStarted;
import dev.dialplane.contracts.agent.v1.AgentTurn;
import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.contracts.common.v1.ResponseTime;

/** Writes down what was said: turns into the dialogue, events to the gateway, figures into the tally. */
final class TurnRecord {
    /** In place of words that must not be kept. */
    static final String WITHHELD = "•••";

    private final CallContext call;
    private final Pipeline pipeline;
    private final Dialogue dialogue;
    private final Signals signals;
    private final Consenting consenting;

    TurnRecord(CallContext call, Pipeline pipeline, Dialogue dialogue, Signals signals, Consenting consenting) {
        this.call = call;
        this.pipeline = pipeline;
        this.dialogue = dialogue;
        this.signals = signals;
        this.consenting = consenting;
    }

    /** The caller's turn is committed; returns its number, from 1. */
    int caller(CallerTurn turn) {
        Listening listening = signals.listening();
        int number = dialogue.callerSaid(turn.said());
        call.line()
                .event(TurnEvent.newBuilder()
                        .setCallerTurn(dev.dialplane.contracts.agent.v1.CallerTurn.newBuilder()
                                .setIndex(number)
                                .setText(dialogue.sensitive() ? WITHHELD : turn.text())
                                .setStartMs(listening.mediaMs(turn.start()))
                                .setEndMs(listening.mediaMs(turn.end()))));
        consenting.answered(turn);
        return number;
    }

    /** What the model's provider wants back, now that the turn that it belongs to is committed. */
    void providerState(Answer committed) {
        dialogue.providerState(
                committed.providerState(), Replies.expected(committed.expecting()), committed.sensitive());
        consenting.tell();
    }

    /** The first sample of the answer to a turn leaves now. */
    ResponseTime response(Answer answer, CallerTurn turn) {
        ResponseTime response = new CriticalPath(
                        signals.listening().nanosAt(turn.end()),
                        turn.decidedAt(),
                        turn.transcribedAt(),
                        answer.firstClauseAt(),
                        answer.firstAudioAt(),
                        call.loop().nanos())
                .toProto();
        call.tally().responded(response);
        return response;
    }

    /** The agent has begun to say something, in a generation. */
    void agentBegan(Saying saying, long generation) {
        AgentSpeechStarted.Builder started = AgentSpeechStarted.newBuilder()
                .setAnswersTurn(saying.answersTurn())
                .setGeneration(generation);
        ResponseTime response = saying.response();
        if (response != null) {
            started.setResponse(response);
        }
        call.line().event(TurnEvent.newBuilder().setAgentSpeechStarted(started));
    }

    /** The agent has said something to its end, or was {@code cut}: what the caller heard of it is its turn. */
    void agent(Saying saying, boolean cut) {
        Speech.Parted parted = saying.speech().parted();
        boolean interrupted = cut && !parted.notHeard().isEmpty();
        boolean withheld = saying.answer() != null && saying.answer().sensitive();
        AgentTurn.Builder event = AgentTurn.newBuilder()
                .setAnswersTurn(saying.answersTurn())
                .setText(withheld ? WITHHELD : saying.speech().text())
                .setHeardText(withheld ? WITHHELD : parted.heard())
                .setStartMs(saying.startMs())
                .setEndMs(signals.mediaMs())
                .setInterrupted(interrupted)
                .setServedBy(saying.answer() == null ? "" : saying.answer().servedBy());
        ResponseTime response = saying.response();
        if (response != null) {
            event.setResponse(response);
        }
        call.tally().said((double) saying.speech().heard() / call.codecOut().rate());
        call.line().event(TurnEvent.newBuilder().setAgentTurn(event));
        dialogue.agentSaid(parted.heard(), interrupted ? parted.notHeard() : "");
        pipeline.said(saying, interrupted);
    }
}
