package dev.dialplane.e2e.lab;

import com.google.protobuf.UnsafeByteOperations;
import dev.dialplane.agent.loop.Loop;
import dev.dialplane.audio.G711;
import dev.dialplane.contracts.agent.v1.AgentGrpc;
import dev.dialplane.contracts.agent.v1.AudioIn;
import dev.dialplane.contracts.agent.v1.AudioOut;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse;
import dev.dialplane.contracts.agent.v1.HangUpRequest;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.Open;
import dev.dialplane.contracts.agent.v1.Played;
import dev.dialplane.contracts.agent.v1.PlayedKind;
import dev.dialplane.contracts.agent.v1.SummaryTaken;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.gateway.ingress.Ingress;
import dev.dialplane.gateway.ingress.IngressPort;
import dev.dialplane.gateway.ingress.SampleDecoder;
import dev.dialplane.gateway.playout.Heard;
import dev.dialplane.gateway.playout.LineNoise;
import dev.dialplane.gateway.playout.Playout;
import dev.dialplane.gateway.playout.PlayoutPort;
import dev.dialplane.gateway.playout.PlayoutShape;
import dev.dialplane.gateway.playout.SoundKind;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A gateway's media path to an agent and back, in virtual time, over a line that loses, delays and reorders the caller's
 * frames, of a carrier with another clock. Ingress and playout are the product's; the carrier plays what it gets, and echoes
 * marks.
 */
final class BadLine implements ClientResponseObserver<ConverseRequest, ConverseResponse>, IngressPort, PlayoutPort {
    private static final int FRAME = 160;
    private static final long TICK_NANOS = 5_000_000;
    private static final long WAY_NANOS = 30_000_000;
    private static final long JITTER_NANOS = 15_000_000;
    private static final long LATEST_NANOS = 60_000_000;
    /** As a gateway's towards Twilio. */
    private static final PlayoutShape SHAPE = new PlayoutShape(8_000, 1, 20, 100, 20, 2_000, 100, true, true, 32);

    private record Coming(long nanos, int number, byte[] payload) {}

    private record Mark(long after, long generation, long sample) {}

    private final Loop loop;
    private final OfferRequest offer;
    private final double drift;
    private final long start;
    private final SplittableRandom random;
    private final Ingress ingress = new Ingress(8_000, 1, new SampleDecoder(8_000, G711.MU_LAW), this);
    private final Playout playout = new Playout(SHAPE, new LineNoise(8_000, G711.MU_LAW, 1), this);
    private final PriorityQueue<Coming> coming = new PriorityQueue<>(Comparator.comparingLong(Coming::nanos));
    private final Deque<Mark> marks = new ArrayDeque<>();
    private @Nullable ClientCallStreamObserver<ConverseRequest> requests;
    private boolean open;
    private byte[] speech = {};
    private int spoken;
    private int frames;
    private long sequence;
    private double carrier;
    private long accepted;
    private int queued;

    /** What is to be counted, per minute of the carrier's. */
    final double[] latestMs;

    final double[] mostLeadMs;
    long lost;
    long late;
    int callerTurns;
    int agentTurns;
    int wholeAgentTurns;
    boolean summary;

    /**
     * @param drift how much faster than ours the carrier's clock is, as a share
     */
    BadLine(Loop loop, OfferRequest offer, double drift, int minutes, long seed) {
        this.loop = loop;
        this.offer = offer;
        this.drift = drift;
        start = loop.nanos();
        random = new SplittableRandom(seed);
        latestMs = new double[minutes + 1];
        mostLeadMs = new double[minutes + 1];
    }

    void open(AgentGrpc.AgentStub agent) {
        agent.converse(this);
        send(ConverseRequest.newBuilder()
                .setOpen(Open.newBuilder().setFence(offer.getFence()).setPodUid(offer.getPodUid()))
                .build());
        open = true;
        tick();
    }

    void say(byte[] clip) {
        speech = clip;
        spoken = 0;
    }

    boolean saidAll() {
        return spoken >= speech.length;
    }

    /** How many frames the caller has spoken. */
    int frames() {
        return frames;
    }

    Ingress ingress() {
        return ingress;
    }

    Playout playout() {
        return playout;
    }

    /** What waits anywhere on the line: frames on their way, samples at the carrier, marks without an echo. */
    int held() {
        return coming.size() + queued + marks.size();
    }

    boolean quiet() {
        return playout.quiet(loop.nanos());
    }

    void hangUp() {
        send(ConverseRequest.newBuilder()
                .setHangUp(HangUpRequest.newBuilder().setCause(Cause.CAUSE_CALLER_HUNG_UP))
                .build());
    }

    void takeSummary() {
        open = false;
        send(ConverseRequest.newBuilder()
                .setSummaryTaken(SummaryTaken.getDefaultInstance())
                .build());
        Objects.requireNonNull(requests).onCompleted();
    }

    private void send(ConverseRequest request) {
        Objects.requireNonNull(requests).onNext(request);
    }

    private int minute() {
        return Math.min(latestMs.length - 1, frames / 3000);
    }

    private void tick() {
        if (!open) {
            return;
        }
        long now = loop.nanos();
        speak(now);
        while (!coming.isEmpty() && coming.element().nanos() <= now) {
            Coming frame = coming.remove();
            ingress.media(now, frame.number(), 20L * (frame.number() - 1), frame.payload());
        }
        ingress.tick(now);
        playout.tick(now);
        play(now);
        loop.after(TICK_NANOS, this::tick);
    }

    /** When the carrier's frame of a number goes out, by our clock. */
    private long due(int number) {
        return start + Math.round(20e6 * number / (1 + drift));
    }

    private void speak(long now) {
        while (due(frames + 1) <= now) {
            frames++;
            byte[] frame = new byte[FRAME];
            Arrays.fill(frame, G711.MU_LAW.silence());
            int count = Math.min(FRAME, speech.length - spoken);
            System.arraycopy(speech, spoken, frame, 0, count);
            spoken += count;
            double luck = random.nextDouble();
            if (luck < 0.01) {
                lost++;
                continue;
            }
            boolean behind = luck < 0.03;
            late += behind ? 1 : 0;
            long more = behind ? random.nextLong(20_000_000, LATEST_NANOS) : random.nextLong(JITTER_NANOS);
            coming.add(new Coming(due(frames) + WAY_NANOS + more, frames, frame));
        }
    }

    private void play(long now) {
        mostLeadMs[minute()] = Math.max(mostLeadMs[minute()], queued / 8.0);
        carrier += TICK_NANOS / 1e6 * 8 * (1 + drift);
        while (carrier >= FRAME) {
            carrier -= FRAME;
            queued -= Math.min(FRAME, queued);
            while (!marks.isEmpty() && marks.element().after() <= accepted - queued) {
                Mark mark = marks.remove();
                playout.acknowledged(now, mark.generation(), mark.sample());
            }
        }
    }

    // From ingress: to the agent.

    @Override
    public void frame(long mediaTime, byte[] payload, boolean concealed) {
        double age = (loop.nanos() - due((int) (mediaTime / 20) + 1)) / 1e6;
        latestMs[minute()] = Math.max(latestMs[minute()], age);
        send(ConverseRequest.newBuilder()
                .setAudio(AudioIn.newBuilder()
                        .setSeq(sequence++)
                        .setMediaTimeMs(mediaTime)
                        .setConcealed(concealed)
                        .setPayload(UnsafeByteOperations.unsafeWrap(payload)))
                .build());
    }

    // From playout: to the carrier, and what is heard to the agent.

    @Override
    public void audio(byte[] frame) {
        queued += frame.length;
        accepted += frame.length;
    }

    @Override
    public void mark(long generation, long sample) {
        marks.add(new Mark(accepted, generation, sample));
    }

    @Override
    public void clear() {
        accepted -= queued;
        queued = 0;
        marks.clear();
    }

    @Override
    public void position(long generation, long sample, Heard heard) {
        send(ConverseRequest.newBuilder()
                .setPlayed(Played.newBuilder()
                        .setGeneration(generation)
                        .setSample(sample)
                        .setKind(
                                switch (heard) {
                                    case PLAYED -> PlayedKind.PLAYED_KIND_PLAYED;
                                    case ESTIMATED -> PlayedKind.PLAYED_KIND_ESTIMATED;
                                    case CLEARED -> PlayedKind.PLAYED_KIND_CLEARED;
                                })
                        .setMediaTimeMs(ingress.mediaTime(loop.nanos())))
                .build());
    }

    @Override
    public void speechStarted(long generation, long sample) {}

    // From the agent.

    @Override
    public void beforeStart(ClientCallStreamObserver<ConverseRequest> stream) {
        requests = stream;
    }

    @Override
    public void onNext(ConverseResponse message) {
        switch (message.getMessageCase()) {
            case AUDIO -> audio(message.getAudio());
            case CLEAR -> playout.clear(loop.nanos(), message.getClear().getGeneration());
            case TURN_EVENT -> {
                callerTurns += message.getTurnEvent().hasCallerTurn() ? 1 : 0;
                if (message.getTurnEvent().hasAgentTurn()) {
                    var turn = message.getTurnEvent().getAgentTurn();
                    agentTurns++;
                    wholeAgentTurns += turn.getText().equals(turn.getHeardText()) ? 1 : 0;
                }
            }
            case SUMMARY -> summary = true;
            default -> {}
        }
    }

    private void audio(AudioOut audio) {
        playout.audio(
                loop.nanos(),
                audio.getGeneration(),
                audio.getFirstSample(),
                audio.getPayload().asReadOnlyByteBuffer(),
                SoundKind.SPEECH,
                audio.getEndOfRun());
    }

    @Override
    public void onError(Throwable cause) {
        open = false;
    }

    @Override
    public void onCompleted() {
        open = false;
    }
}
