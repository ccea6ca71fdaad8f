package dev.dialplane.e2e.bench;

import dev.dialplane.local.components.Checkout;
import dev.dialplane.local.install.AgentCache;
import dev.dialplane.local.install.ProcessImages;
import dev.dialplane.local.node.ImageTable;
import dev.dialplane.local.process.Child;
import dev.dialplane.local.process.ChildProcesses;
import dev.dialplane.local.process.Launch;
import dev.dialplane.local.process.ProcessLedger;
import dev.dialplane.local.progress.Progress;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long an agent takes from exec until its readiness probe would succeed, one after another, with the start-up cache it
 * is shipped with; and what it holds in memory then, alone and as one of ten.
 */
final class StartBench implements BenchMain.Bench {
    private static final int WARM_UPS = 3;
    private static final int STARTS = 30;
    private static final int TOGETHER = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String HOST = "127.0.0.1";

    @Override
    public Report run() throws Exception {
        Path out = Path.of("target/bench/start");
        Files.createDirectories(out);
        Path checkout = Checkout.root();
        Path java = Path.of(System.getProperty("java.home"));
        Progress progress = Progress.to(System.out);
        AgentCache.train(checkout, java, progress);
        ImageTable.Entry image =
                ProcessImages.of(checkout, java).find("dialplane/agent-runtime").orElseThrow();
        ChildProcesses children = new ChildProcesses(ProcessLedger.create(out.resolve("pids")));

        Samples ready = new Samples();
        Samples resident = new Samples();
        progress.say("starting %d agents, one after another".formatted(WARM_UPS + STARTS));
        for (int i = 0; i < WARM_UPS + STARTS; i++) {
            int port = freePort();
            long began = System.nanoTime();
            Child agent = start(children, image, port, out);
            try {
                double milliseconds = (readyAt(agent, port) - began) / 1e6;
                if (i >= WARM_UPS) {
                    ready.add(milliseconds);
                    resident.add(ProcessUse.residentMegabytes(agent.pid()));
                }
            } finally {
                agent.end(Duration.ofSeconds(5));
            }
        }
        progress.say("starting %d that stay".formatted(TOGETHER));
        Samples proportional = together(children, image, out);
        return report(ready, resident, proportional);
    }

    private static Samples together(ChildProcesses children, ImageTable.Entry image, Path out) throws Exception {
        List<Child> agents = new ArrayList<>();
        try {
            for (int i = 0; i < TOGETHER; i++) {
                int port = freePort();
                Child agent = start(children, image, port, out);
                agents.add(agent);
                readyAt(agent, port);
            }
            Samples proportional = new Samples();
            for (Child agent : agents) {
                proportional.add(ProcessUse.proportionalMegabytes(agent.pid()));
            }
            return proportional;
        } finally {
            agents.forEach(agent -> agent.end(Duration.ofSeconds(5)));
        }
    }

    private static Child start(ChildProcesses children, ImageTable.Entry image, int port, Path out) throws IOException {
        Map<String, String> environment = new HashMap<>(image.environment());
        environment.put("DIALPLANE_POD_NAME", "bench-" + port);
        environment.put("DIALPLANE_POD_UID", "uid-" + port);
        environment.put("DIALPLANE_POD_IP", HOST);
        environment.put("DIALPLANE_AGENT_PORT", String.valueOf(port));
        // Nobody is there: an agent is Ready before it is prepared, and only preparing needs inference.
        environment.put("DIALPLANE_INFERENCE", HOST + ":1");
        return children.start(
                new Launch("agent", image.command(), environment, out.toAbsolutePath(), out.resolve("agent.log")));
    }

    /** When the probe first succeeds, on this process's monotonic clock, ns. */
    private static long readyAt(Child agent, int port) throws IOException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!listens(port)) {
            if (!agent.isAlive() || System.nanoTime() > until) {
                throw new IOException(agent + " does not become ready; see its log");
            }
            LockSupport.parkNanos(1_000_000);
        }
        ManagedChannel channel =
                NettyChannelBuilder.forAddress(HOST, port).usePlaintext().build();
        try {
            HealthGrpc.HealthBlockingStub health =
                    HealthGrpc.newBlockingStub(channel).withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            while (health.check(HealthCheckRequest.getDefaultInstance()).getStatus() != ServingStatus.SERVING) {
                LockSupport.parkNanos(1_000_000);
            }
            return System.nanoTime();
        } finally {
            channel.shutdownNow();
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(HOST, port), 100);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return socket.getLocalPort();
        }
    }

    private static Report report(Samples ready, Samples resident, Samples proportional) throws IOException {
        return new Report(
                "start",
                Report.thisCommit(),
                Report.thisMachine(),
                List.of(
                        Report.Row.of("exec to ready", "ms", ready, "p50 <= 400", ready.percentile(50) <= 400),
                        Report.Row.of("RSS when ready", "MB", resident, "<= 110", resident.percentile(100) <= 110),
                        Report.Row.of(
                                "PSS of ten when ready",
                                "MB",
                                proportional,
                                "<= 80",
                                proportional.percentile(50) <= 80)),
                List.of("Agents that nobody has prepared: memory in a call is the bench density's to tell."));
    }
}
