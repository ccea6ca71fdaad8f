package dev.dialplane.local;

import dev.dialplane.local.install.LocalInstallation;
import dev.dialplane.local.progress.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The phone call that {@code ./run} places, found by {@link java.util.ServiceLoader}. */
public interface DemonstrationCall {
    /**
     * Places one call at an installation that is ready, shows it as it goes, and leaves call.wav, call.json and
     * sessions.yaml.
     *
     * @param recording what the caller says; the sample caller's speech if empty
     * @param out where the files go
     * @return whether the call was answered, held a conversation and ended with its cause
     */
    boolean place(LocalInstallation installation, Optional<Path> recording, Path out, Progress progress)
            throws IOException, InterruptedException;
}
