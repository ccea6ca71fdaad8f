package dev.dialplane.local.node;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeActionSystemIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @Test
    void aGrpcProbePassesWhileTheServiceServes() throws Exception {
        HealthStatusManager health = new HealthStatusManager();
        Server server = OkHttpServerBuilder.forPort(
                        new InetSocketAddress("127.0.0.1", 0), InsecureServerCredentials.create())
                .addService(health.getHealthService())
                .build()
                .start();
        try (ProbeAction probe = new ProbeAction.Grpc("127.0.0.1", server.getPort(), "")) {
            assertThatCode(() -> probe.ask(TIMEOUT)).doesNotThrowAnyException();
            health.setStatus("", ServingStatus.NOT_SERVING);
            assertThatThrownBy(() -> probe.ask(TIMEOUT))
                    .hasMessage("service unhealthy (responded with \"NOT_SERVING\")");
            health.setStatus("", ServingStatus.SERVING);
            assertThatCode(() -> probe.ask(TIMEOUT)).doesNotThrowAnyException();
            server.shutdownNow().awaitTermination();
            assertThatThrownBy(() -> probe.ask(TIMEOUT)).hasMessageStartingWith("health rpc failed: ");
            assertThatThrownBy(() -> probe.ask(TIMEOUT)).hasMessageStartingWith("dial tcp 127.0.0.1:");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 302, 399})
    void anHttpProbePassesFrom200To399(int code) throws IOException {
        HttpServer server = answering(code);
        try {
            assertThatCode(() -> http(server).ask(TIMEOUT)).doesNotThrowAnyException();
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 503})
    void anHttpProbeFailsFrom400(int code) throws IOException {
        HttpServer server = answering(code);
        try {
            assertThatThrownBy(() -> http(server).ask(TIMEOUT))
                    .hasMessage("HTTP probe failed with statuscode: " + code);
        } finally {
            server.stop(0);
        }
    }

    private static HttpServer answering(int code) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(code, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static ProbeAction http(HttpServer server) {
        return new ProbeAction.Http(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"), List.of());
    }

    @Test
    void aSilentServerFailsAtTheTimeout() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            ProbeAction probe =
                    new ProbeAction.Http(URI.create("http://127.0.0.1:" + silent.getLocalPort()), List.of());
            assertThatThrownBy(() -> probe.ask(Duration.ofMillis(200))).hasMessageContaining("timed out");
            assertThatCode(() -> new ProbeAction.Tcp("127.0.0.1", silent.getLocalPort()).ask(TIMEOUT))
                    .doesNotThrowAnyException();
        }
    }
}
