package dev.dialplane.gateway.config;

import dev.dialplane.gateway.binding.BindingSettings;
import dev.dialplane.gateway.call.CallSettings;
import dev.dialplane.gateway.carrier.twilio.TwilioSettings;
import dev.dialplane.gateway.recording.RecordingSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The configuration, checked.
 *
 * @param operator where the operator is; null if there is none
 * @param tokenKeyFile the key shared with other gateways and with inference; null if this process makes its own
 * @param devListener where nothing is signed; null if nowhere
 * @param tls the directory with certificates for agents and operators; null if nothing is encrypted
 * @param recordsUrl where records go; null if nowhere
 * @param recordsKeyFile the key that signs them; null if nothing does
 * @param recordsQueue records that wait at most
 * @param recordsMaxMegabytes that they take on disk and in memory at most
 * @param recordings where calls are recorded; null if nowhere
 */
public record Settings(
        BindingSettings binding,
        CallSettings call,
        TwilioSettings twilio,
        @Nullable InetSocketAddress operator,
        @Nullable Path tokenFile,
        @Nullable Path tokenKeyFile,
        @Nullable Path tls,
        Path dataDir,
        int capacity,
        @Nullable InetSocketAddress devListener,
        Duration drainMaxWait,
        @Nullable URI recordsUrl,
        boolean recordsPartials,
        @Nullable Path recordsKeyFile,
        int recordsQueue,
        int recordsMaxMegabytes,
        int journalMaxEvents,
        @Nullable RecordingSettings recordings) {

    private static final String PREFIX = "dialplane.gateway.";

    /** Thrown where a value is not allowed. */
    public static final class InvalidException extends RuntimeException {
        InvalidException(List<String> problems) {
            super("the configuration is not valid:\n  " + String.join("\n  ", problems));
        }
    }

    /**
     * Checks all values.
     *
     * @throws InvalidException naming every key whose value is not allowed, the value, and what is
     */
    public static Settings of(GatewayConfig config) {
        Check check = new Check();
        GatewayConfig.Twilio twilio = config.twilio();
        GatewayConfig.CallTimes call = config.call();
        Settings settings = new Settings(
                new BindingSettings(
                        config.id()
                                .filter(id -> !id.isBlank())
                                .orElseGet(() -> UUID.randomUUID().toString()),
                        config.name(),
                        config.zone().orElse(""),
                        check.between("offer.deadline", config.offer().deadline(), "10ms", "10s"),
                        check.between("offer.patience", config.offer().patience(), "10ms", "1m"),
                        check.between("prepare.deadline", config.prepare().deadline(), "1s", "30m"),
                        check.between("prepare.at-once", config.prepare().atOnce(), 1, 1_000),
                        check.between("agents.others", config.agents().others(), 0, 10_000)),
                new CallSettings(
                        check.between("call.media-timeout", call.mediaTimeout(), "1s", "10m"),
                        check.between("call.agent-silence", call.agentSilence(), "600ms", "1m"),
                        check.between("call.open-timeout", call.openTimeout(), "100ms", "30s"),
                        check.between("call.summary-wait", call.summaryWait(), "100ms", "1m"),
                        check.between("call.polite-wait", call.politeWait(), "1s", "2m"),
                        check.between("offer.expiry", config.offer().expiry(), "500ms", "1m"),
                        check.between("call.reconnect-grace", call.reconnectGrace(), "0s", "5m")),
                new TwilioSettings(
                        twilio.publicUrl()
                                .map(u -> check.url("twilio.public-url", u))
                                .orElse(null),
                        twilio.authTokens().map(Path::of).orElse(null),
                        check.between("twilio.webhook-limit", twilio.webhookLimit(), "100ms", "14s"),
                        check.between("twilio.reservation", twilio.reservation(), "1s", "2m"),
                        check.between("twilio.start-timeout", twilio.startTimeout(), "100ms", "1m"),
                        check.between("twilio.faults-in-a-row", twilio.faultsInARow(), 1, 100_000)),
                config.operator().map(a -> check.address("operator", a)).orElse(null),
                config.tokenFile().map(Path::of).orElse(null),
                config.tokenKeyFile().map(Path::of).orElse(null),
                config.tlsDirectory().map(Path::of).orElse(null),
                Path.of(config.dataDir()),
                check.between("capacity", config.capacity(), 1, 100_000),
                config.devListener().map(a -> check.loopback("dev-listener", a)).orElse(null),
                check.between("drain.max-wait", config.drain().maxWait(), "0s", "24h"),
                config.records().url().map(u -> check.url("records.url", u)).orElse(null),
                config.records().partials(),
                config.records().keyFile().map(Path::of).orElse(null),
                check.between("records.queue", config.records().queue(), 1, 1_000_000),
                check.between("records.max-megabytes", config.records().maxMegabytes(), 1, 1_024),
                check.between("journal.max-events", config.journal().maxEvents(), 100, 10_000_000),
                recordings(config, check));
        if (settings.twilio.publicUrl() != null && settings.twilio.authTokens() == null) {
            check.problem(
                    "twilio.auth-tokens",
                    "",
                    "a file or directory with the account's auth token, as" + " twilio.public-url is set");
        }
        if (settings.binding.offerPatience().compareTo(settings.binding.offerDeadline()) < 0) {
            check.problem(
                    "offer.patience",
                    settings.binding.offerPatience(),
                    "at least offer.deadline, " + settings.binding.offerDeadline());
        }
        check.complain();
        return settings;
    }

    private static @Nullable RecordingSettings recordings(GatewayConfig config, Check check) {
        GatewayConfig.Recordings recordings = config.recordings();
        GatewayConfig.Recordings.Bucket wanted = recordings.bucket();
        int megabytes =
                check.between("recordings.max-waiting-megabytes", recordings.maxWaitingMegabytes(), 1, 1_000_000);
        RecordingSettings.Bucket bucket = null;
        if (wanted.name().isPresent()) {
            String name =
                    check.matching("recordings.bucket.name", wanted.name().get(), "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
            String prefix = wanted.prefix().orElse("");
            if (!prefix.isEmpty()) {
                check.matching("recordings.bucket.prefix", prefix, "([A-Za-z0-9_.=-]+/)+");
            }
            if (wanted.credentialsDirectory().isEmpty()) {
                check.problem(
                        "recordings.bucket.credentials-directory",
                        "",
                        "a directory with access-key-id and secret-access-key, as recordings.bucket.name is set");
            }
            bucket = new RecordingSettings.Bucket(
                    name,
                    wanted.endpoint()
                            .map(u -> check.url("recordings.bucket.endpoint", u))
                            .orElse(null),
                    check.matching("recordings.bucket.region", wanted.region(), "[a-z0-9-]{1,63}"),
                    prefix,
                    Path.of(wanted.credentialsDirectory().orElse("")));
        }
        if (bucket == null && recordings.directory().isEmpty()) {
            return null;
        }
        return new RecordingSettings(
                recordings
                        .directory()
                        .map(Path::of)
                        .orElseGet(() -> Path.of(config.dataDir()).resolve("recordings")),
                recordings.region().orElse(""),
                (long) megabytes << 20,
                bucket);
    }

    private static final class Check {
        private final List<String> problems = new ArrayList<>();

        void problem(String key, Object value, String allowed) {
            problems.add(PREFIX + key + " is \"" + value + "\", allowed is " + allowed);
        }

        Duration between(String key, Duration value, String least, String most) {
            if (value.compareTo(parsed(least)) < 0 || value.compareTo(parsed(most)) > 0) {
                problem(key, value, least + " to " + most);
            }
            return value;
        }

        private static Duration parsed(String text) {
            int unit = text.endsWith("ms") ? text.length() - 2 : text.length() - 1;
            long number = Long.parseLong(text, 0, unit, 10);
            return switch (text.substring(unit)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> throw new IllegalArgumentException(text);
            };
        }

        int between(String key, int value, int least, int most) {
            if (value < least || value > most) {
                problem(key, value, least + " to " + most);
            }
            return value;
        }

        String matching(String key, String value, String pattern) {
            if (!value.matches(pattern)) {
                problem(key, value, "what matches " + pattern);
            }
            return value;
        }

        @Nullable
        URI url(String key, String value) {
            try {
                URI url = new URI(value);
                if (("http".equals(url.getScheme()) || "https".equals(url.getScheme())) && url.getHost() != null) {
                    return url;
                }
            } catch (URISyntaxException e) {
                // Said below.
            }
            problem(key, value, "an http or https URL with a host");
            return null;
        }

        @Nullable
        InetSocketAddress address(String key, String value) {
            int colon = value.lastIndexOf(':');
            try {
                int port = Integer.parseInt(value.substring(colon + 1));
                if (colon > 0 && port >= 0 && port <= 65_535) {
                    return InetSocketAddress.createUnresolved(value.substring(0, colon), port);
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            problem(key, value, "host:port");
            return null;
        }

        @Nullable
        InetSocketAddress loopback(String key, String value) {
            InetSocketAddress address = address(key, value);
            if (address == null) {
                return null;
            }
            try {
                InetAddress host = InetAddress.getByName(address.getHostString());
                if (host.isLoopbackAddress()) {
                    return new InetSocketAddress(host, address.getPort());
                }
            } catch (UnknownHostException e) {
                // Said below.
            }
            problem(key, value, "a loopback address and port, for nothing is signed there");
            return null;
        }

        void complain() {
            if (!problems.isEmpty()) {
                throw new InvalidException(problems);
            }
        }
    }
}
