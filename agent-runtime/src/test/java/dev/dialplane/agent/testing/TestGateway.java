package dev.dialplane.agent.testing;

import com.google.protobuf.ByteString;
import dev.dialplane.agent.loop.Loop;
import dev.dialplane.audio.Dtmf;
import dev.dialplane.audio.G711;
import dev.dialplane.contracts.agent.v1.AgentGrpc;
import dev.dialplane.contracts.agent.v1.AgentTurn;
import dev.dialplane.contracts.agent.v1.AudioIn;
import dev.dialplane.contracts.agent.v1.AudioKind;
import dev.dialplane.contracts.agent.v1.AudioOut;
import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.agent.v1.CallerTurn;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse;
import dev.dialplane.contracts.agent.v1.HangUpRequest;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.Open;
import dev.dialplane.contracts.agent.v1.Played;
import dev.dialplane.contracts.agent.v1.PlayedKind;
import dev.dialplane.contracts.agent.v1.SendDtmf;
import dev.dialplane.contracts.agent.v1.SummaryTaken;
import dev.dialplane.contracts.common.v1.Cause;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A gateway with a caller behind it, in virtual time: sends a frame every 20 ms, plays what comes as a carrier would,
 * acknowledges every 100 ms, and keeps everything that it was sent with the time at which it came.
 */
public final class TestGateway implements ClientResponseObserver<ConverseRequest, ConverseResponse> {
    /** A message and when it came, in ms since the stream was opened. */
    public record Received(long atMs, ConverseResponse message) {}

    private static final int FRAME = 160;

    private final Loop loop;
    private final OfferRequest offer;
    public final List<Received> received = new ArrayList<>();
    /** What the caller heard of each 20 ms: 0xFF where nothing was there. */
    public final List<byte[]> ear = new ArrayList<>();
    /** Of what kind each 20 ms of it were; unspecified where nothing was heard. */
    public final List<AudioKind> kinds = new ArrayList<>();

    private ClientCallStreamObserver<ConverseRequest> requests;
    private long openedAt;
    private byte[] speech = new byte[0];
    private int spoken;
    private long frames;
    private boolean sending;
    private boolean acknowledges = true;
    private int losing;
    private int echoFrames;
    private double echoGain;
    public boolean canPause;
    public long worstLead;
    public Status ended;

    private long generation;
    private byte[] queue = new byte[1 << 15];
    /** From which sample of the queue on its audio is of a kind. */
    private final NavigableMap<Integer, AudioKind> kindsFrom = new TreeMap<>();

    private int queued;
    private int played;
    private boolean paused;

    public TestGateway(Loop loop, OfferRequest offer) {
        this.loop = loop;
        this.offer = offer;
    }

    /** Opens the stream and starts to send frames. */
    public void open(AgentGrpc.AgentStub agent) {
        openedAt = loop.nanos();
        agent.converse(this);
        requests.onNext(ConverseRequest.newBuilder()
                .setOpen(Open.newBuilder().setFence(offer.getFence()).setPodUid(offer.getPodUid()))
                .build());
        sending = true;
        tick();
    }

    /** From the next frame on the caller says this, in µ-law. */
    public void say(byte[] clip) {
        speech = clip;
        spoken = 0;
    }

    /** The caller presses keys, one right after the other. */
    public void press(String keys) {
        for (String key : keys.split("")) {
            send(ConverseRequest.newBuilder()
                    .setDtmf(dev.dialplane.contracts.agent.v1.Dtmf.newBuilder()
                            .setDigit(key)
                            .setMediaTimeMs(nowMs()))
                    .build());
        }
    }

    /** Whether the caller has said all of it. */
    public boolean saidAll() {
        return spoken >= speech.length;
    }

    /** From now on the caller's phone hears the agent, so late and so loud. */
    public void echoes(int delayMs, double gainDb) {
        echoFrames = delayMs / 20;
        echoGain = Math.pow(10, gainDb / 20);
    }

    /** The next frames do not come from the carrier: the gateway makes silence of them. */
    public void loses(int frames) {
        losing = frames;
    }

    /** The far end says nothing about what it played. */
    public void acknowledgesNothing() {
        acknowledges = false;
    }

    public void hangUp(Cause cause, boolean polite) {
        send(ConverseRequest.newBuilder()
                .setHangUp(HangUpRequest.newBuilder().setCause(cause).setPolite(polite))
                .build());
    }

    public void send(ConverseRequest request) {
        requests.onNext(request);
    }

    /** Takes the summary, as a gateway that has it on disk. */
    public void takeSummary() {
        sending = false;
        requests.onNext(ConverseRequest.newBuilder()
                .setSummaryTaken(SummaryTaken.getDefaultInstance())
                .build());
        requests.onCompleted();
    }

    /** The stream breaks. */
    public void breakOff() {
        sending = false;
        requests.cancel("broken", null);
    }

    public long nowMs() {
        return (loop.nanos() - openedAt) / 1_000_000;
    }

    private void tick() {
        if (!sending) {
            return;
        }
        byte[] frame = new byte[FRAME];
        Arrays.fill(frame, (byte) 0xFF);
        int count = Math.min(FRAME, speech.length - spoken);
        System.arraycopy(speech, spoken, frame, 0, count);
        spoken += count;
        addEcho(frame);
        boolean lost = losing > 0;
        if (lost) {
            losing--;
            Arrays.fill(frame, (byte) 0xFF);
        }
        requests.onNext(ConverseRequest.newBuilder()
                .setAudio(AudioIn.newBuilder()
                        .setSeq(frames)
                        .setMediaTimeMs(frames * 20)
                        .setConcealed(lost)
                        .setPayload(ByteString.copyFrom(frame)))
                .build());
        play();
        frames++;
        if (acknowledges && frames % 5 == 0 && queued > 0) {
            report(played, PlayedKind.PLAYED_KIND_PLAYED);
        }
        loop.after(20_000_000, this::tick);
    }

    private void addEcho(byte[] frame) {
        int from = ear.size() - echoFrames;
        if (echoGain == 0 || from < 0 || from >= ear.size()) {
            return;
        }
        byte[] played = ear.get(from);
        short[] own = new short[FRAME];
        short[] back = new short[FRAME];
        G711.MU_LAW.decode(frame, 0, own, 0, FRAME);
        G711.MU_LAW.decode(played, 0, back, 0, FRAME);
        for (int i = 0; i < FRAME; i++) {
            own[i] = (short) Math.clamp(own[i] + Math.round(echoGain * back[i]), Short.MIN_VALUE, Short.MAX_VALUE);
        }
        G711.MU_LAW.encode(own, 0, frame, 0, FRAME);
    }

    private void play() {
        byte[] heard = new byte[FRAME];
        Arrays.fill(heard, (byte) 0xFF);
        if (!paused) {
            int count = Math.min(FRAME, queued - played);
            System.arraycopy(queue, played, heard, 0, count);
            kinds.add(
                    count == 0
                            ? AudioKind.AUDIO_KIND_UNSPECIFIED
                            : kindsFrom.floorEntry(played).getValue());
            played += count;
        } else {
            kinds.add(AudioKind.AUDIO_KIND_UNSPECIFIED);
        }
        ear.add(heard);
    }

    private void report(long sample, PlayedKind kind) {
        requests.onNext(ConverseRequest.newBuilder()
                .setPlayed(Played.newBuilder()
                        .setGeneration(generation)
                        .setSample(sample)
                        .setKind(kind)
                        .setMediaTimeMs(frames * 20))
                .build());
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ConverseRequest> stream) {
        requests = stream;
    }

    @Override
    public void onNext(ConverseResponse message) {
        received.add(new Received(nowMs(), message));
        switch (message.getMessageCase()) {
            case AUDIO -> audio(message.getAudio());
            case CLEAR -> {
                if (message.getClear().getGeneration() == generation) {
                    report(played, PlayedKind.PLAYED_KIND_CLEARED);
                    queued = 0;
                    played = 0;
                    kindsFrom.clear();
                    generation++;
                    paused = false;
                }
            }
            case SEND_DTMF -> dial(message.getSendDtmf());
            case PAUSE -> paused = true;
            case RESUME -> paused = false;
            default -> {}
        }
    }

    private void dial(SendDtmf digits) {
        byte[] tones = new byte[Dtmf.dialedSamples(digits.getDigits(), 8_000)];
        G711.MU_LAW.encode(Dtmf.dialed(digits.getDigits(), 8_000), 0, tones, 0, tones.length);
        long lead = worstLead;
        audio(AudioOut.newBuilder()
                .setGeneration(digits.getGeneration())
                .setFirstSample(digits.getFirstSample())
                .setPayload(ByteString.copyFrom(tones))
                .setKind(AudioKind.AUDIO_KIND_TONE)
                .build());
        // Made here: the agent is not ahead by them.
        worstLead = lead;
    }

    private void audio(AudioOut audio) {
        if (generation == 0) {
            generation = audio.getGeneration();
        }
        if (audio.getGeneration() != generation) {
            throw new AssertionError("audio of generation " + audio.getGeneration() + " while in " + generation);
        }
        if (audio.getFirstSample() != queued) {
            throw new AssertionError("sample " + audio.getFirstSample() + " after " + queued);
        }
        if (queued + audio.getPayload().size() > queue.length) {
            queue = Arrays.copyOf(queue, 2 * queue.length);
        }
        kindsFrom.put(queued, audio.getKind());
        audio.getPayload().copyTo(queue, queued);
        queued += audio.getPayload().size();
        worstLead = Math.max(worstLead, queued - played);
    }

    @Override
    public void onError(Throwable cause) {
        ended = Status.fromThrowable(cause);
        sending = false;
    }

    @Override
    public void onCompleted() {
        ended = Status.OK;
        sending = false;
    }

    // What came.

    public List<Received> all(ConverseResponse.MessageCase kind) {
        return received.stream()
                .filter(one -> one.message().getMessageCase() == kind)
                .toList();
    }

    public boolean has(Predicate<ConverseResponse> what) {
        return received.stream().anyMatch(one -> what.test(one.message()));
    }

    public List<CallerTurn> callerTurns() {
        return all(ConverseResponse.MessageCase.TURN_EVENT).stream()
                .filter(one -> one.message().getTurnEvent().hasCallerTurn())
                .map(one -> one.message().getTurnEvent().getCallerTurn())
                .toList();
    }

    public List<AgentTurn> agentTurns() {
        return all(ConverseResponse.MessageCase.TURN_EVENT).stream()
                .filter(one -> one.message().getTurnEvent().hasAgentTurn())
                .map(one -> one.message().getTurnEvent().getAgentTurn())
                .toList();
    }

    public CallSummary summary() {
        List<Received> summaries = all(ConverseResponse.MessageCase.SUMMARY);
        return summaries.isEmpty() ? null : summaries.getLast().message().getSummary();
    }

    /** Whether the caller hears the agent right now. */
    public boolean hearsAgent() {
        return played < queued && !paused;
    }
}
