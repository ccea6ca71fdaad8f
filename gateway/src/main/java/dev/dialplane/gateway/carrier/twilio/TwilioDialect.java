package dev.dialplane.gateway.carrier.twilio;

import dev.dialplane.gateway.carrier.Dialect;
import java.util.List;

/** What Twilio Media Streams can do (twilio.com/docs/voice/media-streams/websocket-messages). */
public final class TwilioDialect {
    /**
     * Any size of message is played; marks come back when played, all of them at a clear; closing the stream goes on with
     * the TwiML.
     */
    public static final Dialect TWILIO = new Dialect(
            "twilio",
            true,
            false,
            true,
            Dialect.AfterClear.ECHOED,
            new Dialect.Chunk(160, 160, 160),
            60,
            100,
            List.of(Dialect.Coding.PCMU_8000),
            true,
            0,
            Dialect.CloseMeans.NEXT_STEP,
            // As tones in the audio: the protocol itself has digits one way only.
            true,
            true,
            true);

    /** The same messages with audio that no phone network narrows: what the phone in the browser speaks. */
    public static final Dialect DEVELOPMENT =
            TWILIO.speaking(List.of(Dialect.Coding.PCMU_8000, Dialect.Coding.L16_16000, Dialect.Coding.OPUS_16000));

    private TwilioDialect() {}
}
