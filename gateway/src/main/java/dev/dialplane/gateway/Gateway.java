package dev.dialplane.gateway;

import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.control.v1.AgentState;
import dev.dialplane.contracts.control.v1.Demand;
import dev.dialplane.contracts.control.v1.Hello;
import dev.dialplane.contracts.control.v1.RecordingPlace;
import dev.dialplane.contracts.tls.TlsFiles;
import dev.dialplane.gateway.attach.Attachment;
import dev.dialplane.gateway.attach.DirectoryFile;
import dev.dialplane.gateway.attach.OperatorRoute;
import dev.dialplane.gateway.attach.OrderDesk;
import dev.dialplane.gateway.binding.Binder;
import dev.dialplane.gateway.binding.BindingListener;
import dev.dialplane.gateway.binding.GrpcAgentConnection;
import dev.dialplane.gateway.binding.SearchEnd;
import dev.dialplane.gateway.call.CallDesk;
import dev.dialplane.gateway.call.LostCalls;
import dev.dialplane.gateway.carrier.twilio.TwilioParser;
import dev.dialplane.gateway.carrier.twilio.TwilioRoutes;
import dev.dialplane.gateway.config.Settings;
import dev.dialplane.gateway.events.EventJournal;
import dev.dialplane.gateway.events.EventLog;
import dev.dialplane.gateway.events.LiveCalls;
import dev.dialplane.gateway.loop.SerialLoop;
import dev.dialplane.gateway.metrics.GatewayMetrics;
import dev.dialplane.gateway.phone.PhoneRoutes;
import dev.dialplane.gateway.phone.WatchedRecords;
import dev.dialplane.gateway.playout.PlayoutClock;
import dev.dialplane.gateway.recording.Recorder;
import dev.dialplane.gateway.recording.RecordingSettings;
import dev.dialplane.gateway.recording.Recordings;
import dev.dialplane.gateway.records.CallRecords;
import dev.dialplane.gateway.records.CloudEventSender;
import dev.dialplane.gateway.token.CallTokens;
import dev.dialplane.gateway.token.SigningKey;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The whole gateway, put together. */
public final class Gateway implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Gateway.class);
    private static final long COMPACT_AT = 8 << 20;
    /** How much longer than its agent a call of a former process is waited for. */
    private static final Duration LOST_AFTER = Duration.ofSeconds(10);

    private static final Duration RECORD_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration RECORD_RETRY = Duration.ofMillis(100);
    private static final Duration RECORD_RETRY_AT_MOST = Duration.ofSeconds(30);
    private static final Duration DELIVERY_WAIT = Duration.ofSeconds(10);
    /** How much of that an operator gets to come back. */
    private static final Duration RETURN_WAIT = Duration.ofSeconds(3);

    private final Settings settings;
    private final Vertx vertx;
    private final SerialLoop bindingLoop = new SerialLoop("binding");
    private final SerialLoop controlLoop = new SerialLoop("control");
    private final PlayoutClock clock = new PlayoutClock();
    private final EventJournal journal;
    private final @Nullable CloudEventSender sender;
    private final @Nullable Recorder recorder;
    private final Recordings recordings;
    private final @Nullable PhoneRoutes phone;
    private final Binder binder;
    private final LiveCalls liveCalls = new LiveCalls();
    private final CallDesk desk;
    private final LostCalls lostCalls;
    private final Attachment attachment;
    private final TwilioRoutes twilio;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final @Nullable OperatorRoute operator;
    private final @Nullable TlsFiles tls;
    private @Nullable DevelopmentServer development;

    /**
     * A gateway that has not started.
     *
     * @throws IOException if the key or the journal cannot be read
     */
    public Gateway(Settings settings, Vertx vertx, MeterRegistry registry) throws IOException {
        this.settings = settings;
        this.vertx = vertx;
        GatewayMetrics metrics = new GatewayMetrics(registry);
        SigningKey key = key(settings);
        journal =
                new EventJournal(settings.dataDir().resolve("events.journal"), settings.journalMaxEvents(), COMPACT_AT);
        EventLog events = new EventLog(controlLoop, journal);
        sender = settings.recordsUrl() == null
                ? null
                : new CloudEventSender(recordTerms(settings, settings.recordsUrl()), InstantSource.system());
        CallRecords sent = sender == null ? CallRecords.NONE : sender;
        WatchedRecords watched = settings.devListener() == null ? null : new WatchedRecords(sent);
        CallRecords records = watched == null ? sent : watched;
        recorder = settings.recordings() == null
                ? null
                : new Recorder(
                        settings.recordings(), settings.binding().gatewayName(), records, InstantSource.system());
        recordings = new Recordings(recorder, records, InstantSource.system());
        tls = settings.tls() == null ? null : TlsFiles.of(settings.tls());
        Channels channels = new Channels(vertx, tls == null ? null : tls.identity());
        binder = new Binder(
                settings.binding(),
                new CallTokens(key),
                bindingLoop,
                agent -> new GrpcAgentConnection(channels.toAgent(agent), bindingLoop),
                InstantSource.system(),
                new Reporting(metrics),
                recordings::wanted);
        desk = new CallDesk(
                binder,
                events,
                liveCalls,
                records,
                recordings,
                clock,
                InstantSource.system(),
                metrics,
                settings.call());
        lostCalls = new LostCalls(bindingLoop, events, binder, records, InstantSource.system());
        operator = settings.operator() == null
                ? null
                : new OperatorRoute(settings.operator(), channels::toOperator, controlLoop);
        attachment = new Attachment(
                controlLoop,
                operator,
                settings.tokenFile(),
                this::hello,
                binder,
                journal,
                liveCalls,
                new DirectoryFile(settings.dataDir().resolve("directory.pb")),
                new OrderDesk(new Hands()));
        events.deliverTo(attachment::tell);
        twilio = new TwilioRoutes(vertx, desk, key, settings.twilio(), settings.capacity());
        phone = watched == null ? null : new PhoneRoutes(vertx, binder, watched);
        measure(metrics);
    }

    private void measure(GatewayMetrics metrics) {
        metrics.gauge("calls.active", "Calls whose media is here", desk::size);
        metrics.gauge("calls.ringing", "Calls that have an agent or wait for one, and no media yet", twilio::ringing);
        metrics.gauge("call.capacity", "Calls at once", settings::capacity);
        metrics.gauge("attached", "1 while the operator's stream is up", () -> attachment.attached() ? 1 : 0);
        metrics.gauge("calls.waiting", "Calls that look for an agent", binder::looking);
        metrics.gauge("agents.connected", "Agents that this gateway is connected to", binder::linked);
        if (sender != null) {
            metrics.gauge("records.waiting", "Records that their receiver has not taken", sender::waiting);
            metrics.count("records.sent", "Records that their receiver has taken", sender::sent);
            metrics.count("records.dropped", "Records that had to go", sender::dropped);
        }
        metrics.gauge(
                "recordings.impossible",
                "Pools that want recordings which are not kept here",
                recordings::poolsWithout);
        metrics.count("recordings.refused", "Calls not recorded though their caller was asked", recordings::refused);
        if (recorder != null) {
            metrics.gauge("recordings.active", "Calls that are being recorded", recorder::active);
            metrics.gauge("recordings.waiting", "Recordings that wait to be kept", recorder::waiting);
            metrics.gauge("recordings.waiting.bytes", "And their bytes", recorder::waitingBytes);
            metrics.count("recordings.begun", "Recordings that were begun", recorder::begun);
            metrics.count("recordings.kept", "Recordings that are kept", recorder::kept);
            metrics.count("recordings.failed", "Recordings that could not be written", recorder::failed);
            metrics.count("recordings.keep.failures", "Tries to keep one that failed", recorder::keepFailures);
            metrics.count("recordings.frames.lost", "Frames that a slow disk lost", recorder::lostFrames);
        }
    }

    private static CloudEventSender.Terms recordTerms(Settings settings, URI url) throws IOException {
        Path key = settings.recordsKeyFile();
        return new CloudEventSender.Terms(
                url,
                key == null ? null : SigningKey.read(key),
                "dialplane/gateway/" + settings.binding().gatewayName(),
                settings.recordsPartials(),
                settings.dataDir().resolve("records.journal"),
                settings.recordsQueue(),
                (long) settings.recordsMaxMegabytes() << 20,
                RECORD_TIMEOUT,
                RECORD_RETRY,
                RECORD_RETRY_AT_MOST);
    }

    private static SigningKey key(Settings settings) throws IOException {
        if (settings.tokenKeyFile() != null) {
            return SigningKey.read(settings.tokenKeyFile());
        }
        LOG.warn(
                "dialplane.gateway.token-key-file is not set: path tokens are good at this gateway only, and call tokens"
                        + " only where inference does not verify them");
        return SigningKey.random();
    }

    private Hello hello() {
        return Hello.newBuilder()
                .setGatewayId(settings.binding().gatewayId())
                .setGatewayName(settings.binding().gatewayName())
                .setZone(settings.binding().zone())
                .setCapacity(settings.capacity())
                .setDraining(desk.draining())
                .addAllLiveCalls(liveCalls.all())
                .setRecordings(recordingPlace(settings.recordings()))
                .build();
    }

    private static RecordingPlace recordingPlace(@Nullable RecordingSettings recordings) {
        return recordings == null
                ? RecordingPlace.getDefaultInstance()
                : RecordingPlace.newBuilder()
                        .setKept(true)
                        .setRegion(recordings.region())
                        .build();
    }

    /** Limits of the HTTP servers: no message of a carrier's is near them. */
    public static void limit(HttpServerOptions options) {
        options.setMaxWebSocketFrameSize(TwilioParser.MAX_MESSAGE).setMaxWebSocketMessageSize(TwilioParser.MAX_MESSAGE);
    }

    /** Adds what carriers call to the public listener. */
    public void install(Router router) {
        twilio.install(router, false);
    }

    /** Attaches to the operator, and opens the development listener if there is to be one. Not for an event loop: it waits. */
    public void start() {
        lostCalls.lookFor(journal.open(), LOST_AFTER.plus(settings.call().reconnectGrace()));
        attachment.start();
        InetSocketAddress dev = settings.devListener();
        if (dev != null) {
            Router router = Router.router(vertx);
            twilio.install(router, true);
            if (phone != null) {
                phone.install(router);
            }
            try {
                development = DevelopmentServer.open(vertx, dev, router)
                        .toCompletionStage()
                        .toCompletableFuture()
                        .join();
                LOG.warnf(
                        "development listener on %s:%d: signatures are off, and media sockets need no token",
                        dev.getAddress().getHostAddress(), devPort());
            } catch (CompletionException e) {
                LOG.errorf("the development listener cannot listen on %s: %s", dev, e.getCause());
            }
        }
    }

    /** Whether calls can be taken: something is known to bind to, and nobody has asked to drain. */
    public boolean ready() {
        return attachment.informed() && !desk.draining();
    }

    /** Whether the operator's stream is up. */
    public boolean attached() {
        return attachment.attached();
    }

    /** Takes no more calls; completed when the last one has ended. */
    public CompletableFuture<?> drain() {
        boolean first = !desk.draining();
        CompletableFuture<?> drained = desk.drain();
        if (first) {
            LOG.infof("draining: no more calls; %d go on", desk.size());
            attachment.reintroduce();
        }
        return drained;
    }

    /** Calls whose media is here. */
    public int calls() {
        return desk.size();
    }

    /** Calls on the clock. */
    public int ticking() {
        return clock.size();
    }

    /** Calls that the operator would be told of. */
    public int liveCalls() {
        return liveCalls.all().size();
    }

    /** What waits for its time on the binding loop. */
    public int timersWaiting() {
        return bindingLoop.waiting();
    }

    /** The port of the development listener; -1 if there is none. */
    public int devPort() {
        return development == null ? -1 : development.port();
    }

    /** Lets calls end, as long as the settings allow, and stops. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            drain().get(settings.drainMaxWait().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warnf("%d calls have not ended in %s and are cut off", desk.size(), settings.drainMaxWait());
            cutOff();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            LOG.error("draining failed", e);
        }
        if (development != null) {
            development.close();
        }
        awaitDelivery();
        attachment.close();
        binder.close();
        if (recorder != null) {
            recorder.close();
        }
        if (sender != null) {
            sender.close();
        }
        closeJournal();
        bindingLoop.close();
        controlLoop.close();
        if (tls != null) {
            tls.close();
        }
        LOG.info("stopped");
    }

    private void cutOff() {
        desk.endAll(Cause.CAUSE_GATEWAY_LOST);
        try {
            desk.drain().get(settings.call().summaryWait().toMillis() + 1_000, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warnf("%d calls have not told their end", desk.size());
        }
    }

    /** Events are on disk, but a pod's disk goes with it. */
    private void awaitDelivery() {
        long begun = System.nanoTime();
        while (operator != null
                && System.nanoTime() - begun < (attachment.attached() ? DELIVERY_WAIT : RETURN_WAIT).toNanos()) {
            CompletableFuture<Boolean> delivered = new CompletableFuture<>();
            controlLoop.execute(() -> delivered.complete(journal.pending().isEmpty()));
            try {
                if (delivered.get(1, TimeUnit.SECONDS)) {
                    return;
                }
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (ExecutionException | TimeoutException e) {
                return;
            }
        }
    }

    private void closeJournal() {
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        controlLoop.execute(() -> {
            try {
                journal.close();
            } catch (IOException e) {
                LOG.error("the journal does not close", e);
            }
            closed.complete(true);
        });
        try {
            closed.get(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the journal did not close in time");
        }
    }

    private final class Hands implements OrderDesk.Hands {
        @Override
        public CompletableFuture<Binder.Retirement> retire(String podUid, String reason) {
            return binder.retire(podUid, reason);
        }

        @Override
        public boolean hangUp(String callId, boolean polite, Cause cause) {
            return desk.hangUp(callId, polite, cause);
        }

        @Override
        public CompletableFuture<?> drain() {
            return Gateway.this.drain();
        }
    }

    private final class Reporting implements BindingListener {
        private final GatewayMetrics metrics;

        Reporting(GatewayMetrics metrics) {
            this.metrics = metrics;
        }

        @Override
        public void agentChanged(AgentState state) {
            attachment.tell(state);
        }

        @Override
        public void demandChanged(Demand demand) {
            attachment.tell(demand);
        }

        @Override
        public void summaryWaits(String podUid, CallSummary summary) {
            desk.summaryWaits(podUid, summary);
            lostCalls.summaryWaits(podUid, summary);
        }

        @Override
        public void searched(long nanos, SearchEnd end) {
            metrics.searched(nanos, end);
        }

        @Override
        public void offered(long nanos, String answer) {
            metrics.offered(nanos, answer);
        }
    }
}
