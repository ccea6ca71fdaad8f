package dev.dialplane.local.caller;

import dev.dialplane.local.caller.carrier.LineEnd;
import dev.dialplane.local.caller.carrier.LineLog.Arrival;
import dev.dialplane.local.caller.carrier.LineObserver;
import dev.dialplane.local.caller.carrier.MediaLine;
import dev.dialplane.local.caller.report.Spoken;
import dev.dialplane.local.caller.speech.Mouth;
import dev.dialplane.local.caller.speech.Utterance;
import dev.dialplane.local.caller.talk.Conversation;
import dev.dialplane.local.caller.talk.Sounding;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The person at one end of a call: hears 20 ms at a time, and then listens on, speaks or hangs up. */
final class TalkingCaller implements Person, LineObserver {
    private static final double BURST_GAP_MS = 100;

    private final CallRequest request;
    private final CallListener listener;
    private final Conversation conversation;
    private final Sounding sounding = new Sounding();
    private final List<Spoken> spoken = new ArrayList<>();
    private final long seed;
    private volatile Mouth mouth;
    private volatile @Nullable MediaLine line;
    private double lastArrivalMs = Double.NEGATIVE_INFINITY;
    private long hangingUp;

    TalkingCaller(CallRequest request, CallListener listener) {
        this.request = request;
        this.listener = listener;
        conversation = new Conversation(request.script().utterances(), request.patience());
        seed = request.ids().callSid().hashCode();
        mouth = new Mouth(seed);
    }

    @Override
    public Mouth mouth() {
        mouth = new Mouth(seed);
        return mouth;
    }

    @Override
    public LineObserver observer() {
        return this;
    }

    @Override
    public void open(MediaLine opened) {
        line = opened;
    }

    @Override
    public void started(long startNanos) {
        listener.connected();
    }

    @Override
    public void heard(long mediaMs, int samples, double dBov) {
        boolean audible = sounding.hear(mediaMs, samples, dBov);
        switch (conversation.next(mediaMs, audible)) {
            case Conversation.Listen() -> {}
            case Conversation.Speak(int index) -> speak(index, audible);
            case Conversation.HangUp(var _) -> hangUp();
        }
    }

    private void speak(int index, boolean agentSounding) {
        Utterance utterance = request.script().utterances().get(index);
        Spoken said = new Spoken(utterance, mouth.say(utterance.samples(), mouth.position()));
        synchronized (spoken) {
            spoken.add(said);
        }
        conversation.spoke((long) said.onsetMs(), (long) Math.ceil(said.endMs()));
        listener.callerSpeaks(said, agentSounding);
    }

    /** Off the clock's thread, once: the line may not be handed over yet, then the next beat tries again. */
    private void hangUp() {
        MediaLine open = line;
        if (open != null && hangingUp++ == 0) {
            CompletableFuture.runAsync(open::hangUp);
        }
    }

    @Override
    public synchronized void arrived(Arrival arrival) {
        if (arrival.ms() - lastArrivalMs >= BURST_GAP_MS) {
            listener.agentHeard(arrival.ms());
        }
        lastArrivalMs = arrival.ms();
    }

    @Override
    public void cleared(long nanos) {
        listener.cleared(nanos / 1e6);
    }

    @Override
    public void closed(LineEnd end) {
        listener.hungUp(end.told(), end.mediaMs());
    }

    @Override
    public List<Spoken> spoken() {
        synchronized (spoken) {
            return List.copyOf(spoken);
        }
    }
}
