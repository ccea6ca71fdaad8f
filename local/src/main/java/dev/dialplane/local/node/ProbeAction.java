package dev.dialplane.local.node;

import dev.dialplane.local.process.Child;
import dev.dialplane.local.process.ChildProcesses;
import dev.dialplane.local.process.Launch;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One kind of probe or hook that asks a container something. Blocks up to its timeout. */
interface ProbeAction extends AutoCloseable {
    /** Returns if the answer was good. */
    void ask(Duration timeout) throws ProbeFailure, InterruptedException;

    @Override
    default void close() {}

    /** Why an answer was not good. */
    final class ProbeFailure extends Exception {
        private static final long serialVersionUID = 1L;

        ProbeFailure(String message) {
            super(message, null, false, false); // probes fail often before they pass
        }
    }

    /** The action of a probe. */
    static ProbeAction of(Probe probe, Container container, String address, ChildProcesses children, Launch template)
            throws ContainerConfigException {
        if (probe.getHttpGet() != null) {
            return httpGet(probe.getHttpGet(), container, address);
        } else if (probe.getTcpSocket() != null) {
            String host = probe.getTcpSocket().getHost();
            return new Tcp(
                    host == null ? address : host, port(probe.getTcpSocket().getPort(), container));
        } else if (probe.getGrpc() != null) {
            String service = probe.getGrpc().getService();
            return new Grpc(address, probe.getGrpc().getPort(), service == null ? "" : service);
        } else if (probe.getExec() != null) {
            return new Exec(children, withCommand(template, probe.getExec().getCommand()));
        }
        throw new ContainerConfigException("a probe of container " + container.getName()
                + " has no action: allowed are httpGet, tcpSocket, grpc and exec");
    }

    static ProbeAction httpGet(HTTPGetAction get, Container container, String address) throws ContainerConfigException {
        if (get.getScheme() != null && !get.getScheme().equalsIgnoreCase("HTTP")) {
            throw new ContainerConfigException(
                    "httpGet.scheme " + get.getScheme() + " is not supported by this node: allowed is HTTP");
        }
        String host = get.getHost() == null || get.getHost().isEmpty() ? address : get.getHost();
        String path = get.getPath() == null ? "/" : get.getPath();
        URI uri = URI.create(
                "http://" + host + ":" + port(get.getPort(), container) + (path.startsWith("/") ? path : "/" + path));
        return new Http(uri, get.getHttpHeaders());
    }

    static Launch withCommand(Launch template, List<String> command) {
        return new Launch(
                template.name() + " command", command, template.environment(), template.directory(), template.log());
    }

    private static int port(IntOrString port, Container container) throws ContainerConfigException {
        if (port.getIntVal() != null) {
            return port.getIntVal();
        }
        for (ContainerPort known : container.getPorts()) {
            if (port.getStrVal().equals(known.getName())) {
                return known.getContainerPort();
            }
        }
        throw new ContainerConfigException(
                "container " + container.getName() + " has no port named " + port.getStrVal());
    }

    /** Good from 200 to 399. */
    record Http(URI uri, List<HTTPHeader> headers) implements ProbeAction {
        @Override
        public void ask(Duration timeout) throws ProbeFailure {
            try {
                HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(java.net.Proxy.NO_PROXY);
                connection.setConnectTimeout((int) timeout.toMillis());
                connection.setReadTimeout((int) timeout.toMillis());
                connection.setInstanceFollowRedirects(false);
                connection.setUseCaches(false);
                connection.setRequestProperty("Connection", "close");
                connection.setRequestProperty("User-Agent", "kube-probe/dialplane-local");
                headers.forEach(header -> connection.setRequestProperty(header.getName(), header.getValue()));
                int code = connection.getResponseCode();
                connection.disconnect();
                if (code < 200 || code >= 400) {
                    throw new ProbeFailure("HTTP probe failed with statuscode: " + code);
                }
            } catch (IOException e) {
                throw new ProbeFailure("Get \"" + uri + "\": " + e.getMessage());
            }
        }
    }

    /** Good if a connection is accepted. */
    record Tcp(String host, int port) implements ProbeAction {
        @Override
        public void ask(Duration timeout) throws ProbeFailure {
            connect(host, port, timeout);
        }

        static void connect(String host, int port, Duration timeout) throws ProbeFailure {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
            } catch (IOException e) {
                throw new ProbeFailure("dial tcp " + host + ":" + port + ": " + e.getMessage());
            }
        }
    }

    /** Good if {@code grpc.health.v1} says SERVING. */
    final class Grpc implements ProbeAction {
        private final String host;
        private final int port;
        private final String service;
        private @Nullable ManagedChannel channel;

        Grpc(String host, int port, String service) {
            this.host = host;
            this.port = port;
            this.service = service;
        }

        @Override
        public synchronized void ask(Duration timeout) throws ProbeFailure {
            if (channel == null) {
                // A channel to a port where nobody listens yet would back off for a second.
                Tcp.connect(host, port, timeout);
                channel = OkHttpChannelBuilder.forAddress(host, port)
                        .usePlaintext()
                        .directExecutor()
                        .build();
            }
            try {
                ServingStatus status = HealthGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
                        .check(HealthCheckRequest.newBuilder()
                                .setService(service)
                                .build())
                        .getStatus();
                if (status != ServingStatus.SERVING) {
                    throw new ProbeFailure("service unhealthy (responded with \"" + status + "\")");
                }
            } catch (StatusRuntimeException e) {
                close();
                throw new ProbeFailure("health rpc failed: " + e.getStatus());
            }
        }

        @Override
        public synchronized void close() {
            if (channel != null) {
                channel.shutdownNow();
                channel = null;
            }
        }
    }

    /** Good if the command ends with 0. */
    record Exec(ChildProcesses children, Launch launch) implements ProbeAction {
        @Override
        public void ask(Duration timeout) throws ProbeFailure, InterruptedException {
            Child child;
            try {
                child = children.startUnrecorded(launch);
            } catch (IOException e) {
                throw new ProbeFailure(String.valueOf(e.getMessage()));
            }
            try {
                int code = child.exit().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
                if (code != 0) {
                    throw new ProbeFailure("command ended with exit code " + code);
                }
            } catch (TimeoutException e) {
                throw new ProbeFailure("command did not end in " + timeout.toMillis() + " ms");
            } catch (ExecutionException e) {
                throw new ProbeFailure("command failed: " + e.getMessage());
            } finally {
                child.kill();
            }
        }
    }
}
