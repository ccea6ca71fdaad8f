package dev.dialplane.agent.rehearsal;

import com.google.protobuf.ByteString;
import dev.dialplane.agent.loop.Loop;
import dev.dialplane.contracts.agent.v1.AgentGrpc;
import dev.dialplane.contracts.agent.v1.AudioIn;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.Open;
import dev.dialplane.contracts.agent.v1.Played;
import dev.dialplane.contracts.agent.v1.PlayedKind;
import dev.dialplane.contracts.agent.v1.SummaryTaken;
import io.grpc.stub.StreamObserver;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A caller who listens to the greeting, says one thing, interrupts the first reply, and listens until the agent hangs up;
 * and the gateway between. Only as exact as a rehearsal needs. Lives on one loop.
 */
final class ScriptedCaller implements StreamObserver<ConverseResponse> {
    private static final int FRAME = 160;
    private static final long FRAME_NANOS = 20_000_000;
    private static final int SPEAK_AGAIN_FRAMES = 25;

    private final Loop loop;
    private final byte[] speech;
    private final Consumer<@Nullable Throwable> over;
    private final StreamObserver<ConverseRequest> requests;
    private int spoken;
    private int framesOfReply = -1;
    private long frames;
    private long generation;
    private long queued;
    private long played;
    private boolean done;

    ScriptedCaller(
            Loop loop,
            AgentGrpc.AgentStub agent,
            OfferRequest offer,
            byte[] speech,
            Consumer<@Nullable Throwable> over) {
        this.loop = loop;
        this.speech = speech;
        this.over = over;
        spoken = speech.length;
        requests = agent.converse(this);
        requests.onNext(ConverseRequest.newBuilder()
                .setOpen(Open.newBuilder().setFence(offer.getFence()).setPodUid(offer.getPodUid()))
                .build());
        tick(loop.nanos());
    }

    private void tick(long due) {
        if (done) {
            return;
        }
        byte[] frame = new byte[FRAME];
        Arrays.fill(frame, (byte) 0xFF);
        int count = Math.min(FRAME, speech.length - spoken);
        System.arraycopy(speech, spoken, frame, 0, count);
        spoken += count;
        requests.onNext(ConverseRequest.newBuilder()
                .setAudio(AudioIn.newBuilder()
                        .setSeq(frames)
                        .setMediaTimeMs(frames * 20)
                        .setPayload(ByteString.copyFrom(frame)))
                .build());
        frames++;
        if (played < queued) {
            played = Math.min(queued, played + FRAME);
            report(PlayedKind.PLAYED_KIND_ESTIMATED);
        }
        if (framesOfReply >= 0 && framesOfReply++ == SPEAK_AGAIN_FRAMES) {
            spoken = 0;
        }
        loop.after(due + FRAME_NANOS - loop.nanos(), () -> tick(due + FRAME_NANOS));
    }

    private void report(PlayedKind kind) {
        requests.onNext(ConverseRequest.newBuilder()
                .setPlayed(Played.newBuilder()
                        .setGeneration(generation)
                        .setSample(played)
                        .setKind(kind)
                        .setMediaTimeMs(frames * 20))
                .build());
    }

    @Override
    public void onNext(ConverseResponse message) {
        switch (message.getMessageCase()) {
            case AUDIO -> {
                generation = message.getAudio().getGeneration();
                queued = message.getAudio().getFirstSample()
                        + message.getAudio().getPayload().size();
            }
            case CLEAR -> {
                report(PlayedKind.PLAYED_KIND_CLEARED);
                queued = 0;
                played = 0;
            }
            case TURN_EVENT -> {
                if (message.getTurnEvent().hasAgentTurn() && framesOfReply < 0 && spoken == speech.length) {
                    spoken = 0;
                } else if (message.getTurnEvent().hasCallerTurn() && framesOfReply < 0) {
                    framesOfReply = 0;
                }
            }
            case SUMMARY -> {
                requests.onNext(ConverseRequest.newBuilder()
                        .setSummaryTaken(SummaryTaken.getDefaultInstance())
                        .build());
                requests.onCompleted();
                done = true;
            }
            default -> {}
        }
    }

    @Override
    public void onError(Throwable cause) {
        done = true;
        over.accept(cause);
    }

    @Override
    public void onCompleted() {
        done = true;
        over.accept(null);
    }
}
