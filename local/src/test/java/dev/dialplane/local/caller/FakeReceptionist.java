package dev.dialplane.local.caller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dialplane.audio.G711;
import dev.dialplane.audio.Level;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Greets for half a second, answers half a second after each time that the caller has been loud and then quiet for 300 ms,
 * and closes the line when the last answer was played. May tell of it by events, under the caller's own id.
 */
final class FakeReceptionist implements FakeGateway.Side {
    private static final JsonMapper JSON = new JsonMapper();

    private final int answers;
    private final @Nullable URI events;
    private final Map<FakeGateway.Stream, State> states = new ConcurrentHashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();
    volatile String parameter = "";

    private static final class State {
        String callSid = "";
        int given;
        int quiet;
        boolean loud;
    }

    FakeReceptionist(int answers) {
        this(answers, null);
    }

    FakeReceptionist(int answers, @Nullable URI events) {
        this.answers = answers;
        this.events = events;
    }

    @Override
    public void message(FakeGateway.Stream stream, JsonNode message, long nanos) throws IOException {
        State state = states.computeIfAbsent(stream, _ -> new State());
        switch (message.path("event").asText()) {
            case "start" -> {
                parameter =
                        message.path("start").path("customParameters").path("p").asText();
                state.callSid = message.path("start").path("callSid").asText();
                send("answered", state, JSON.createObjectNode());
                stream.media(CallerSystemIT.loud(500));
            }
            case "media" ->
                heard(stream, state, message.path("media").path("payload").binaryValue());
            case "mark" -> {
                ObjectNode data = JSON.createObjectNode().put("cause", "AgentHungUp");
                data.putObject("summary").put("turns", state.given);
                send("ended", state, data);
                stream.close();
            }
            default -> {}
        }
    }

    private void heard(FakeGateway.Stream stream, State state, byte[] frame) throws IOException {
        short[] linear = new short[160];
        G711.MU_LAW.decode(frame, 0, linear, 0, 160);
        if (Level.dBov(linear) > -45) {
            state.loud = true;
            state.quiet = 0;
        } else if (state.loud && ++state.quiet == 15) {
            state.loud = false;
            ObjectNode data = JSON.createObjectNode();
            data.putObject("event")
                    .put("mediaTimeMs", 3000)
                    .putObject("callerTurn")
                    .put("index", ++state.given)
                    .put("text", "next tuesday " + state.callSid)
                    .put("startMs", 1200)
                    .put("endMs", 3000);
            send("turn", state, data);
            stream.media(CallerSystemIT.loud(500));
            if (state.given == answers) {
                stream.mark("end");
            }
        }
    }

    private void send(String type, State state, ObjectNode data) throws IOException {
        if (events == null) {
            return;
        }
        data.put("carrierCallId", state.callSid).put("session", "in-" + state.callSid);
        ObjectNode event = JSON.createObjectNode()
                .put("specversion", "1.0")
                .put("id", type + state.given)
                .put("source", "test")
                .put("type", "dev.dialplane.call." + type);
        event.set("data", data);
        try {
            HttpResponse<Void> response = http.send(
                    HttpRequest.newBuilder(events)
                            .header("Content-Type", "application/cloudevents+json")
                            .POST(HttpRequest.BodyPublishers.ofString(event.toString()))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
            if (response.statusCode() != 204) {
                throw new IOException("the event was answered by " + response.statusCode());
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
