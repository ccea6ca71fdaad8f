package dev.dialplane.gateway.carrier.twilio;

import dev.dialplane.gateway.carrier.CarrierMessage;
import dev.dialplane.gateway.carrier.Dialect;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Which coding a stream's {@code start.mediaFormat} asks for: a function of it and of what is spoken on that socket. */
sealed interface MediaFormat {
    /** One that is spoken here. */
    record Spoken(Dialect.Coding coding) implements MediaFormat {}

    /** None. {@code fault} names the field, its value and what is allowed, in at most 123 bytes: a close frame's. */
    record Refused(String fault) implements MediaFormat {}

    int SHOWN = 24;

    static MediaFormat of(CarrierMessage.Start start, List<Dialect.Coding> spoken) {
        List<Dialect.Coding> ofType = spoken.stream()
                .filter(coding -> coding.mediaType().equals(start.encoding()))
                .toList();
        if (ofType.isEmpty()) {
            return refused(
                    "encoding",
                    shown(start.encoding()),
                    spoken.stream().map(Dialect.Coding::mediaType).distinct().collect(Collectors.joining(", ")));
        }
        if (start.channels() != 1) {
            return refused("channels", String.valueOf(start.channels()), "1");
        }
        return ofType.stream()
                .filter(coding -> coding.mayBeSaid(start.sampleRate()))
                .findFirst()
                .<MediaFormat>map(Spoken::new)
                .orElseGet(() -> refused(
                        "sampleRate",
                        String.valueOf(start.sampleRate()),
                        IntStream.of(8_000, 16_000, 48_000)
                                .filter(rate -> ofType.stream().anyMatch(coding -> coding.mayBeSaid(rate)))
                                .mapToObj(String::valueOf)
                                .collect(Collectors.joining(", "))));
    }

    private static MediaFormat refused(String field, String value, String allowed) {
        return new Refused("mediaFormat." + field + " is " + value + ", allowed: " + allowed);
    }

    /** Of a stranger's text the beginning, in printable ASCII. */
    private static String shown(String text) {
        String plain = text.replaceAll("[^ -~]", "?");
        return plain.length() <= SHOWN ? plain : plain.substring(0, SHOWN) + "...";
    }
}
