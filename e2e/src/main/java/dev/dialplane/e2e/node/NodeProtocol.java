package dev.dialplane.e2e.node;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.Set;

/** What a process of simulated nodes and its bench say to each other: JSON, a line each, over a loopback socket. */
public final class NodeProtocol {
    private static final ObjectMapper JSON = new ObjectMapper();

    private NodeProtocol() {}

    /** One line. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "m")
    @JsonSubTypes({
        @JsonSubTypes.Type(Accepted.class),
        @JsonSubTypes.Type(Opened.class),
        @JsonSubTypes.Type(Released.class),
        @JsonSubTypes.Type(PodDeleted.class),
        @JsonSubTypes.Type(Counts.class),
        @JsonSubTypes.Type(GoingDown.class),
        @JsonSubTypes.Type(Slow.class),
        @JsonSubTypes.Type(Crash.class),
        @JsonSubTypes.Type(LoseNode.class),
        @JsonSubTypes.Type(Go.class)
    })
    public sealed interface Message {}

    /** See {@link WireObserver#accepted}. */
    public record Accepted(String podUid, String callId, int attempt, String carrierCallId) implements Message {}

    /** See {@link WireObserver#opened}. */
    public record Opened(String podUid, String callId, boolean alone, long atNanos) implements Message {}

    /** See {@link WireObserver#released}. */
    public record Released(String podUid, String callId) implements Message {}

    /** See {@link WireObserver#podDeleted}. */
    public record PodDeleted(String podUid, String name) implements Message {}

    /** How many agents there are; sent a few times a second. */
    public record Counts(Map<String, Integer> serving, int idle, int pods) implements Message {}

    /** The pods of the node that goes down once the bench says {@link Go}. */
    public record GoingDown(Set<String> podUids) implements Message {}

    /** To the nodes: offers take so long. */
    public record Slow(long milliseconds) implements Message {}

    /** To the nodes: whether new pods crash. */
    public record Crash(boolean crash) implements Message {}

    /** To the nodes: lose the fullest one. */
    public record LoseNode() implements Message {}

    /** To the nodes: the bench knows which pods go. */
    public record Go() implements Message {}

    static String line(Message message) {
        try {
            return JSON.writeValueAsString(message);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of plain values is always JSON", e);
        }
    }

    static Message parse(String line) throws JsonProcessingException {
        return JSON.readValue(line, Message.class);
    }
}
