package dev.dialplane.gateway.call;

import dev.dialplane.contracts.agent.v1.Consent;
import dev.dialplane.contracts.agent.v1.ConsentVerdict;
import dev.dialplane.contracts.agent.v1.RecordingControl;
import dev.dialplane.contracts.control.v1.Pool;
import dev.dialplane.gateway.recording.Recording;
import dev.dialplane.gateway.recording.Recordings;
import dev.dialplane.gateway.recording.Subject;
import dev.dialplane.gateway.recording.WireFormat;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A call's recording: begins once the agent says that the caller has agreed and the pool wants it, goes on over failovers,
 * ends with the call. For the call's home thread.
 */
final class CallRecording {
    private static final Logger LOG = Logger.getLogger(CallRecording.class);

    private final Recordings recordings;
    private final CallIdentity identity;
    private final WireFormat format;
    private final LongSupplier mediaNow;
    private final Supplier<String> told;

    private @Nullable Recording recording;
    /** What the agent said last, while it is looked up whether that may be. */
    private @Nullable RecordingControl wanted;
    /** Nothing is recorded any more, whatever an agent says. */
    private boolean closed;

    /**
     * Nothing is recorded yet.
     *
     * @param mediaNow the time on the caller's time base, ms
     * @param told what every record of the call says, a JSON object
     */
    CallRecording(
            Recordings recordings,
            CallIdentity identity,
            WireFormat format,
            LongSupplier mediaNow,
            Supplier<String> told) {
        this.recordings = recordings;
        this.identity = identity;
        this.format = format;
        this.mediaNow = mediaNow;
        this.told = told;
    }

    /**
     * The agent says whether to record.
     *
     * @param pool looks up the agent's pool
     * @param settled runs once it is so, or is not to be
     */
    void control(
            RecordingControl control,
            Supplier<CompletableFuture<@Nullable Pool>> pool,
            Executor home,
            Runnable settled) {
        if (closed) {
            settled.run();
        } else if (!agreed(control.getConsent())) {
            refused(control.getConsent());
            settled.run();
        } else if (recording != null) {
            follow(recording, control);
            settled.run();
        } else if (wanted != null) {
            wanted = control;
            settled.run();
        } else {
            wanted = control;
            pool.get()
                    .whenCompleteAsync(
                            (known, failure) -> {
                                begin(known);
                                settled.run();
                            },
                            home);
        }
    }

    /** In so many words, after having been asked. */
    private static boolean agreed(Consent consent) {
        return consent.getVerdict() == ConsentVerdict.CONSENT_VERDICT_AGREED
                && consent.getAskedUnixMs() > 0
                && consent.getAnsweredUnixMs() >= consent.getAskedUnixMs();
    }

    private void refused(Consent consent) {
        closed = true;
        wanted = null;
        if (recording != null) {
            recording.discard(mediaNow.getAsLong());
            recording = null;
        } else if (consent.getVerdict() != ConsentVerdict.CONSENT_VERDICT_UNSPECIFIED) {
            recordings.notRecorded(subject(consent), "the caller did not agree");
        } else {
            LOG.warnf("call %s: its agent asks for a recording without a consent", identity.callId());
        }
    }

    private void begin(@Nullable Pool pool) {
        RecordingControl control = wanted;
        wanted = null;
        if (closed || control == null) {
            return;
        }
        recording = recordings
                .begin(subject(control.getConsent()), pool, format, mediaNow.getAsLong())
                .orElse(null);
        closed = recording == null;
        if (recording != null) {
            follow(recording, control);
        }
    }

    private void follow(Recording current, RecordingControl control) {
        if (control.getOn()) {
            current.resume(mediaNow.getAsLong());
        } else {
            current.pause(mediaNow.getAsLong());
        }
    }

    private Subject subject(Consent consent) {
        String verdict = switch (consent.getVerdict()) {
            case CONSENT_VERDICT_AGREED -> "Agreed";
            case CONSENT_VERDICT_DECLINED -> "Declined";
            case CONSENT_VERDICT_UNCLEAR, CONSENT_VERDICT_UNSPECIFIED, UNRECOGNIZED -> "Unclear";
        };
        String by = switch (consent.getBy()) {
            case CONSENT_BY_WORDS -> "Words";
            case CONSENT_BY_KEY -> "Key";
            case CONSENT_BY_UNSPECIFIED, UNRECOGNIZED -> "";
        };
        return new Subject(
                identity.callId(),
                identity.pool().getNamespace(),
                identity.pool().getName(),
                told.get(),
                new Subject.Consent(
                        verdict,
                        by,
                        Instant.ofEpochMilli(consent.getAskedUnixMs()),
                        Instant.ofEpochMilli(consent.getAnsweredUnixMs())));
    }

    /** Whether what is said now is being recorded. */
    boolean on() {
        return recording != null && recording.on();
    }

    /** A frame of the caller's, in its place. */
    void caller(long mediaMs, byte[] payload) {
        if (recording != null) {
            recording.caller(mediaMs, payload);
        }
    }

    /** A frame has just gone to the carrier. */
    void agent(byte[] frame) {
        if (recording != null) {
            recording.agent(mediaNow.getAsLong(), frame);
        }
    }

    /** The carrier throws away what it has queued. */
    void cleared() {
        if (recording != null) {
            recording.cleared(mediaNow.getAsLong());
        }
    }

    /** The carrier's side is gone. */
    void end() {
        closed = true;
        wanted = null;
        if (recording != null) {
            recording.end(mediaNow.getAsLong());
            recording = null;
        }
    }
}
