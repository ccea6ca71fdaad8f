package dev.dialplane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.local.caller.CallListener;
import dev.dialplane.local.caller.CallRequest;
import dev.dialplane.local.caller.CallResult;
import dev.dialplane.local.caller.LiveView;
import dev.dialplane.local.caller.TestCaller;
import dev.dialplane.local.caller.report.EventReceiver;
import dev.dialplane.local.caller.speech.CallerScript;
import dev.dialplane.local.components.Checkout;
import dev.dialplane.local.install.InstallOptions;
import dev.dialplane.local.install.LocalInstallation;
import dev.dialplane.local.progress.Progress;
import dev.dialplane.local.scenario.Scenario;
import dev.dialplane.local.scenario.ScenarioReader;
import dev.dialplane.local.scenario.live.ScenarioCaller;
import dev.dialplane.local.scenario.live.Stage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A scenario of the lab, played for real: {@code ./run --scenario}. */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class ScenarioSystemIT {
    private static final Path OUT = Path.of("target", "ScenarioSystemIT");

    @Test
    void who_lists_things_with_pauses_has_said_one_thing_in_reality_too() throws Exception {
        Scenario scenario = ScenarioReader.read(Checkout.root().resolve("e2e/scenarios/end-list.yaml"));
        List<String> lines = new ArrayList<>();

        boolean held = play(scenario, lines);

        assertThat(held).as("%s", String.join("\n", lines)).isTrue();
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("held    caller  I could come on Monday,"));
    }

    private static boolean play(Scenario scenario, List<String> lines) throws Exception {
        try (EventReceiver events = EventReceiver.open();
                Stage stage = new Stage(scenario, OUT);
                LocalInstallation installation =
                        LocalInstallation.start(InstallOptions.in(OUT, true, Progress.to(System.out))
                                .recordingTo(events.uri())
                                .with("inference", stage.inference())
                                .withAgent(stage.agent()));
                TestCaller caller = new TestCaller(events)) {
            installation.awaitReady(Duration.ofMinutes(4));
            CallListener view = new LiveView(System.out::println, false);
            ScenarioCaller said = new ScenarioCaller(scenario, stage, view);
            CallRequest request = CallRequest.to(
                    Dialplane.POOL,
                    installation.number(Dialplane.NAMESPACE, Dialplane.POOL),
                    new CallerScript(List.of()));
            CallResult result = caller.place(request, view, said);
            return said.judge(result.report().cause(), lines::add);
        }
    }
}
