package dev.dialplane.local.caller.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.contracts.common.v1.Cause;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a gateway tells about a call, out of a CloudEvent (1.0, structured JSON). */
public sealed interface CallEvent {
    /** The longest event that is read, in bytes. */
    int MAX_BYTES = 256 << 10;

    /** The fields of {@code data} that name the call. */
    List<String> NAMING_FIELDS = List.of("carrierCallId", "callId", "session");

    /** The names by which the event may mean its call: the carrier's id, the cluster's, the session's. */
    Set<String> names();

    /** {@code dev.dialplane.call.answered}. */
    record Answered(Set<String> names, String session) implements CallEvent {}

    /** {@code dev.dialplane.call.turn} or {@code .partial}. */
    record Happened(Set<String> names, TurnEvent event) implements CallEvent {}

    /** {@code dev.dialplane.call.moved}: another agent has the call; its pod's name. */
    record Moved(Set<String> names, String podName) implements CallEvent {}

    /**
     * {@code dev.dialplane.call.ended}.
     *
     * @param cause as a CallSession spells it; empty if neither the event nor the summary tells
     * @param summary the agent's, or null if it could give none
     */
    record Ended(
            Set<String> names,
            String session,
            String cause,
            @Nullable CallSummary summary) implements CallEvent {}

    /** Something that is not an event of a call. */
    final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedException(String message) {
            super(message);
        }
    }

    /**
     * Reads an event. Fields that are not known are skipped.
     *
     * @throws MalformedException if it is none, saying which field is wrong
     */
    static CallEvent read(byte[] json) throws MalformedException {
        if (json.length > MAX_BYTES) {
            throw new MalformedException("the event has " + json.length + " bytes, allowed are " + MAX_BYTES);
        }
        JsonNode root;
        try {
            root = Json.MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new MalformedException("the event is no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new MalformedException("the event is no JSON: " + e.getMessage());
        }
        if (!root.path("specversion").asText().startsWith("1.")) {
            throw new MalformedException("specversion is " + root.path("specversion") + ", allowed is 1.0");
        }
        JsonNode data = root.path("data");
        Set<String> names = new LinkedHashSet<>();
        Json.addText(names, root.path("subject"));
        for (String field : NAMING_FIELDS) {
            Json.addText(names, data.path(field));
        }
        String session = data.path("session").asText("");
        String type = root.path("type").asText();
        return switch (type) {
            case "dev.dialplane.call.answered" -> new Answered(names, session);
            case "dev.dialplane.call.turn", "dev.dialplane.call.partial" -> {
                TurnEvent.Builder event = TurnEvent.newBuilder();
                Json.merge("data.event", data.path("event"), event);
                yield new Happened(names, event.build());
            }
            case "dev.dialplane.call.moved" ->
                new Moved(names, data.path("moved").path("podName").asText(""));
            case "dev.dialplane.call.ended" -> {
                CallSummary summary = Json.summary(data.path("summary"));
                String cause = data.path("cause").asText("");
                yield new Ended(
                        names,
                        session,
                        cause.isEmpty() && summary != null ? Json.spelled(summary.getCause()) : cause,
                        summary);
            }
            default ->
                throw new MalformedException("type is \"" + type
                        + "\", allowed is dev.dialplane.call. and answered, turn, partial, moved or ended");
        };
    }

    /** How events are read. */
    final class Json {
        private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxNestingDepth(50)
                                .build())
                        .build())
                .build();

        private Json() {}

        private static void addText(Set<String> names, JsonNode value) {
            if (value.isTextual() && !value.textValue().isEmpty()) {
                names.add(value.textValue());
            }
        }

        private static @Nullable CallSummary summary(JsonNode node) throws MalformedException {
            if (node.isMissingNode() || node.isNull()) {
                return null;
            }
            CallSummary.Builder summary = CallSummary.newBuilder();
            merge("data.summary", node, summary);
            return summary.build();
        }

        /** CAUSE_CALLER_HUNG_UP as CallerHungUp. */
        private static String spelled(Cause cause) {
            return cause == Cause.UNRECOGNIZED || cause == Cause.CAUSE_UNSPECIFIED
                    ? ""
                    : Arrays.stream(cause.name().substring("CAUSE_".length()).split("_"))
                            .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining());
        }

        private static void merge(String field, JsonNode value, com.google.protobuf.Message.Builder into)
                throws MalformedException {
            if (!value.isObject()) {
                throw new MalformedException(field + " is " + value.getNodeType() + ", allowed is an object");
            }
            try {
                JsonFormat.parser().ignoringUnknownFields().merge(value.toString(), into);
            } catch (InvalidProtocolBufferException | RuntimeException e) {
                throw new MalformedException(
                        field + " is no " + into.getDescriptorForType().getName() + ": " + e.getMessage());
            }
        }
    }
}
