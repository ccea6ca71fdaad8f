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
            false,
            true,
            true);

    private TwilioDialect() {}
}
