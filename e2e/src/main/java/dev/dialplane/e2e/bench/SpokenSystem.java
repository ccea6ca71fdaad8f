package dev.dialplane.e2e.bench;

import dev.dialplane.local.caller.CallListener;
import dev.dialplane.local.caller.CallRequest;
import dev.dialplane.local.caller.CallResult;
import dev.dialplane.local.caller.TestCaller;
import dev.dialplane.local.caller.carrier.CallIds;
import dev.dialplane.local.caller.carrier.Impairment;
import dev.dialplane.local.caller.carrier.TwilioCarrier;
import dev.dialplane.local.caller.report.EventReceiver;
import dev.dialplane.local.caller.speech.CallerScript;
import dev.dialplane.local.caller.speech.Utterance;
import dev.dialplane.local.install.InstallOptions;
import dev.dialplane.local.install.LocalInstallation;
import dev.dialplane.local.progress.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** The whole system on this machine, with callers who speak: what every benchmark of conversations runs on. */
final class SpokenSystem implements AutoCloseable {
    /** The pool that is called. */
    static final String NAMESPACE = "default";

    static final String POOL = "receptionist";

    /** Agents for calls whose agent gets no processor for so long that it is given up; without a call they need next to none. */
    private static final int SPARE = 2;

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    /** Between the first frames of calls that run side by side: out of step, as calls are. */
    private static final Duration APART = Duration.ofMillis(137);

    private final EventReceiver events;
    private final LocalInstallation installation;
    private final TwilioCarrier carrier = new TwilioCarrier();
    /** Read once: it takes a core some tenths of a second, which other calls' callers would be late by. */
    private final List<Utterance> clips = CallerScript.clips().utterances();

    private final Progress progress;

    private SpokenSystem(EventReceiver events, LocalInstallation installation, Progress progress) {
        this.events = events;
        this.installation = installation;
        this.progress = progress;
    }

    /**
     * Starts it, with the sample pool.
     *
     * @param bench under whose name logs are kept
     * @param script what the scripted models say and how long they take, a resource beside this class; the product's own
     *     script if empty, the real models if it is {@code real}
     * @param agents that calls are to have; there are {@value #SPARE} more
     */
    static SpokenSystem start(String bench, String script, int agents) throws Exception {
        Progress progress = Progress.to(System.out);
        Path out = Files.createDirectories(Path.of("target/bench").resolve(bench));
        EventReceiver events = EventReceiver.open();
        try {
            InstallOptions options =
                    InstallOptions.in(out, !script.equals("real"), progress).recordingTo(events.uri());
            if (script.endsWith(".yaml")) {
                options = options.with(
                        "inference",
                        Map.of(
                                "DIALPLANE_INFERENCE_SCRIPTED_FILE",
                                copied(script, out).toString()));
            }
            SpokenSystem system = new SpokenSystem(events, LocalInstallation.start(options), progress);
            try {
                system.installation.awaitReady(PATIENCE);
                Pools.size(system.installation.client(), NAMESPACE, POOL, agents + SPARE);
                system.awaitIdle(agents + SPARE);
                return system;
            } catch (Exception e) {
                system.close();
                throw e;
            }
        } catch (Exception e) {
            events.close();
            throw e;
        }
    }

    private static Path copied(String script, Path out) throws IOException {
        Path copy = out.resolve(script).toAbsolutePath();
        try (InputStream in = Objects.requireNonNull(SpokenSystem.class.getResourceAsStream(script), script)) {
            Files.write(copy, in.readAllBytes());
        }
        return copy;
    }

    LocalInstallation installation() {
        return installation;
    }

    void say(String what) {
        progress.say(what);
    }

    /** Waits until so many agents are idle. */
    void awaitIdle(int agents) throws IOException {
        Pools.awaitIdle(installation.client(), NAMESPACE, POOL, agents, PATIENCE);
    }

    /** Places a call whose caller says all that is on the schedule. */
    ScheduledCall place(ScheduledCall.Schedule schedule) throws IOException, InterruptedException {
        return place(schedule, Impairment.NONE);
    }

    /** The same over a line with which something is wrong. */
    ScheduledCall place(ScheduledCall.Schedule schedule, Impairment impairment)
            throws IOException, InterruptedException {
        return ScheduledCall.place(
                carrier, events, installation.gatewayUrl(), CallIds.random(), clips, schedule, impairment);
    }

    /** Places a call whose caller listens and answers, and carries it to its end. */
    CallResult place(CallRequest request, CallListener listener) throws InterruptedException {
        try (TestCaller caller = new TestCaller(events)) {
            return caller.place(request, listener);
        }
    }

    /** What is done with one of several calls. */
    interface Caller<T> {
        /** @param number of the call, from 0 */
        T call(int number) throws Exception;
    }

    /** Runs so many calls side by side, once there is an idle agent for each, and waits for the last. */
    <T> List<T> together(int calls, Caller<T> caller) throws Exception {
        awaitIdle(calls);
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> running = new ArrayList<>();
            for (int call = 0; call < calls; call++) {
                int number = call;
                running.add(executor.submit(() -> caller.call(number)));
                LockSupport.parkNanos(APART.toNanos());
            }
            List<T> results = new ArrayList<>();
            for (Future<T> each : running) {
                results.add(each.get());
            }
            return results;
        }
    }

    @Override
    public void close() {
        carrier.close();
        installation.close();
        events.close();
    }
}
