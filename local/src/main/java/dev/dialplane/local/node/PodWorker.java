package dev.dialplane.local.node;

import dev.dialplane.local.cluster.Kubeconfig;
import dev.dialplane.local.files.Trees;
import dev.dialplane.local.process.Child;
import dev.dialplane.local.process.Launch;
import dev.dialplane.local.process.Signals;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs one pod: a thread that takes events one after another, starts what is due, stops what must stop, and reports the
 * status. Processes go on when the API server does not answer.
 */
final class PodWorker {
    private static final Logger LOG = Logger.getLogger(PodWorker.class.getName());
    /** The Node authorizer lets the node read a pod's secrets only a moment after the binding. */
    private static final Duration API_PAUSE = Duration.ofMillis(50);

    private static final Duration CONFIG_PAUSE = Duration.ofSeconds(1);
    /** A JVM that archives its classes for the next start takes some seconds to end. */
    static final Duration END_GRACE = Duration.ofSeconds(10);

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    private static final long DEFAULT_GRACE_SECONDS = 30;
    private static final String PIN = "dialplane.dev/local-address";

    private final LocalNode node;
    private final String uid;
    private final BlockingQueue<PodEvent> events = new LinkedBlockingQueue<>();
    private final Instant acceptedAt;
    private final List<ContainerRun> containers;
    private final StatusReport report;
    private final Path directory;
    private final AtomicLong stopDeadlineNanos = new AtomicLong(Long.MAX_VALUE);
    private final Thread thread;
    private volatile Pod pod;
    private Optional<String> address = Optional.empty();
    private Optional<PodStatuses.Override> override = Optional.empty();
    private Optional<PodStatus> reported = Optional.empty();
    private @Nullable PodVolumes volumes;
    private @Nullable Thread renewal;
    private Instant nextSetup = Instant.MIN;
    private boolean stopping;
    private boolean gone;
    private boolean overAtFirstSight;
    private boolean held;

    PodWorker(LocalNode node, Pod pod) {
        this.node = node;
        this.pod = pod;
        this.uid = pod.getMetadata().getUid();
        this.acceptedAt = node.clock().instant();
        this.containers =
                pod.getSpec().getContainers().stream().map(ContainerRun::new).toList();
        this.report = new StatusReport(node.client(), pod);
        this.directory = node.options().directory().resolve(fileName());
        this.thread = Thread.ofVirtual().name("pod " + name()).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void send(PodEvent event) {
        events.add(event);
    }

    boolean isOf(String namespace, String name) {
        return pod.getMetadata().getNamespace().equals(namespace)
                && pod.getMetadata().getName().equals(name);
    }

    void join(Duration patience) throws InterruptedException {
        thread.join(patience);
    }

    private String name() {
        return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
    }

    private String fileName() {
        return pod.getMetadata().getNamespace() + "_" + pod.getMetadata().getName() + "_" + uid;
    }

    private void run() {
        report.start();
        try {
            begin();
            while (!gone) {
                advance();
                publish();
                if (stopping && containers.stream().allMatch(run -> run.view().isOver())) {
                    report.finishWithDeletion();
                    return;
                }
                handle(events.poll(untilDue().toMillis(), TimeUnit.MILLISECONDS));
            }
            report.stop();
        } catch (InterruptedException e) {
            report.stop();
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, "pod " + name() + " is given up by this node", e);
            report.stop();
        } finally {
            cleanUp();
        }
    }

    /** A pod that this node ran in a former life has lost its processes: nothing is adopted. */
    private void begin() {
        PodStatus status = pod.getStatus();
        if (status == null) {
            return;
        }
        if ("Succeeded".equals(status.getPhase()) || "Failed".equals(status.getPhase())) {
            overAtFirstSight = true;
            containers.forEach(run -> run.abandon(acceptedAt));
            return;
        }
        boolean again = !pod.getSpec().getRestartPolicy().equals("Never");
        for (ContainerRun run : containers) {
            status.getContainerStatuses().stream()
                    .filter(former -> former.getName().equals(run.spec().getName()))
                    .filter(former ->
                            former.getState() != null && former.getState().getRunning() != null)
                    .findFirst()
                    .ifPresent(former -> run.resumeAfterLoss(former.getRestartCount(), loss(former), again));
        }
    }

    private ContainerView.Ended loss(ContainerStatus former) {
        return new ContainerView.Ended(
                137,
                "ContainerStatusUnknown",
                "The node was restarted, and the container's process is gone",
                Instant.parse(former.getState().getRunning().getStartedAt()),
                acceptedAt,
                0);
    }

    private void handle(@Nullable PodEvent event) {
        switch (event) {
            case null -> {} // something is due
            case PodEvent.Desired(Pod latest) -> pod = latest;
            case PodEvent.Gone() -> gone = true;
            case PodEvent.Held(boolean down) -> {
                held = down;
                if (down) {
                    containers.forEach(run -> run.process().ifPresent(Child::kill));
                }
            }
            case PodEvent.Signalled(Signals signal) ->
                containers.forEach(run -> run.process().ifPresent(child -> child.signal(signal)));
            case PodEvent.Asked(var pids) ->
                pids.complete(containers.stream()
                        .flatMap(run -> run.process().stream())
                        .map(Child::pid)
                        .toList());
            case PodEvent.NodeEnds() -> {
                containers.forEach(run -> run.process().ifPresent(child -> child.signal(Signals.TERM)));
                containers.forEach(run -> run.process().ifPresent(child -> child.end(END_GRACE)));
                gone = true;
            }
            case PodEvent.Exited(Child child, int code) -> exited(child, code);
            case PodEvent.Probed probed -> probed(probed);
        }
    }

    private void exited(Child child, int code) {
        for (ContainerRun run : containers) {
            if (run.runs(child)) {
                boolean again = !stopping
                        && switch (pod.getSpec().getRestartPolicy()) {
                            case "Always" -> true;
                            case "OnFailure" -> code != 0;
                            default -> false;
                        };
                run.ended(code, "", node.clock().instant(), again);
                if (run.view().state() instanceof ContainerView.Waiting waiting
                        && waiting.reason().equals("CrashLoopBackOff")) {
                    warn("BackOff", waiting.message());
                }
            }
        }
    }

    private void probed(PodEvent.Probed probed) {
        for (ContainerRun run : containers) {
            if (!run.runs(probed.child())) {
                continue;
            }
            switch (probed.kind()) {
                case READINESS -> run.readiness(probed.passing());
                case STARTUP -> {
                    if (probed.passing()) {
                        run.startupPassed();
                    } else {
                        unhealthy(run, "Startup probe failed: " + probed.message());
                    }
                }
                case LIVENESS -> {
                    if (!probed.passing()) {
                        unhealthy(run, "Liveness probe failed: " + probed.message());
                    }
                }
            }
        }
    }

    private void unhealthy(ContainerRun run, String why) {
        warn("Unhealthy", why);
        long grace = graceSeconds();
        stop(run, new AtomicLong(System.nanoTime() + Duration.ofSeconds(grace).toNanos()));
    }

    private long graceSeconds() {
        Long seconds = pod.getSpec().getTerminationGracePeriodSeconds();
        return seconds == null ? DEFAULT_GRACE_SECONDS : seconds;
    }

    private void advance() {
        if (pod.getMetadata().getDeletionTimestamp() != null) {
            stopAll();
        } else if (override.isEmpty() && !overAtFirstSight) {
            setUp();
            if (volumes != null && !held) {
                Instant now = node.clock().instant();
                containers.stream().filter(run -> run.isDue(now)).forEach(this::startContainer);
            }
        }
    }

    private void stopAll() {
        Long grace = pod.getMetadata().getDeletionGracePeriodSeconds();
        long deadline = System.nanoTime()
                + Duration.ofSeconds(grace == null ? graceSeconds() : grace).toNanos();
        // A second deletion may shorten the grace; later looks at the same one must not lengthen it.
        stopDeadlineNanos.accumulateAndGet(deadline, Math::min);
        stopping = true;
        Instant now = node.clock().instant();
        for (ContainerRun run : containers) {
            run.abandon(now);
            stop(run, stopDeadlineNanos);
        }
    }

    private void stop(ContainerRun run, AtomicLong deadline) {
        run.process().ifPresent(child -> {
            if (run.beginStop()) {
                run.readiness(false);
                Thread.ofVirtual()
                        .name("stop " + child.name())
                        .start(new ContainerStop(
                                run.spec(),
                                address.orElseThrow(),
                                child,
                                run.launch().orElseThrow(),
                                node.options().children(),
                                deadline::get,
                                why -> warn("FailedPreStopHook", why)));
            }
        });
    }

    /** Gives the pod its address and volumes; tries again later if that is not possible yet. */
    private void setUp() {
        if (volumes != null || nextSetup.isAfter(node.clock().instant())) {
            return;
        }
        Optional<String> unsupported = UnsupportedFields.firstOf(pod);
        if (unsupported.isPresent()) {
            override = Optional.of(new PodStatuses.Override("Failed", "UnsupportedByLocalNode", unsupported.get()));
            containers.forEach(run -> run.abandon(node.clock().instant()));
            warn("UnsupportedByLocalNode", unsupported.get());
            return;
        }
        address = address.or(this::takeAddress);
        if (address.isEmpty()) {
            waitForSetup("AddressInUse", "the pod's loopback address is in use by another pod", API_PAUSE);
            return;
        }
        try {
            DownwardFields fields = new DownwardFields(pod, address.get());
            PodVolumes made =
                    new PodVolumes(directory, fields, sources(), TokenSource.of(node.client(), pod), node.clock());
            Files.createDirectories(directory.resolve("tmp"));
            made.create();
            volumes = made;
            renewal = Thread.ofVirtual().name("tokens of " + name()).start(() -> renewTokens(made));
        } catch (ContainerConfigException e) {
            warn("FailedMount", String.valueOf(e.getMessage()));
            waitForSetup("ContainerCreating", String.valueOf(e.getMessage()), CONFIG_PAUSE);
        } catch (IOException | KubernetesClientException e) {
            LOG.log(Level.FINE, "volumes of " + name() + " can't be made yet", e);
            waitForSetup("ContainerCreating", "", API_PAUSE);
        }
    }

    private Sources sources() {
        return Sources.of(node.client(), pod.getMetadata().getNamespace());
    }

    private Optional<String> takeAddress() {
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        String pinned = annotations == null ? null : annotations.get(PIN);
        // The address of a former life, because the API keeps a pod's addresses for good.
        String former = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
        String wanted = pinned == null ? former : pinned;
        LoopbackAddresses addresses = node.options().addresses();
        return wanted == null ? addresses.take(uid) : addresses.takePinned(wanted, uid);
    }

    private void waitForSetup(String reason, String message, Duration pause) {
        nextSetup = node.clock().instant().plus(pause);
        containers.forEach(run -> run.waitFor(reason, message, nextSetup));
    }

    private void startContainer(ContainerRun run) {
        Container spec = run.spec();
        Optional<ImageTable.Entry> image = node.options().images().find(spec.getImage());
        if (image.isEmpty()) {
            run.waitFor(
                    "ErrImagePull",
                    "this node has no image " + spec.getImage() + "; it knows "
                            + node.options().images().names(),
                    Instant.MAX);
            warn(
                    "Failed",
                    "Failed to pull image \"" + spec.getImage() + "\": this node knows "
                            + node.options().images().names());
            return;
        }
        try {
            Launch launch = launch(spec, image.get());
            Child child = node.options().children().start(launch);
            ContainerProbes probes = new ContainerProbes(
                    spec, address.orElseThrow(), node.options().children(), launch, child, this::send);
            run.started(child, launch, probes, node.clock().instant());
            var _ = child.exit().thenAccept(code -> send(new PodEvent.Exited(child, code)));
            probes.start();
        } catch (ContainerConfigException e) {
            run.waitFor("CreateContainerConfigError", String.valueOf(e.getMessage()), retryAt());
            warn("Failed", "Error: " + e.getMessage());
        } catch (KubernetesClientException e) {
            run.waitFor("CreateContainerConfigError", String.valueOf(e.getMessage()), retryAt());
        } catch (IOException e) {
            run.waitFor("RunContainerError", String.valueOf(e.getMessage()), retryAt());
            warn("Failed", "Error: " + e.getMessage());
        }
    }

    private Instant retryAt() {
        return node.clock().instant().plus(Duration.ofSeconds(2));
    }

    private Launch launch(Container spec, ImageTable.Entry image) throws ContainerConfigException, IOException {
        PodVolumes present = java.util.Objects.requireNonNull(volumes);
        Map<String, String> given = new HashMap<>(node.options().baseEnvironment());
        given.put("HOSTNAME", pod.getMetadata().getName());
        given.put("TMPDIR", directory.resolve("tmp").toString());
        Optional<String> kubeconfig = present.kubeconfig(spec, node.apiServer());
        if (kubeconfig.isPresent()) {
            given.put(
                    "KUBECONFIG",
                    Kubeconfig.write(kubeconfigFile(spec), kubeconfig.get()).toString());
        }
        given.putAll(image.environment());
        ContainerEnvironment environment = new ContainerEnvironment(
                spec, new DownwardFields(pod, address.orElseThrow()), sources(), present.mounts(spec));
        Map<String, String> variables = environment.variables(given);
        List<String> command = environment.commandLine(image.command(), variables);
        if (command.isEmpty()) {
            throw new ContainerConfigException("container " + spec.getName() + " has nothing to run");
        }
        return new Launch(
                name() + "/" + spec.getName(), command, variables, directory, node.logFile(pod, spec.getName()));
    }

    private Path kubeconfigFile(Container spec) {
        return directory.resolve("kubeconfig-" + spec.getName());
    }

    private void renewTokens(PodVolumes made) {
        try {
            while (true) {
                Optional<Instant> next = made.nextRenewal();
                if (next.isEmpty()) {
                    return;
                }
                Duration wait = Duration.between(node.clock().instant(), next.get());
                Thread.sleep(wait.isNegative() ? Duration.ZERO : wait);
                try {
                    made.renewDue();
                    for (Container spec : pod.getSpec().getContainers()) {
                        Optional<String> kubeconfig = made.kubeconfig(spec, node.apiServer());
                        if (kubeconfig.isPresent()) {
                            Kubeconfig.write(kubeconfigFile(spec), kubeconfig.get());
                        }
                    }
                } catch (IOException | KubernetesClientException e) {
                    LOG.log(Level.FINE, "tokens of " + name() + " can't be renewed yet", e);
                    Thread.sleep(Duration.ofSeconds(1));
                }
            }
        } catch (InterruptedException e) {
            return; // the pod is over
        }
    }

    private void publish() {
        if (overAtFirstSight) {
            return; // the API server knows better how it ended
        }
        PodStatus status = PodStatuses.of(
                pod,
                new PodStatuses.Facts(
                        containers.stream().map(ContainerRun::view).toList(),
                        address,
                        override,
                        reported,
                        acceptedAt,
                        node.clock().instant()));
        if (!reported.equals(Optional.of(status))) {
            reported = Optional.of(status);
            report.offer(status);
        }
    }

    private Duration untilDue() {
        Instant now = node.clock().instant();
        Instant due = containers.stream()
                .flatMap(run -> run.due().stream())
                .min(Instant::compareTo)
                .orElse(Instant.MAX);
        if (override.isPresent() || overAtFirstSight || stopping || held || due.isAfter(now.plus(LONGEST_WAIT))) {
            return LONGEST_WAIT;
        }
        Duration wait = Duration.between(now, due).plusMillis(1);
        return wait.isNegative() ? Duration.ofMillis(1) : wait;
    }

    private void warn(String reason, String message) {
        node.events().warn(pod, reason, message);
    }

    private void cleanUp() {
        for (ContainerRun run : containers) {
            run.closeProbes();
            run.process().ifPresent(Child::kill);
        }
        Thread renewing = renewal;
        if (renewing != null) {
            renewing.interrupt();
        }
        node.options().addresses().release(uid);
        node.forget(uid, this);
        try {
            Trees.delete(directory);
        } catch (IOException e) {
            LOG.log(Level.FINE, "the directory of pod " + name() + " can't be deleted", e);
        }
    }
}
