package dev.dialplane.inference;

import dev.dialplane.inference.service.Streams;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import jakarta.inject.Inject;

/**
 * Runs until the process is told to end, and then until its calls have gone elsewhere. Quarkus closes listeners and connections
 * once this returns.
 */
@QuarkusMain
public class Main implements QuarkusApplication {
    @Inject
    Streams streams;

    @Override
    public int run(String... arguments) throws InterruptedException {
        Quarkus.waitForExit();
        streams.drain();
        return 0;
    }
}
