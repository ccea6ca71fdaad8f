package dev.dialplane.local;

import dev.dialplane.local.caller.CallListener;
import dev.dialplane.local.caller.CallRequest;
import dev.dialplane.local.caller.CallResult;
import dev.dialplane.local.caller.LiveView;
import dev.dialplane.local.caller.Person;
import dev.dialplane.local.caller.TestCaller;
import dev.dialplane.local.caller.report.EventReceiver;
import dev.dialplane.local.caller.speech.CallerScript;
import dev.dialplane.local.install.Installation;
import dev.dialplane.local.install.Resources;
import dev.dialplane.local.progress.Progress;
import dev.dialplane.local.scenario.Scenario;
import dev.dialplane.local.scenario.live.ScenarioCaller;
import dev.dialplane.local.scenario.live.Stage;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The call that {@code ./run} places at the sample pool. */
final class SampleCall {
    static final String NAMESPACE = "default";
    static final String POOL = "receptionist";
    private static final Set<String> ENDS = Set.of("Completed", "Failed", "Refused");
    private static final Duration SESSION_LIMIT = Duration.ofSeconds(15);
    /** Longer than any of a scenario's waits. */
    private static final Duration LONGEST_SCENARIO = Duration.ofMinutes(15);

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
        CallListener view = new LiveView(System.out::println, false);
        CallRequest request = request(script);
        Optional<CallResult> told = carry(request, view, null, out);
        boolean held =
                told.filter(CallResult::answered).filter(CallResult::conversed).isPresent();
        progress.say(
                held
                        ? "the call held a conversation; " + out + " has call.wav, call.json, sessions.yaml and logs"
                        : "the call did not hold a conversation: see call.json and logs in " + out);
        return held;
    }

    /**
     * Places a call whose caller does what a scenario says, shows it as it goes, leaves the same files, and says line by line
     * whether it went as the scenario says.
     *
     * @return whether all of it did
     */
    boolean place(Scenario scenario, Stage stage, Path out) throws IOException, InterruptedException {
        CallListener view = new LiveView(System.out::println, false);
        ScenarioCaller caller = new ScenarioCaller(scenario, stage, view);
        CallRequest request = request(new CallerScript(List.of())).atMost(LONGEST_SCENARIO);
        Optional<CallResult> told = carry(request, view, caller, out);
        boolean held = caller.judge(told.map(result -> result.report().cause()).orElse(""), System.out::println);
        progress.say(out + " has call.wav, call.json, sessions.yaml and logs");
        return held && told.isPresent();
    }

    private CallRequest request(CallerScript script) {
        return CallRequest.to(POOL, installation.number(NAMESPACE, POOL), script);
    }

    /** The call's result, if a CallSession tells how it ended; files are left in any case. */
    private Optional<CallResult> carry(CallRequest request, CallListener view, @Nullable Person person, Path out)
            throws IOException, InterruptedException {
        progress.say("placing a call");
        CallResult result;
        try (TestCaller caller = new TestCaller(records)) {
            result = person == null ? caller.place(request, view) : caller.place(request, view, person);
        }
        Optional<GenericKubernetesResource> session = endedSession(request.ids().callSid());
        if (session.isPresent()) {
            String cause = session.get().get("status", "cause");
            result = result.inSession(session.get().getMetadata().getName(), cause == null ? "" : cause);
            session.get().getMetadata().setManagedFields(List.of()); // as kubectl shows it
            Files.writeString(out.resolve("sessions.yaml"), Serialization.asYaml(session.get()));
        }
        result.write(out);
        result.failure().ifPresent(failure -> progress.say("the carrier's side failed: " + failure));
        if (session.isEmpty()) {
            progress.say("no CallSession of this call has ended in " + SESSION_LIMIT.toSeconds() + " s");
        }
        boolean told = session.isPresent() && !result.report().cause().isEmpty();
        return told ? Optional.of(result) : Optional.empty();
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
