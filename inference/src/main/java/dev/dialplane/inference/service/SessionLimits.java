package dev.dialplane.inference.service;

import dev.dialplane.audio.Dtmf;
import dev.dialplane.contracts.inference.v1.SessionStart;
import dev.dialplane.contracts.inference.v1.ToolResult;
import dev.dialplane.contracts.inference.v1.TurnOwner;
import dev.dialplane.inference.conversing.SessionMemory;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.timing.Timers;
import java.time.DateTimeException;
import java.time.ZoneId;

/** What a session takes from its client, and what not. */
final class SessionLimits {
    private static final int MOST_PIECE_SECONDS = 10;
    /** A client that opens another session sends what the caller has said so far at once. */
    private static final int MOST_AHEAD_SECONDS = 60;

    private static final int MOST_VARIABLES = 64;
    /** Results of tools are the longest. */
    private static final int MOST_RESULT = 256 << 10;

    private final int rate;
    private final Timers timers;
    private final long begun;
    private long samples;
    private long nextSeq;

    SessionLimits(int rate, Timers timers) {
        this.rate = rate;
        this.timers = timers;
        begun = timers.nanos();
    }

    /** INVALID_ARGUMENT if a session can't begin so. */
    static void start(SessionStart start) {
        if (start.getTurnOwner() != TurnOwner.TURN_OWNER_CLIENT) {
            throw ModelException.badRequest("start.turn_owner", start.getTurnOwner(), "TURN_OWNER_CLIENT");
        }
        if (start.getHistoryCount() > GenerateStream.MAX_TURNS) {
            throw ModelException.badRequest(
                    "start.history", start.getHistoryCount() + " turns", "at most " + GenerateStream.MAX_TURNS);
        }
        start.getHistoryList().forEach(turn -> longest("start.history.text", turn.getText(), MOST_RESULT));
        if (start.getVariablesCount() > MOST_VARIABLES) {
            throw ModelException.badRequest(
                    "start.variables", start.getVariablesCount() + " variables", "at most " + MOST_VARIABLES);
        }
        start.getVariablesMap().forEach((name, value) -> text("start.variables." + name, value));
        zone(start.getTimeZone());
    }

    /** The zone of that IANA name; UTC if it is empty. */
    static ZoneId zone(String name) {
        try {
            return ZoneId.of(name.isEmpty() ? "UTC" : name);
        } catch (DateTimeException e) {
            throw ModelException.badRequest("start.time_zone", name, "an IANA name");
        }
    }

    /** INVALID_ARGUMENT for audio that is too much, or out of order. */
    void audio(long seq, int count) {
        if (seq < nextSeq) {
            throw ModelException.badRequest("audio.seq", seq, nextSeq + " or more, as they rise");
        }
        nextSeq = seq + 1;
        if (count > MOST_PIECE_SECONDS * rate) {
            throw ModelException.badRequest(
                    "audio.payload", count + " samples", MOST_PIECE_SECONDS * rate + " at most");
        }
        samples += count;
        long most = (timers.nanos() - begun) / 1_000_000 * rate / 1000 + (long) MOST_AHEAD_SECONDS * rate;
        if (samples > most) {
            throw ModelException.badRequest(
                    "audio.payload",
                    samples + " samples so far",
                    rate + " a second, and at most " + MOST_AHEAD_SECONDS + " s ahead of time");
        }
    }

    static void text(String field, String text) {
        longest(field, text, Recital.MAX_TEXT);
    }

    static void result(ToolResult result) {
        longest("tool_result.output_json", result.getOutputJson(), MOST_RESULT);
        text("tool_result.error", result.getError());
        longest("tool_result.tool_arguments", result.getToolArguments(), MOST_RESULT);
    }

    /**
     * INVALID_ARGUMENT for what is no key, or too many.
     *
     * @param keys how many the turn has
     */
    static void key(String digit, int keys) {
        if (!Dtmf.isDigit(digit)) {
            throw ModelException.badRequest("dtmf.digit", digit, "0 to 9, *, #, A to D");
        }
        if (keys >= SessionMemory.MOST_KEYS) {
            throw ModelException.badRequest(
                    "dtmf.digit", "key number " + (keys + 1), "at most " + SessionMemory.MOST_KEYS + " a turn");
        }
    }

    private static void longest(String field, String text, int most) {
        if (text.length() > most) {
            throw ModelException.badRequest(field, text.length() + " characters", "at most " + most);
        }
    }
}
