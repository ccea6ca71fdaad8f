package dev.dialplane.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dialplane.gateway.recording.RecordingSettings;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    private static Settings of(Map<String, String> values) {
        return Settings.of(new SmallRyeConfigBuilder()
                .withMapping(GatewayConfig.class)
                .withSources(new PropertiesConfigSource(values, "test", 100))
                .withConverter(java.time.Duration.class, 100, new io.quarkus.runtime.configuration.DurationConverter())
                .build()
                .getConfigMapping(GatewayConfig.class));
    }

    @Test
    void theDefaultsAreValid() {
        Settings settings = of(Map.of());
        assertThat(settings.devListener()).isNull();
        assertThat(settings.operator()).isNull();
        assertThat(settings.binding().gatewayId()).isNotBlank();
        assertThat(settings.call().mediaTimeout()).hasSeconds(30);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dev-listener | 0.0.0.0:8090 | a loopback address",
                "dev-listener | 192.0.2.1:8090 | a loopback address",
                "dev-listener | 127.0.0.1 | host:port",
                "operator | nowhere | host:port",
                "operator | host:70000 | host:port",
                "twilio.public-url | voice.example.com | an http or https URL",
                "records.url | ftp://x | an http or https URL",
                "offer.deadline | 1ms | 10ms to 10s",
                "offer.patience | 200ms | at least offer.deadline",
                "twilio.webhook-limit | 15s | 100ms to 14s",
                "call.agent-silence | 500ms | 600ms to 1m",
                "capacity | 0 | 1 to 100000",
                "prepare.at-once | 0 | 1 to 1000",
                "recordings.max-waiting-megabytes | 0 | 1 to 1000000",
            })
    void whatIsNotAllowedIsSaidWithKeyValueAndRange(String key, String value, String allowed) {
        assertThatThrownBy(() -> of(Map.of("dialplane.gateway." + key, value)))
                .isInstanceOf(Settings.InvalidException.class)
                .hasMessageContaining("dialplane.gateway." + key + " is \"")
                .hasMessageContaining(allowed);
    }

    @Test
    void everyProblemIsSaidAtOnce() {
        assertThatThrownBy(() -> of(Map.of(
                        "dialplane.gateway.capacity", "0",
                        "dialplane.gateway.dev-listener", "example.com:1",
                        "dialplane.gateway.twilio.public-url", "https://voice.example.com")))
                .hasMessageContaining("capacity")
                .hasMessageContaining("dev-listener")
                .hasMessageContaining("twilio.auth-tokens");
    }

    @Test
    void nothingIsRecordedUnlessThereIsAPlaceForIt() {
        assertThat(of(Map.of("dialplane.gateway.recordings.region", "in-west")).recordings())
                .isNull();
        assertThat(of(Map.of("dialplane.gateway.recordings.directory", "/calls"))
                        .recordings())
                .isEqualTo(new RecordingSettings(Path.of("/calls"), "", 512L << 20, null));
        assertThat(of(Map.of(
                                "dialplane.gateway.recordings.bucket.name", "calls",
                                "dialplane.gateway.recordings.bucket.credentials-directory", "/key",
                                "dialplane.gateway.recordings.region", "in-west",
                                "dialplane.gateway.data-dir", "/data"))
                        .recordings())
                .isEqualTo(new RecordingSettings(
                        Path.of("/data/recordings"),
                        "in-west",
                        512L << 20,
                        new RecordingSettings.Bucket("calls", null, "us-east-1", "", Path.of("/key"))));
    }

    @Test
    void aBucketIsCheckedAsAWhole() {
        assertThatThrownBy(() -> of(Map.of(
                        "dialplane.gateway.recordings.bucket.name", "Calls",
                        "dialplane.gateway.recordings.bucket.endpoint", "minio:9000",
                        "dialplane.gateway.recordings.bucket.prefix", "/calls")))
                .hasMessageContaining("recordings.bucket.name is \"Calls\"")
                .hasMessageContaining("recordings.bucket.endpoint is \"minio:9000\", allowed is an http or https URL")
                .hasMessageContaining("recordings.bucket.prefix is \"/calls\"")
                .hasMessageContaining("recordings.bucket.credentials-directory is \"\", allowed is a directory");
    }

    @Test
    void loopbackAddressesAreTaken() {
        Settings settings = of(Map.of("dialplane.gateway.dev-listener", "127.77.1.2:8090"));
        assertThat(settings.devListener()).isNotNull();
    }
}
