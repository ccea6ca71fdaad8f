package dev.dialplane.operator.agentspec;

import dev.dialplane.contracts.residency.Residency;
import dev.dialplane.crds.pool.Compliance;
import dev.dialplane.crds.pool.Compliance.RecordingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether the recordings that a pool wants can be kept. */
public final class RecordingCheck {

    private RecordingCheck() {}

    /**
     * What a gateway tells of where it keeps recordings.
     *
     * @param kept whether it has somewhere to keep them
     * @param region where that is; empty where that is not said
     */
    public record Place(boolean kept, String region) {}

    /** Returns whether a pool wants any of its calls recorded. */
    public static boolean wanted(@Nullable Compliance compliance) {
        Compliance.Recording recording = compliance == null ? null : compliance.recording();
        return recording != null && recording.mode() == RecordingMode.WithConsent;
    }

    /**
     * Returns a sentence for everything that keeps gateways from recording the pool's calls, each with the fix.
     *
     * @param places one for each gateway that takes calls and tells
     */
    public static List<String> problems(@Nullable Compliance compliance, List<Place> places) {
        if (compliance == null || !wanted(compliance)) {
            return List.of();
        }
        List<String> problems = new ArrayList<>();
        long nowhere = places.stream().filter(place -> !place.kept()).count();
        if (nowhere > 0) {
            problems.add(("spec.compliance.recording.mode is WithConsent, but %d of %d gateways have nowhere to keep"
                            + " recordings; set the gateways' recordings.directory or recordings.bucket.name")
                    .formatted(nowhere, places.size()));
        }
        List<String> residency = compliance.residency();
        List<Place> elsewhere = places.stream()
                .filter(place -> place.kept() && !Residency.allows(residency, place.region()))
                .toList();
        if (!elsewhere.isEmpty()) {
            problems.add(
                    ("spec.compliance.recording.mode is WithConsent, but %d of %d gateways keep recordings in %s, and"
                                    + " spec.compliance.residency allows %s; keep them there, and say so in the gateways'"
                                    + " recordings.region")
                            .formatted(
                                    elsewhere.size(), places.size(), regions(elsewhere), String.join(", ", residency)));
        }
        return problems;
    }

    private static String regions(List<Place> places) {
        return places.stream()
                .map(place -> place.region().isEmpty() ? "a region that is not said" : place.region())
                .sorted()
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
