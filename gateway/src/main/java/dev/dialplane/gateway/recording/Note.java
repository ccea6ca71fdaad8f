package dev.dialplane.gateway.recording;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What is known of a recording, as it lies beside the file and as it is told in the end: the call's own fields, and an
 * object {@code recording}.
 */
final class Note {
    /** The verdict without which nothing is kept. */
    static final String AGREED = "Agreed";

    private static final String RECORDING = "recording";
    private static final Pattern NAME = Pattern.compile("\\d{4}-\\d{2}-\\d{2}(?:/[A-Za-z0-9_][A-Za-z0-9._-]*){3}");

    private final JsonObject all;
    private final JsonObject recording;

    private Note(JsonObject all) {
        this.all = all;
        recording = all.getJsonObject(RECORDING);
    }

    /** A pause, in ms of the file. */
    record Pause(long fromMs, long toMs) {}

    static Note of(Subject subject) {
        JsonObject consent = new JsonObject().put("verdict", subject.consent().verdict());
        if (!subject.consent().by().isEmpty()) {
            consent.put("by", subject.consent().by());
        }
        put(consent, "askedAt", subject.consent().asked());
        put(consent, "answeredAt", subject.consent().answered());
        return new Note(new JsonObject(subject.told()).put(RECORDING, new JsonObject().put("consent", consent)));
    }

    private static void put(JsonObject to, String name, Instant when) {
        if (!when.equals(Instant.EPOCH)) {
            to.put(name, when.toString());
        }
    }

    /** What was noted; only the call's id where it cannot be read. */
    static Note read(String callId, String json) {
        try {
            JsonObject all = new JsonObject(json);
            if (all.getValue(RECORDING) instanceof JsonObject) {
                return new Note(all);
            }
        } catch (DecodeException e) {
            // Said by what is missing.
        }
        return new Note(new JsonObject().put("callId", callId).put(RECORDING, new JsonObject()));
    }

    Note began(String name, Instant when, WireFormat format) {
        recording
                .put("state", "Recording")
                .put("name", name)
                .put("startedAt", when.toString())
                .put("encoding", format.wav().encoding().name())
                .put("sampleRate", format.rate())
                .put("channels", new JsonArray().add("caller").add("agent"));
        return this;
    }

    Note pauses(List<Pause> pauses) {
        JsonArray array = new JsonArray();
        pauses.forEach(
                pause -> array.add(new JsonObject().put("fromMs", pause.fromMs).put("toMs", pause.toMs)));
        recording.put("pauses", array);
        return this;
    }

    Note complete(Spool.Complete file, String url, long milliseconds) {
        recording
                .put("state", "Kept")
                .put("url", url)
                .put("sha256", file.sha256())
                .put("bytes", file.bytes())
                .put("durationMs", milliseconds);
        return this;
    }

    /** The gateway was killed meanwhile: the last seconds are missing, and so is what was said until the call's end. */
    Note cutOff() {
        recording.put("cutOff", true);
        return this;
    }

    /** What silence is in place of, in ms of either side. */
    Note lost(long milliseconds) {
        recording.put("lostMs", milliseconds);
        return this;
    }

    Note notKept(String state, String reason) {
        recording.put("state", state).put("reason", reason);
        return this;
    }

    /** Its name in the archive; empty if it is not known. */
    String name() {
        boolean known = recording.getValue("name") instanceof String name
                && NAME.matcher(name).matches();
        return known ? recording.getString("name") : "";
    }

    /** Whether it says that the caller agreed to being recorded. */
    boolean agreed() {
        return recording.getValue("consent") instanceof JsonObject consent
                && AGREED.equals(consent.getValue("verdict"));
    }

    String json() {
        return all.encode();
    }
}
