package dev.dialplane.local;

import dev.dialplane.local.caller.report.EventReceiver;
import dev.dialplane.local.caller.speech.CallerScript;
import dev.dialplane.local.cluster.NodeNetwork;
import dev.dialplane.local.containers.ContainerNode;
import dev.dialplane.local.containers.OwnNamespaces;
import dev.dialplane.local.files.Trees;
import dev.dialplane.local.install.ContainerInstallation;
import dev.dialplane.local.install.InstallOptions;
import dev.dialplane.local.install.Installation;
import dev.dialplane.local.install.LocalInstallation;
import dev.dialplane.local.process.ProcessLedger;
import dev.dialplane.local.progress.Progress;
import dev.dialplane.local.scenario.Scenario;
import dev.dialplane.local.scenario.ScenarioReader;
import dev.dialplane.local.scenario.live.Stage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Starts everything, places a call, and stays up or ends. */
@Command(
        name = "./run",
        mixinStandardHelpOptions = true,
        description = "One phone call on a Kubernetes of your own, on this machine.")
final class RunCommand implements Callable<Integer> {
    static final String DEFAULT_OUT = "target/run";
    private static final String PROCESS = "process";
    private static final String KUBELET = "kubelet";
    /** Where the images are built. */
    private static final Path IMAGES = Path.of("images/target/oci");
    /** Real models are fetched and rendered the first time. */
    private static final Duration READY_LIMIT = Duration.ofMinutes(15);

    @Option(names = "--once", description = "End everything after the call.")
    boolean once;

    @Option(names = "--caller", paramLabel = "FILE.wav", description = "The caller's side: a recording.")
    @Nullable
    Path caller;

    @Option(
            names = "--scenario",
            paramLabel = "FILE.yaml",
            description = "Plays a scenario, with scripted models, and says line by line whether it was so.")
    @Nullable
    Path scenario;

    @Option(names = "--scripted", description = "Scripted models instead of the real ones.")
    boolean scripted;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = DEFAULT_OUT, description = "Where files go.")
    Path out = Path.of(DEFAULT_OUT);

    @Option(
            names = "--cluster",
            paramLabel = "KIND",
            defaultValue = "process",
            description =
                    "process: each pod a process. kubelet: containers by a real kubelet, in namespaces of its own;"
                            + " Linux and root.")
    String cluster = PROCESS;

    @Option(names = "--in-cgroup", hidden = true, description = "Says that this is inside of the namespaces.")
    @Nullable
    String cgroup;

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!List.of(PROCESS, KUBELET).contains(cluster)) {
            throw new ParameterException(
                    commandLine(), "--cluster " + cluster + " is not known; allowed: process, kubelet");
        }
        if (caller != null && !Files.isReadable(caller)) {
            throw new ParameterException(commandLine(), "--caller " + caller + " can't be read");
        }
        if (scenario != null && (caller != null || !cluster.equals(PROCESS))) {
            throw new ParameterException(
                    commandLine(),
                    "--scenario goes without --caller and with --cluster process: its models' script is a"
                            + " file on this machine");
        }
        if (cgroup != null) {
            return inside(cgroup);
        }
        List<ProcessLedger.Entry> former = ProcessLedger.alive(InstallOptions.ledger(out));
        if (!former.isEmpty()) {
            throw new IOException("A former run is up in " + out + " (pid "
                    + former.getFirst().pid() + "). Stop it first with './run stop"
                    + (out.equals(Path.of(DEFAULT_OUT)) ? "" : " --out " + out) + "', or choose another --out.");
        }
        delete(
                out,
                List.of("cluster", "pods", "logs", "call.wav", "call.json", "sessions.yaml", "scenario-models.yaml"));
        if (scenario != null) {
            return onStage(ScenarioReader.read(scenario));
        }
        return cluster.equals(KUBELET) ? inNamespaces() : onProcesses();
    }

    private CommandLine commandLine() {
        return java.util.Objects.requireNonNull(spec).commandLine();
    }

    private int onStage(Scenario played) throws IOException, InterruptedException {
        Progress progress = Progress.to(System.out);
        try (EventReceiver records = EventReceiver.open();
                Stage stage = new Stage(played, out);
                LocalInstallation installation = LocalInstallation.start(InstallOptions.in(out, true, progress)
                        .recordingTo(records.uri())
                        .with("inference", stage.inference())
                        .withAgent(stage.agent()))) {
            SampleCall call = new SampleCall(installation, records, progress);
            return hold(installation, progress, () -> {
                boolean held = call.place(played, stage, out);
                stage.open();
                return held;
            });
        }
    }

    private int onProcesses() throws IOException, InterruptedException {
        Progress progress = Progress.to(System.out);
        try (EventReceiver records = EventReceiver.open();
                LocalInstallation installation = LocalInstallation.start(
                        InstallOptions.in(out, scripted, progress).recordingTo(records.uri()))) {
            return converse(installation, records, progress);
        }
    }

    /** Runs this command again, in namespaces that end with it. */
    private int inNamespaces() throws IOException, InterruptedException {
        ProcessLedger ledger = ProcessLedger.create(InstallOptions.ledger(out));
        ledger.record(ProcessHandle.current().pid(), "run");
        String own = "/dialplane-" + ProcessHandle.current().pid();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), LocalMain.class.getName()));
        command.addAll(commandLine().getParseResult().originalArgs());
        command.add("--in-cgroup=" + own);
        int code = OwnNamespaces.run(command, own, ledger);
        cleanUp(out);
        return code;
    }

    private int inside(String own) throws IOException, InterruptedException {
        Progress progress = Progress.to(System.out);
        ContainerNode.makeNetwork(NodeNetwork.DOCUMENTATION);
        try (EventReceiver records = EventReceiver.open(InetAddress.getByName(NodeNetwork.DOCUMENTATION.node()));
                ContainerInstallation installation = new ContainerInstallation(
                        InstallOptions.in(out, scripted, progress).recordingTo(records.uri()), IMAGES, own)) {
            return converse(installation, records, progress);
        }
    }

    /** A call that is placed once everything is Ready. */
    private interface Placing {
        /** Whether it went well. */
        boolean place() throws IOException, InterruptedException;
    }

    private int converse(Installation installation, EventReceiver records, Progress progress)
            throws IOException, InterruptedException {
        CallerScript script = caller != null
                ? CallerScript.read(caller)
                : scripted ? CallerScript.brief() : CallerScript.receptionist();
        return hold(installation, progress, () -> new SampleCall(installation, records, progress).place(script, out));
    }

    private int hold(Installation installation, Progress progress, Placing call)
            throws IOException, InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        // Ctrl-C and SIGTERM end the JVM while this thread waits: the hook closes what is open, and waits for it.
        Thread hook = Thread.ofPlatform().name("end").unstarted(() -> {
            installation.close();
            ended.countDown();
        });
        Runtime.getRuntime().addShutdownHook(hook);
        installation.awaitReady(READY_LIMIT);
        boolean held = call.place();
        if (once) {
            return held ? 0 : 1;
        }
        say(installation, progress);
        ended.await();
        return 0;
    }

    private void say(Installation installation, Progress progress) {
        Path kubeconfig = installation.cluster().kubeconfig();
        progress.say("Everything stays up. Ctrl-C ends it, or './run stop' from elsewhere.");
        String kubectl =
                (cgroup == null ? "" : "nsenter --net --target $(pgrep -f in-cgroup=" + cgroup + " | tail -1) ")
                        + installation.cluster().kubectl();
        System.out.println("""

                %s %s
                Kubeconfig  %s
                Logs        %s

                Try:
                  export KUBECONFIG=%s
                  %s get vap,call -o wide
                  %s get pods -A -o wide
                """.formatted(
                // The page is where nothing is signed, and that is on this machine's loopback alone.
                cgroup == null ? "Phone      " : "Gateway    ",
                installation.number(SampleCall.NAMESPACE, SampleCall.POOL).uri().resolve("/"),
                kubeconfig,
                installation.logs(),
                kubeconfig,
                kubectl,
                kubectl));
    }

    /** Removes a former run's working files; recordings and logs stay until the next run. */
    static void cleanUp(Path out) throws IOException {
        delete(out, List.of("cluster", "pods"));
    }

    private static void delete(Path out, List<String> names) throws IOException {
        for (String name : names) {
            Trees.delete(out.resolve(name));
        }
    }
}
