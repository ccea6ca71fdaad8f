package dev.dialplane.local.yaml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * YAML that somebody wrote, and the words for what is wrong with it: the place, the value and what is allowed. A text may
 * not be longer than its reader says, nor nest deeper than {@value #MOST_NESTED}. An alias stays the name that it is, so that
 * no small text becomes a large one.
 */
public final class YamlText {
    private static final int MOST_NESTED = 10;
    private static final int MOST_SHOWN = 60;

    private final int mostCharacters;
    private final YAMLMapper mapper;

    /** A text that is not what its reader reads. */
    public static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        /** With the place, the value and what is allowed. */
        public MalformedException(String message) {
            super(message);
        }
    }

    /**
     * A reader of texts of at most so many characters.
     *
     * @param mostCharacters in UTF-16 units
     */
    public YamlText(int mostCharacters) {
        this.mostCharacters = mostCharacters;
        LoaderOptions limits = new LoaderOptions();
        limits.setCodePointLimit(mostCharacters);
        mapper = new YAMLMapper(YAMLFactory.builder()
                .loaderOptions(limits)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MOST_NESTED)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build());
    }

    /**
     * Reads a text.
     *
     * @throws MalformedException if it is too long, or no YAML
     */
    public JsonNode read(String text) throws MalformedException {
        if (text.length() > mostCharacters) {
            throw new MalformedException("it has " + text.length() + " characters, allowed are " + mostCharacters);
        }
        try {
            return mapper.readTree(text);
        } catch (JsonProcessingException e) {
            throw new MalformedException("it is no YAML: " + e.getOriginalMessage());
        } catch (RuntimeException | StackOverflowError e) {
            throw new MalformedException("it is no YAML: " + e);
        }
    }

    /** An object as a map of Java's own types. */
    public Map<String, Object> map(JsonNode object) {
        return mapper.convertValue(object, new TypeReference<Map<String, Object>>() {});
    }

    /**
     * That a node is an object with no other fields than these.
     *
     * @param at its place, such as {@code call[2]}
     */
    public static void only(String at, JsonNode node, Set<String> fields) throws MalformedException {
        if (!node.isObject()) {
            throw wrong(at, node, "an object");
        }
        for (var field : node.properties()) {
            if (!fields.contains(field.getKey())) {
                throw new MalformedException(at + " has '" + field.getKey() + "', allowed are "
                        + String.join(", ", fields.stream().sorted().toList()));
            }
        }
    }

    /** What is wrong with a value. */
    public static MalformedException wrong(String at, JsonNode node, String allowed) {
        return new MalformedException(at + " is " + shown(node) + ", allowed is " + allowed);
    }

    private static String shown(JsonNode node) {
        String text = node.isMissingNode() ? "missing" : node.toString();
        return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "...";
    }
}
