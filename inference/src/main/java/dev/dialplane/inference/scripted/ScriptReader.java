package dev.dialplane.inference.scripted;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads scripts from YAML, and says what is wrong with one: the field, the value and what is allowed. */
public final class ScriptReader {
    /** A larger script is refused. */
    public static final int MAX_BYTES = 1 << 20;

    private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s)");

    private static final JsonMapper MAPPER = JsonMapper.builder(new YAMLFactory())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .addModule(new SimpleModule().addDeserializer(Duration.class, new DurationReader()))
            .build();

    private ScriptReader() {}

    /**
     * The script.
     *
     * @param name of the file, for messages
     * @throws IllegalArgumentException if it is none, with the field, the value and what is allowed
     */
    public static Script read(String name, byte[] yaml) {
        if (yaml.length > MAX_BYTES) {
            throw new IllegalArgumentException(name + ": it has " + yaml.length + " bytes, allowed are " + MAX_BYTES);
        }
        try {
            Script script = MAPPER.readValue(yaml, Script.class);
            if (script == null) {
                throw new IllegalArgumentException(
                        name + ": it is empty, allowed are speechToText, languageModel and textToSpeech");
            }
            return script;
        } catch (UnrecognizedPropertyException e) {
            throw new IllegalArgumentException(
                    name + ": " + path(e) + " is not known, allowed are "
                            + e.getKnownPropertyIds().stream()
                                    .map(String::valueOf)
                                    .sorted()
                                    .collect(Collectors.joining(", ")),
                    e);
        } catch (InvalidFormatException e) {
            throw new IllegalArgumentException(
                    name + ": " + path(e) + " is \"" + e.getValue() + "\", allowed is " + allowed(e.getTargetType()),
                    e);
        } catch (JsonMappingException e) {
            String cause = e.getCause() instanceof IllegalArgumentException reason
                    ? String.valueOf(reason.getMessage())
                    : e.getOriginalMessage();
            throw new IllegalArgumentException(name + ": " + path(e) + ": " + cause, e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(name + ": it is not YAML: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(name + ": it cannot be read: " + e.getMessage(), e);
        }
    }

    private static String path(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return path.isEmpty() ? "the document" : path.toString();
    }

    private static String allowed(Class<?> type) {
        if (type == Duration.class) {
            return "a duration such as 80ms or 1.5s";
        }
        if (type.isEnum()) {
            return "one of " + List.of(type.getEnumConstants());
        }
        return "a value of type " + type.getSimpleName();
    }

    private static final class DurationReader extends StdDeserializer<Duration> {
        private static final long serialVersionUID = 1;

        DurationReader() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String text = parser.getValueAsString("");
            Matcher matcher = DURATION.matcher(text);
            if (!matcher.matches()) {
                return (Duration) context.handleWeirdStringValue(Duration.class, text, "a duration such as 80ms");
            }
            double value = Double.parseDouble(matcher.group(1));
            return Duration.ofNanos(Math.round(value * (matcher.group(2).equals("ms") ? 1e6 : 1e9)));
        }
    }
}
