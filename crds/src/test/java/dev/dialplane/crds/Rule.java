package dev.dialplane.crds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One rule of a resource, as {@code rules.yaml} lists them.
 *
 * @param rule the rule in words
 * @param resource the sample that is changed
 * @param at the part that changes, a JSON pointer
 * @param refused a value that breaks the rule; null to leave the part out
 * @param message words that the refusal holds
 * @param accepted a value that keeps the rule; null to leave the part out
 */
record Rule(String rule, String resource, String at, JsonNode refused, String message, JsonNode accepted) {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Returns every rule. */
    static Stream<Rule> all() {
        JsonNode table;
        try (var yaml = Rule.class.getResourceAsStream("/rules.yaml")) {
            table = new ObjectMapper(new YAMLFactory()).readTree(yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Stream.concat(
                Map.of("pool", Sample.POOL, "outbound", Sample.OUTBOUND, "inbound", Sample.INBOUND).entrySet().stream()
                        .flatMap(sample -> table.required(sample.getKey())
                                .valueStream()
                                .map(row -> new Rule(
                                        row.required("rule").asText(),
                                        sample.getValue(),
                                        row.required("at").asText(),
                                        row.required("refused"),
                                        row.required("message").asText(),
                                        row.required("accepted")))),
                bounds());
    }

    /** The rules whose examples are too long to write down. */
    private static Stream<Rule> bounds() {
        return Stream.of(
                new Rule(
                        "a name of at most 50 characters",
                        Sample.POOL,
                        "/metadata/name",
                        TextNode.valueOf("a".repeat(51)),
                        "metadata.name must be at most 50 characters",
                        TextNode.valueOf("a".repeat(50))),
                new Rule(
                        "at most 64 answers",
                        Sample.POOL,
                        "/spec/agent/answers",
                        answers(65, 1),
                        "spec.agent.answers: Too many: 65: must have at most 64 items",
                        answers(64, 1)),
                new Rule(
                        "at most 16 examples",
                        Sample.POOL,
                        "/spec/agent/answers",
                        answers(1, 17),
                        "spec.agent.answers[0].when: Too many: 17: must have at most 16 items",
                        answers(1, 16)));
    }

    private static JsonNode answers(int count, int examples) {
        return NODES.arrayNode()
                .addAll(IntStream.range(0, count)
                        .mapToObj(_ -> (JsonNode) NODES.objectNode()
                                .put("say", "Hello")
                                .set(
                                        "when",
                                        NODES.arrayNode()
                                                .addAll(IntStream.range(0, examples)
                                                        .mapToObj(i -> (JsonNode) TextNode.valueOf("Example " + i))
                                                        .collect(Collectors.toList()))))
                        .collect(Collectors.toList()));
    }

    @Override
    public String toString() {
        return rule;
    }
}
