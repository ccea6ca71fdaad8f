package dev.dialplane.operator.agentspec;

import dev.dialplane.contracts.inference.v1.DescribeRequest;
import dev.dialplane.contracts.inference.v1.ModelDescription;
import dev.dialplane.contracts.inference.v1.ModelRole;
import dev.dialplane.contracts.inference.v1.ModelsGrpc;
import dev.dialplane.contracts.tls.PeerName;
import dev.dialplane.operator.OperatorConfig;
import dev.dialplane.operator.tls.OperatorTls;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The models that inference has, asked for now and then; pools are judged by the last answer. */
@Singleton
public class Models {

    /** How often inference is asked while it answers, and while it does not. */
    static final Duration ASK_AGAIN = Duration.ofSeconds(10);

    static final Duration ASK_AGAIN_SOON = Duration.ofSeconds(2);

    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(5);

    /** One lost answer is a restart; so many are an outage. */
    private static final int SILENT_AFTER = 3;

    private static final Logger LOG = Logger.getLogger(Models.class);

    private final String address;
    private final ManagedChannel channel;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("models").factory());
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable List<ModelCheck.Known> known;
    private volatile int failures;

    Models(OperatorConfig config, OperatorTls tls) {
        address = config.inference();
        channel = tls.channel(address, PeerName.INFERENCE).build();
    }

    void start(@Observes StartupEvent event) {
        timer.execute(this::ask);
    }

    void stop(@Observes ShutdownEvent event) {
        timer.shutdownNow();
        channel.shutdownNow();
    }

    /** Adds a listener for every change of what there is. */
    public void listen(Runnable listener) {
        listeners.add(listener);
    }

    /** Returns the models that inference has; empty as long as it never said. */
    public Optional<List<ModelCheck.Known>> known() {
        return Optional.ofNullable(known);
    }

    /** Returns a sentence about inference's silence; empty while it answers. */
    public Optional<String> silence() {
        return failures < SILENT_AFTER
                ? Optional.empty()
                : Optional.of("inference at %s does not answer, so no agent can be prepared; see its pods and logs"
                        .formatted(address));
    }

    private void ask() {
        boolean changed;
        try {
            List<ModelCheck.Known> now = ModelsGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(ANSWERED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                    .describe(DescribeRequest.getDefaultInstance())
                    .getModelsList()
                    .stream()
                    .flatMap(model -> role(model.getRole()).stream().map(role -> known(model, role)))
                    .toList();
            changed = !now.equals(known) || failures >= SILENT_AFTER;
            known = now;
            failures = 0;
        } catch (StatusRuntimeException e) {
            failures++;
            changed = failures == SILENT_AFTER;
            if (changed) {
                LOG.warnf("inference at %s does not answer: %s", address, e.getStatus());
            }
        }
        if (changed) {
            listeners.forEach(Runnable::run);
        }
        Duration wait = failures == 0 ? ASK_AGAIN : ASK_AGAIN_SOON;
        if (!timer.isShutdown()) {
            var unused = timer.schedule(this::ask, wait.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private static ModelCheck.Known known(ModelDescription model, ModelCheck.Role role) {
        return new ModelCheck.Known(
                model.getProvider(), model.getModel(), role, model.getAvailable(), model.getDetail());
    }

    private static Optional<ModelCheck.Role> role(ModelRole role) {
        return switch (role) {
            case MODEL_ROLE_SPEECH_TO_TEXT -> Optional.of(ModelCheck.Role.SpeechToText);
            case MODEL_ROLE_LANGUAGE_MODEL -> Optional.of(ModelCheck.Role.LanguageModel);
            case MODEL_ROLE_TEXT_TO_SPEECH -> Optional.of(ModelCheck.Role.TextToSpeech);
            case MODEL_ROLE_SPEECH_TO_SPEECH -> Optional.of(ModelCheck.Role.SpeechToSpeech);
            case MODEL_ROLE_END_OF_TURN -> Optional.of(ModelCheck.Role.EndOfTurn);
            case MODEL_ROLE_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
    }
}
