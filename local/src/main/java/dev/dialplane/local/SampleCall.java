package dev.dialplane.local;

import dev.dialplane.local.caller.CallRequest;
import dev.dialplane.local.caller.CallResult;
import dev.dialplane.local.caller.LiveView;
import dev.dialplane.local.caller.TestCaller;
import dev.dialplane.local.caller.report.EventReceiver;
import dev.dialplane.local.caller.speech.CallerScript;
import dev.dialplane.local.install.Installation;
import dev.dialplane.local.install.Resources;
import dev.dialplane.local.progress.Progress;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The call that {@code ./run} places at the sample pool. */
final class SampleCall {
    static final String NAMESPACE = "default";
    static final String POOL = "receptionist";
    private static final Set<String> ENDS = Set.of("Completed", "Failed", "Refused");
    private static final Duration SESSION_LIMIT = Duration.ofSeconds(15);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Installation installation;
    private final EventReceiver records;
    private final Progress progress;

    SampleCall(Installation installation, EventReceiver records, Progress progress) {
        this.installation = installation;
        this.records = records;
        this.progress = progress;
    }

    /**
     * Places the call, shows it as it goes, and leaves call.wav, call.json and sessions.yaml.
     *
     * @return whether it was answered, held a conversation and ended with its cause
     */
    boolean place(CallerScript script, Path out) throws IOException, InterruptedException {
        progress.say("placing a call");
        CallRequest request = CallRequest.to(POOL, installation.number(NAMESPACE, POOL), script);
        CallResult result;
        try (TestCaller caller = new TestCaller(records)) {
            result = caller.place(request, new LiveView(System.out::println, false));
        }
        Optional<GenericKubernetesResource> session = endedSession(request.ids().callSid());
        if (session.isPresent()) {
            String cause = session.get().get("status", "cause");
            result = result.inSession(session.get().getMetadata().getName(), cause == null ? "" : cause);
            session.get().getMetadata().setManagedFields(List.of()); // as kubectl shows it
            Files.writeString(out.resolve("sessions.yaml"), Serialization.asYaml(session.get()));
        }
        result.write(out);
        boolean held = result.answered()
                && result.conversed()
                && session.isPresent()
                && !result.report().cause().isEmpty();
        result.failure().ifPresent(failure -> progress.say("the carrier's side failed: " + failure));
        if (session.isEmpty()) {
            progress.say("no CallSession of this call has ended in " + SESSION_LIMIT.toSeconds() + " s");
        }
        progress.say(
                held
                        ? "the call held a conversation; " + out + " has call.wav, call.json, sessions.yaml and logs"
                        : "the call did not hold a conversation: see call.json and logs in " + out);
        return held;
    }

    /** The session of a carrier's call, once it has ended. */
    private Optional<GenericKubernetesResource> endedSession(String callId) throws InterruptedException {
        long deadline = System.nanoTime() + SESSION_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            for (GenericKubernetesResource session : Resources.sessions(installation.client())
                    .inNamespace(NAMESPACE)
                    .list()
                    .getItems()) {
                String phase = session.get("status", "phase");
                if (callId.equals(session.get("spec", "callId")) && phase != null && ENDS.contains(phase)) {
                    return Optional.of(session);
                }
            }
            Thread.sleep(POLL);
        }
        return Optional.empty();
    }
}
