package dev.dialplane.local.caller;

import dev.dialplane.local.caller.carrier.LineLog;
import dev.dialplane.local.caller.carrier.TwilioCarrier;
import dev.dialplane.local.caller.report.CallReport;
import dev.dialplane.local.caller.report.CallWav;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came of a call.
 *
 * @param request the call
 * @param report what is in {@code call.json}
 * @param carrier how it went for the carrier
 * @param log what went over the line, or null if no media stream was opened
 * @param endReported whether the gateway told how the call ended
 */
public record CallResult(
        CallRequest request,
        CallReport report,
        TwilioCarrier.Outcome carrier,
        @Nullable LineLog log,
        boolean endReported) {

    /** Whether the caller heard an agent. */
    public boolean answered() {
        return report.answeredMs() != null;
    }

    /** Whether it was more than a greeting: at least one of the caller's turns was understood and replied to. */
    public boolean conversed() {
        return answered() && !report.responses().isEmpty();
    }

    /** What went wrong on the way, if anything did. */
    public Optional<String> failure() {
        return Optional.ofNullable(carrier.failure());
    }

    /** The same result in a session that somebody looked up. */
    public CallResult inSession(String name, String cause) {
        return new CallResult(request, report.inSession(name).endedBy(cause), carrier, log, endReported);
    }

    /** Writes {@code call.json} and, if there was a media stream, {@code call.wav}. */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("call.json"), report.text());
        if (log != null) {
            CallWav.write(folder.resolve("call.wav"), log);
        }
    }
}
