package dev.dialplane.gateway.call;

import com.google.protobuf.UnsafeByteOperations;
import dev.dialplane.contracts.agent.v1.AudioIn;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse;
import dev.dialplane.contracts.agent.v1.HangUpRequest;
import dev.dialplane.contracts.agent.v1.Open;
import dev.dialplane.contracts.agent.v1.Played;
import dev.dialplane.contracts.agent.v1.PlayedKind;
import dev.dialplane.contracts.agent.v1.SummaryTaken;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.gateway.binding.BindOutcome;
import dev.dialplane.gateway.playout.Heard;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One call's stream to its agent. Sends from the call's home thread, and hands what comes to it there.
 *
 * <p>What the agent does not read waits in the stream: at most as many frames as come before it is given up for silent.
 */
final class AgentLine implements ClientResponseObserver<ConverseRequest, ConverseResponse>, Standby.Listener {
    /** What the call hears of its agent, on its home thread. */
    interface Ear {
        void agentSaid(AgentLine line, ConverseResponse message);

        void agentLeft(AgentLine line, Status status);
    }

    private final EventLoop home;
    private final Ear ear;
    private final BindOutcome.Bound bound;
    private final long generations;
    private @Nullable ClientCallStreamObserver<ConverseRequest> out;
    private long seq;
    private boolean halfClosed;
    private boolean over;

    /**
     * A line that is not open yet.
     *
     * @param generations how many generations of speech the call had before: an agent counts its own from the beginning
     */
    AgentLine(EventLoop home, Ear ear, BindOutcome.Bound bound, long generations) {
        this.home = home;
        this.ear = ear;
        this.bound = bound;
        this.generations = generations;
    }

    /** One of this agent's generations, as the call counts them. */
    long inCall(long generation) {
        return generations + generation;
    }

    BindOutcome.Bound bound() {
        return bound;
    }

    void open() {
        var unused = bound.stub().converse(this);
        send(ConverseRequest.newBuilder()
                .setOpen(Open.newBuilder().setFence(bound.fence()).setPodUid(bound.podUid()))
                .build());
    }

    @Override
    public void audio(long mediaTime, byte[] payload, boolean concealed) {
        send(ConverseRequest.newBuilder()
                .setAudio(AudioIn.newBuilder()
                        .setSeq(seq++)
                        .setMediaTimeMs(mediaTime)
                        .setPayload(UnsafeByteOperations.unsafeWrap(payload))
                        .setConcealed(concealed))
                .build());
    }

    /** What was heard of a generation, as the call counts them; what another agent has said is nothing to this one. */
    void played(long generation, long sample, Heard heard, long mediaTime) {
        if (generation <= generations) {
            return;
        }
        send(ConverseRequest.newBuilder()
                .setPlayed(Played.newBuilder()
                        .setGeneration(generation - generations)
                        .setSample(sample)
                        .setKind(
                                switch (heard) {
                                    case PLAYED -> PlayedKind.PLAYED_KIND_PLAYED;
                                    case ESTIMATED -> PlayedKind.PLAYED_KIND_ESTIMATED;
                                    case CLEARED -> PlayedKind.PLAYED_KIND_CLEARED;
                                })
                        .setMediaTimeMs(mediaTime))
                .build());
    }

    void hangUp(Cause cause, boolean polite) {
        send(ConverseRequest.newBuilder()
                .setHangUp(HangUpRequest.newBuilder().setCause(cause).setPolite(polite))
                .build());
    }

    void summaryTaken() {
        send(ConverseRequest.newBuilder()
                .setSummaryTaken(SummaryTaken.getDefaultInstance())
                .build());
        if (out != null && !over && !halfClosed) {
            halfClosed = true;
            out.onCompleted();
        }
    }

    @Override
    public void send(ConverseRequest message) {
        if (out != null && !over && !halfClosed) {
            out.onNext(message);
        }
    }

    void cancel(String why) {
        if (out != null && !over) {
            halfClosed = true;
            out.cancel(why, null);
        }
    }

    boolean over() {
        return over;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ConverseRequest> requests) {
        out = requests;
    }

    @Override
    public void onNext(ConverseResponse message) {
        if (home.inEventLoop()) {
            ear.agentSaid(this, message);
        } else {
            atHome(() -> ear.agentSaid(this, message));
        }
    }

    @Override
    public void onError(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        atHome(() -> {
            over = true;
            ear.agentLeft(this, status);
        });
    }

    @Override
    public void onCompleted() {
        atHome(() -> {
            over = true;
            ear.agentLeft(this, Status.OK);
        });
    }

    private void atHome(Runnable task) {
        try {
            home.execute(task);
        } catch (RejectedExecutionException e) {
            // The process stops; nobody is left to tell.
            over = true;
        }
    }
}
