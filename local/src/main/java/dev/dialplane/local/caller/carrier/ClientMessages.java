package dev.dialplane.local.caller.carrier;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.Map;

/** What Twilio sends on one media stream, numbered in the order in which it is asked for. All numbers are strings. */
final class ClientMessages {
    private static final JsonMapper JSON = new JsonMapper();

    private final String streamSid;
    private long sequence;
    private long chunk;

    ClientMessages(String streamSid) {
        this.streamSid = streamSid;
    }

    String connected() {
        return "{\"event\":\"connected\",\"protocol\":\"Call\",\"version\":\"1.0.0\"}";
    }

    String start(String accountSid, String callSid, Map<String, String> parameters) {
        ObjectNode message = message("start");
        ObjectNode start = message.putObject("start");
        start.put("accountSid", accountSid).put("streamSid", streamSid).put("callSid", callSid);
        start.putArray("tracks").add("inbound");
        start.putObject("mediaFormat")
                .put("encoding", "audio/x-mulaw")
                .put("sampleRate", 8000)
                .put("channels", 1);
        ObjectNode custom = start.putObject("customParameters");
        parameters.forEach(custom::put);
        return message.toString();
    }

    /** A frame that begins {@code mediaMs} after the stream's start. Built by hand: it is sent 50 times a second. */
    String media(long mediaMs, byte[] muLaw) {
        return "{\"event\":\"media\",\"sequenceNumber\":\"" + ++sequence + "\",\"streamSid\":\"" + streamSid
                + "\",\"media\":{\"track\":\"inbound\",\"chunk\":\"" + ++chunk + "\",\"timestamp\":\"" + mediaMs
                + "\",\"payload\":\"" + Base64.getEncoder().encodeToString(muLaw) + "\"}}";
    }

    String mark(String name) {
        ObjectNode message = message("mark");
        message.putObject("mark").put("name", name);
        return message.toString();
    }

    String dtmf(char digit) {
        ObjectNode message = message("dtmf");
        message.putObject("dtmf").put("track", "inbound_track").put("digit", String.valueOf(digit));
        return message.toString();
    }

    String stop(String accountSid, String callSid) {
        ObjectNode message = message("stop");
        message.putObject("stop").put("accountSid", accountSid).put("callSid", callSid);
        return message.toString();
    }

    private ObjectNode message(String event) {
        return JSON.createObjectNode()
                .put("event", event)
                .put("sequenceNumber", Long.toString(++sequence))
                .put("streamSid", streamSid);
    }
}
