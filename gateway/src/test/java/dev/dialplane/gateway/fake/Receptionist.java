package dev.dialplane.gateway.fake;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.agent.v1.AgentSpeechStarted;
import dev.dialplane.contracts.agent.v1.AgentTurn;
import dev.dialplane.contracts.agent.v1.AudioKind;
import dev.dialplane.contracts.agent.v1.AudioOut;
import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.agent.v1.CallerTurn;
import dev.dialplane.contracts.agent.v1.Checkpoint;
import dev.dialplane.contracts.agent.v1.Clear;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse;
import dev.dialplane.contracts.agent.v1.HangUp;
import dev.dialplane.contracts.agent.v1.StandbyClips;
import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.contracts.common.v1.Cause;

/**
 * Greets for 400 ms, answers every loud stretch of the caller's that 200 ms of quiet ends with 600 ms of its own, stops
 * when it is spoken over, and hangs up on {@code #}. Sends at most 300 ms ahead of what it hears was played.
 */
public final class Receptionist implements FakeAgent.Talk {
    /** µ-law values of the greeting, the answers and the apology. */
    public static final int GREETING = 0x10;

    public static final int ANSWER = 0x20;
    public static final int APOLOGY = 0x30;
    /** And of what it says when it goes on where another agent was, and of the tone before it does. */
    public static final int BACK = 0x40;

    public static final int TONE = 0x50;

    private static final int FRAME = 160;
    private static final int LEAD = 2_400;

    private long generation = 1;
    private long written;
    private long played;
    private int toSay;
    private int saying;
    private int loudFrames;
    private int quietFrames;
    private long loudUntil;
    private int turns;
    private int interruptions;
    private boolean leaving;

    @Override
    public void opened(FakeAgent.Conversation call) {
        call.send(ConverseResponse.newBuilder()
                .setStandbyClips(StandbyClips.newBuilder()
                        .setApology(FakeAgent.tone(2_400, APOLOGY))
                        .setHoldTone(FakeAgent.tone(8_000, TONE)))
                .build());
        if (call.left().isEmpty()) {
            say(call, GREETING, 3_200, 0);
        } else {
            turns = Integer.parseInt(call.left());
            say(call, BACK, 3_200, 0);
        }
    }

    private void say(FakeAgent.Conversation call, int value, int samples, int turn) {
        saying = value;
        toSay = samples;
        call.send(ConverseResponse.newBuilder()
                .setTurnEvent(TurnEvent.newBuilder()
                        .setAgentSpeechStarted(AgentSpeechStarted.newBuilder()
                                .setAnswersTurn(turn)
                                .setGeneration(generation)))
                .build());
        pump(call);
    }

    private void pump(FakeAgent.Conversation call) {
        while (toSay > 0 && written - played < LEAD) {
            int n = Math.min(FRAME, toSay);
            toSay -= n;
            ByteString payload = FakeAgent.tone(n, saying);
            call.send(ConverseResponse.newBuilder()
                    .setAudio(AudioOut.newBuilder()
                            .setGeneration(generation)
                            .setFirstSample(written)
                            .setPayload(payload)
                            .setKind(AudioKind.AUDIO_KIND_SPEECH)
                            .setEndOfRun(toSay == 0))
                    .build());
            written += n;
        }
    }

    @Override
    public void heard(FakeAgent.Conversation call, ConverseRequest message) {
        switch (message.getMessageCase()) {
            case AUDIO -> {
                boolean loud = message.getAudio().getPayload().byteAt(0) == 0;
                long end = message.getAudio().getMediaTimeMs() + 20;
                if (loud) {
                    loudFrames++;
                    quietFrames = 0;
                    loudUntil = end;
                    if (loudFrames == 3 && (toSay > 0 || played < written)) {
                        interrupt(call);
                    }
                } else if (loudFrames > 0 && ++quietFrames == 10) {
                    loudFrames = 0;
                    turn(call);
                }
            }
            case PLAYED -> {
                if (message.getPlayed().getGeneration() == generation) {
                    played = Math.max(played, message.getPlayed().getSample());
                    pump(call);
                }
            }
            case DTMF -> {
                if (message.getDtmf().getDigit().equals("#")) {
                    leaving = true;
                    call.send(ConverseResponse.newBuilder()
                            .setHangUp(HangUp.newBuilder()
                                    .setCause(Cause.CAUSE_AGENT_HUNG_UP)
                                    .setGeneration(generation)
                                    .setAfterSample(written)
                                    .setMaxWaitMs(3_000))
                            .build());
                }
            }
            case HANG_UP -> {
                if (message.getHangUp().getPolite() && !leaving) {
                    leaving = true;
                    toSay = 0;
                    say(call, ANSWER, 1_600, 0);
                    call.send(ConverseResponse.newBuilder()
                            .setHangUp(HangUp.newBuilder()
                                    .setCause(message.getHangUp().getCause())
                                    .setGeneration(generation)
                                    .setAfterSample(written)
                                    .setMaxWaitMs(3_000))
                            .build());
                } else {
                    call.summarize(CallSummary.newBuilder()
                            .setCause(message.getHangUp().getCause())
                            .setTurns(turns)
                            .setInterruptions(interruptions));
                }
            }
            default -> {}
        }
    }

    private void interrupt(FakeAgent.Conversation call) {
        interruptions++;
        call.send(ConverseResponse.newBuilder()
                .setClear(Clear.newBuilder().setGeneration(generation))
                .build());
        generation++;
        written = 0;
        played = 0;
        toSay = 0;
    }

    private void turn(FakeAgent.Conversation call) {
        turns++;
        call.send(ConverseResponse.newBuilder()
                .setTurnEvent(TurnEvent.newBuilder()
                        .setCallerTurn(CallerTurn.newBuilder()
                                .setIndex(turns)
                                .setText("turn " + turns)
                                .setStartMs(0)
                                .setEndMs(loudUntil)))
                .build());
        call.send(ConverseResponse.newBuilder()
                .setCheckpoint(Checkpoint.newBuilder()
                        .setVersion(1)
                        .setState(ByteString.copyFromUtf8(String.valueOf(turns)))
                        .setMediaTimeMs(loudUntil))
                .build());
        say(call, ANSWER, 4_800, turns);
        call.send(ConverseResponse.newBuilder()
                .setTurnEvent(TurnEvent.newBuilder()
                        .setAgentTurn(
                                AgentTurn.newBuilder().setAnswersTurn(turns).setText("answer " + turns)))
                .build());
    }
}
