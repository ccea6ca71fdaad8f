package dev.dialplane.inference.service;

import dev.dialplane.contracts.common.v1.Fact;
import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.inference.v1.Activity;
import dev.dialplane.contracts.inference.v1.SessionAudio;
import dev.dialplane.contracts.inference.v1.SessionStart;
import dev.dialplane.contracts.inference.v1.SessionTranscript;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.Transcript;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.hearing.Hearing;
import dev.dialplane.inference.hearing.HearingListener;
import dev.dialplane.inference.hearing.HearingRequest;
import dev.dialplane.inference.model.ModelPart;
import dev.dialplane.inference.model.PreparedSpec;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The caller's side of a session: activities into a recognizer, and the turn at hand out of it. A turn is one utterance of
 * the recognizer, with the pauses within it, until it counts or was nothing.
 */
final class SessionHearing implements HearingListener {
    /** Hears of the turn at hand, on the session's thread. */
    interface Listener {
        /** What it says so far. */
        void heard(SessionTranscript transcript);

        /** It is over, and all of its words are known: a response of that name is wanted. */
        void turnIsOver(String responseId);

        /** The recognizer failed on it; {@code responseId} is not to be expected, if there is one. */
        void hearingFailed(ModelException failure, String responseId);
    }

    private final SessionModels models;
    private final ModelRef model;
    private final int rate;
    private final Executor session;
    private final Listener listener;
    private final Hearing hearing;
    /** The turn at hand has audio, which the recognizer knows by the number below. */
    private boolean heardSome;

    private long utterance;
    private long startMs;
    private boolean speaking;
    /** How many pieces of it the recognizer was given, when it was last asked, and of which it has told all. */
    private long given;

    private long asked;
    private long told;
    /** The response that waits for the turn's words. */
    private @Nullable String awaited;

    private long samples;

    /**
     * Opens a recognizer; may block to load it.
     *
     * @param finished how many utterances were heard before this session
     * @param executor runs one thing of the session at a time
     */
    SessionHearing(
            SessionModels models,
            ModelRef model,
            PreparedSpec spec,
            SessionStart start,
            String callerId,
            int finished,
            Executor executor,
            Listener listener) {
        this.models = models;
        this.model = model;
        this.session = executor;
        this.listener = listener;
        rate = start.getFormatIn().getSampleRateHz();
        hearing = models.catalog()
                .recognizer(model)
                .open(
                        new HearingRequest(
                                callerId,
                                finished,
                                start.getLanguage(),
                                rate,
                                spec.spec().getFactsList().stream()
                                        .map(Fact::getValue)
                                        .toList(),
                                true,
                                Duration.ZERO),
                        this);
    }

    /** More of the caller's audio: heard while the caller speaks. */
    void audio(SessionAudio audio, short[] piece) {
        if (speaking) {
            samples += piece.length;
            given++;
            hearing.audio(utterance, audio.getMediaTimeMs(), piece);
        }
    }

    /** The caller speaks. */
    void begins(Activity activity) {
        if (!heardSome) {
            heardSome = true;
            utterance++;
            startMs = activity.getMediaTimeMs();
            given = 0;
            told = -1;
        }
        speaking = true;
    }

    /** Nobody speaks, but the turn may go on: its transcript is wanted. */
    void pauses() {
        speaking = false;
        if (heardSome) {
            asked = given;
            hearing.finish(utterance, true);
        }
    }

    /** The turn is over. */
    void ends(String responseId) {
        speaking = false;
        if (heardSome && told != given) {
            awaited = responseId;
            pauses();
        } else {
            listener.turnIsOver(responseId);
        }
    }

    /** The turn was nothing. */
    void forget() {
        if (heardSome) {
            hearing.cancel(utterance);
        }
        speaking = false;
        awaited = null;
        counts();
    }

    /** The turn counts: what the caller says from now on is another. */
    void counts() {
        heardSome = false;
    }

    /** Nobody waits for that response any more. */
    void interrupted(String responseId) {
        if (responseId.equals(awaited)) {
            awaited = null;
        }
    }

    /** Seconds of audio that were heard since the last time. */
    double takeSeconds() {
        double seconds = (double) samples / rate;
        samples = 0;
        return seconds;
    }

    void close() {
        hearing.close();
    }

    @Override
    public void heard(Transcript transcript) {
        session.execute(() -> {
            if (!heardSome || transcript.getUtteranceId() != utterance) {
                return;
            }
            boolean whole = transcript.getFinal() && asked == given;
            if (transcript.getFinal()) {
                models.metrics()
                        .served(
                                ModelPart.SPEECH_TO_TEXT,
                                model.getProvider(),
                                model.getModel(),
                                transcript.getQueueMs(),
                                transcript.getComputeMs());
            }
            listener.heard(SessionTranscript.newBuilder()
                    .setSpeaker(Speaker.SPEAKER_CALLER)
                    .setText(transcript.getText())
                    .setFinal(whole)
                    .setStartMs(startMs)
                    .setEndMs(transcript.getMediaTimeMs())
                    .addAllWords(transcript.getWordsList())
                    .build());
            if (whole) {
                told = given;
                String waiting = awaited;
                if (waiting != null) {
                    awaited = null;
                    listener.turnIsOver(waiting);
                }
            }
        });
    }

    @Override
    public void failed(long id, ModelException failure) {
        session.execute(() -> {
            if (!heardSome || id != utterance) {
                return;
            }
            models.metrics().failed(ModelPart.SPEECH_TO_TEXT, model.getProvider(), model.getModel(), failure);
            String waiting = awaited;
            awaited = null;
            listener.hearingFailed(failure, waiting == null ? "" : waiting);
        });
    }
}
