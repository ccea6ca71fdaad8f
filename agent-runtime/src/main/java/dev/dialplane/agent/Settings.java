package dev.dialplane.agent;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the pod tells its process, in environment variables that the operator sets.
 *
 * @param podName DIALPLANE_POD_NAME
 * @param podUid DIALPLANE_POD_UID: offers name it
 * @param address DIALPLANE_POD_IP: where to listen
 * @param port DIALPLANE_AGENT_PORT, 7070 if absent
 * @param pool DIALPLANE_POOL, for the log
 * @param revision DIALPLANE_REVISION: the pool's revision, handed on to whoever watches
 * @param inferenceHost the host of DIALPLANE_INFERENCE
 * @param inferencePort the port of DIALPLANE_INFERENCE
 * @param tls DIALPLANE_TLS_DIRECTORY: the certificates, see {@link dev.dialplane.contracts.tls.TlsFiles}; null if nothing
 *     is encrypted
 * @param healthPort DIALPLANE_HEALTH_PORT, 7071 if absent: where probes ask, which have no certificate; used with
 *     certificates only
 */
public record Settings(
        String podName,
        String podUid,
        String address,
        int port,
        String pool,
        String revision,
        String inferenceHost,
        int inferencePort,
        @Nullable Path tls,
        int healthPort) {
    /** Reads the environment. */
    public static Settings of(Map<String, String> environment) {
        URI inference = hostAndPort(required(environment, "DIALPLANE_INFERENCE"));
        return new Settings(
                required(environment, "DIALPLANE_POD_NAME"),
                required(environment, "DIALPLANE_POD_UID"),
                required(environment, "DIALPLANE_POD_IP"),
                port(environment, "DIALPLANE_AGENT_PORT", "7070"),
                environment.getOrDefault("DIALPLANE_POOL", ""),
                environment.getOrDefault("DIALPLANE_REVISION", ""),
                inference.getHost(),
                inference.getPort(),
                environment.getOrDefault("DIALPLANE_TLS_DIRECTORY", "").isBlank()
                        ? null
                        : Path.of(environment.get("DIALPLANE_TLS_DIRECTORY")),
                port(environment, "DIALPLANE_HEALTH_PORT", "7071"));
    }

    private static String required(Map<String, String> environment, String name) {
        String value = environment.getOrDefault(name, "");
        if (value.isBlank()) {
            throw new IllegalArgumentException(name + " is not set");
        }
        return value;
    }

    private static int port(Map<String, String> environment, String name, String usual) {
        String value = environment.getOrDefault(name, usual);
        try {
            int port = Integer.parseInt(value);
            if (port >= 0 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException(name + " is '" + value + "', allowed is 0 to 65535");
    }

    private static URI hostAndPort(String value) {
        try {
            URI uri = URI.create("tcp://" + value);
            if (uri.getHost() != null && uri.getPort() > 0 && uri.getPort() <= 65535) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new IllegalArgumentException("DIALPLANE_INFERENCE is '" + value + "', allowed is host:port");
    }
}
