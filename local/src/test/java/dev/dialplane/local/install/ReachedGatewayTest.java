package dev.dialplane.local.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dialplane.local.install.ReachedGateway.Way;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReachedGatewayTest {
    private static final String LISTENER = "DIALPLANE_GATEWAY_DEV_LISTENER";
    private static final String URL = "DIALPLANE_GATEWAY_TWILIO_PUBLIC_URL";

    @Test
    void aProcessOnThisMachineIsDialedAtItsListener() throws IOException {
        assertThat(Way.to(gateway("127.77.0.9", Map.of(LISTENER, "127.77.0.9:8090"))))
                .isEqualTo(new Way.Direct(URI.create("http://127.77.0.9:8090")));
    }

    @Test
    void aListenerInAPodIsNotTakenForOneOnThisMachine() throws IOException {
        assertThat(Way.to(gateway("10.1.2.3", Map.of(LISTENER, "127.0.0.1:8090"))))
                .isEqualTo(new Way.Unsigned(8090));
    }

    @Test
    void whereTheCarrierComesCallsAreSigned() throws IOException {
        Way signed = new Way.Signed(URI.create("https://calls.example.com"));
        assertThat(Way.to(gateway("10.1.2.3", Map.of(URL, "https://calls.example.com"))))
                .isEqualTo(signed);
        assertThat(Way.to(gateway("10.1.2.3", Map.of(LISTENER, "127.0.0.1:8090", URL, "https://calls.example.com"))))
                .isEqualTo(signed);
    }

    @Test
    void oneThatTakesNoCallsSaysWhatToSet() {
        assertThatThrownBy(() -> Way.to(gateway("10.1.2.3", Map.of())))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("dialplane-gateway-0", "gateway.publicUrl", "gateway.phone");
    }

    private static Pod gateway(String address, Map<String, String> variables) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("dialplane-gateway-0")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withEnv(variables.entrySet().stream()
                        .map(each -> new EnvVar(each.getKey(), each.getValue(), null))
                        .toList())
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPodIP(address)
                .endStatus()
                .build();
    }
}
