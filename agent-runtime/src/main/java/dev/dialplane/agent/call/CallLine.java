package dev.dialplane.agent.call;

import com.google.protobuf.UnsafeByteOperations;
import dev.dialplane.agent.loop.Loop;
import dev.dialplane.agent.speaking.Mouth;
import dev.dialplane.contracts.agent.v1.AudioKind;
import dev.dialplane.contracts.agent.v1.AudioOut;
import dev.dialplane.contracts.agent.v1.Clear;
import dev.dialplane.contracts.agent.v1.ConverseResponse;
import dev.dialplane.contracts.agent.v1.Heartbeat;
import dev.dialplane.contracts.agent.v1.Pause;
import dev.dialplane.contracts.agent.v1.Resume;
import dev.dialplane.contracts.agent.v1.SendDtmf;
import dev.dialplane.contracts.agent.v1.TurnEvent;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What goes to the gateway, over the stream that is attached at the time. Without one, everything is dropped but what
 * {@link Call} sends again itself: its state and its summary.
 */
final class CallLine implements Mouth.Line {
    /** Two beats fit into what the contract allows between two signs of life (200 ms). */
    private static final long HEARTBEAT_NANOS = 90_000_000;

    private final Loop loop;
    private final LongSupplier mediaTime;
    private @Nullable ServerCallStreamObserver<ConverseResponse> stream;
    private Loop.@Nullable Timer heartbeat;
    private boolean quiet;

    CallLine(Loop loop, LongSupplier mediaTime) {
        this.loop = loop;
        this.mediaTime = mediaTime;
    }

    /** Sends over this stream from now on. */
    void attach(ServerCallStreamObserver<ConverseResponse> to) {
        stream = to;
        beat();
    }

    /** Sends nowhere. */
    void detach() {
        stream = null;
        if (heartbeat != null) {
            heartbeat.cancel();
            heartbeat = null;
        }
    }

    /** Whether it waits for a stream. */
    boolean detached() {
        return stream == null;
    }

    boolean attachedTo(ServerCallStreamObserver<ConverseResponse> other) {
        return stream == other;
    }

    void send(ConverseResponse message) {
        if (stream != null) {
            quiet = false;
            stream.onNext(message);
        }
    }

    void event(TurnEvent.Builder event) {
        send(ConverseResponse.newBuilder()
                .setTurnEvent(event.setMediaTimeMs(mediaTime.getAsLong()))
                .build());
    }

    @Override
    public void audio(
            long generation, long firstSample, byte[] audio, int offset, int length, AudioKind kind, boolean endOfRun) {
        // Copied once: the array may move when the speech grows.
        byte[] payload = Arrays.copyOfRange(audio, offset, offset + length);
        send(ConverseResponse.newBuilder()
                .setAudio(AudioOut.newBuilder()
                        .setGeneration(generation)
                        .setFirstSample(firstSample)
                        .setPayload(UnsafeByteOperations.unsafeWrap(payload))
                        .setKind(kind)
                        .setEndOfRun(endOfRun))
                .build());
    }

    @Override
    public void digits(long generation, long firstSample, String digits) {
        send(ConverseResponse.newBuilder()
                .setSendDtmf(SendDtmf.newBuilder()
                        .setGeneration(generation)
                        .setFirstSample(firstSample)
                        .setDigits(digits))
                .build());
    }

    @Override
    public void clear(long generation) {
        send(ConverseResponse.newBuilder()
                .setClear(Clear.newBuilder().setGeneration(generation))
                .build());
    }

    @Override
    public void pause(long generation) {
        send(ConverseResponse.newBuilder()
                .setPause(Pause.newBuilder().setGeneration(generation))
                .build());
    }

    @Override
    public void resume(long generation) {
        send(ConverseResponse.newBuilder()
                .setResume(Resume.newBuilder().setGeneration(generation))
                .build());
    }

    @Override
    public boolean ready() {
        return stream != null && stream.isReady();
    }

    private void beat() {
        if (heartbeat != null) {
            heartbeat.cancel();
        }
        if (quiet && ready()) {
            send(ConverseResponse.newBuilder()
                    .setHeartbeat(Heartbeat.newBuilder().setMediaTimeMs(mediaTime.getAsLong()))
                    .build());
        }
        quiet = true;
        heartbeat = loop.after(HEARTBEAT_NANOS, this::beat);
    }
}
