package dev.dialplane.operator.agentspec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.operator.TestPools;
import dev.dialplane.operator.agentspec.RecordingCheck.Place;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordingCheckTest {

    private static final String NOWHERE =
            "spec.compliance.recording.mode is WithConsent, but 1 of 1 gateways have nowhere to"
                    + " keep recordings; set the gateways' recordings.directory or recordings.bucket.name";

    /** {@code places}: a gateway each, {@code -} for nowhere, {@code ?} for a region that is not said. */
    @ParameterizedTest(name = "{0}, {1}: {2}")
    @CsvSource(delimiter = '|', nullValues = "nothing", textBlock = """
                    WithConsent | ''               | ''              | nothing
                    WithConsent | ''               | in-west         | nothing
                    WithConsent | ''               | ?               | nothing
                    WithConsent | ''               | -               | 1 of 1 gateways have nowhere
                    WithConsent | ''               | - in-west -     | 2 of 3 gateways have nowhere
                    WithConsent | in-west          | ''              | nothing
                    WithConsent | in-west          | in-west         | nothing
                    WithConsent | in-west,in-south | in-south        | nothing
                    WithConsent | in-west          | in-east         | 1 of 1 gateways keep recordings in in-east, and spec.compliance.residency allows in-west;
                    WithConsent | in-west,in-south | in-east in-west | 1 of 2 gateways keep recordings in in-east, and spec.compliance.residency allows in-west, in-south;
                    WithConsent | in-west          | us in-east us   | 3 of 3 gateways keep recordings in in-east, us,
                    WithConsent | in-west          | ?               | 1 of 1 gateways keep recordings in a region that is not said,
                    WithConsent | in-west          | -               | 1 of 1 gateways have nowhere
                    Never       | in-west          | -               | nothing
                    Never       | in-west          | in-east         | nothing
                    """)
    void saysWhatKeepsGatewaysFromRecordingAndWhatToSet(String mode, String residency, String places, String problem) {
        List<String> problems = problems(
                "{compliance: {residency: [%s], recording: {mode: %s, consent: x}}}".formatted(residency, mode),
                places);
        if (problem == null) {
            assertThat(problems).isEmpty();
        } else {
            assertThat(problems)
                    .singleElement()
                    .asString()
                    .startsWith("spec.compliance.recording.mode is WithConsent, but " + problem);
        }
    }

    @Test
    void saysHowToMendIt() {
        assertThat(problems("{compliance: {recording: {mode: WithConsent, consent: x}}}", "-"))
                .containsExactly(NOWHERE);
        assertThat(problems(
                        "{compliance: {residency: [in-west], recording: {mode: WithConsent, consent: x}}}", "in-east"))
                .containsExactly(
                        "spec.compliance.recording.mode is WithConsent, but 1 of 1 gateways keep recordings in in-east,"
                                + " and spec.compliance.residency allows in-west; keep them there, and say so in the gateways'"
                                + " recordings.region");
    }

    @Test
    void saysBothWhereBothAreWrong() {
        assertThat(problems(
                        "{compliance: {residency: [in-west], recording: {mode: WithConsent, consent: x}}}",
                        "- in-east"))
                .satisfiesExactly(
                        first -> assertThat(first).contains("1 of 2 gateways have nowhere"),
                        second -> assertThat(second).contains("1 of 2 gateways keep recordings in in-east"));
    }

    @Test
    void aPoolThatSaysNothingOfRecordingsWantsNone() {
        assertThat(problems("{}", "-")).isEmpty();
        assertThat(problems("{compliance: {}}", "-")).isEmpty();
    }

    private static List<String> problems(String spec, String places) {
        return RecordingCheck.problems(
                TestPools.of("/spec", spec).getSpec().compliance(),
                Arrays.stream(places.split(" "))
                        .filter(place -> !place.isEmpty())
                        .map(place ->
                                new Place(!place.equals("-"), place.equals("?") || place.equals("-") ? "" : place))
                        .toList());
    }
}
