package dev.dialplane.gateway;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import jakarta.inject.Inject;

/**
 * Runs until the process is told to end, and then until its calls have ended. Quarkus closes listeners and sockets once this
 * returns; a {@code ShutdownEvent} would come after they are closed, with the calls cut off.
 */
@QuarkusMain
public class Main implements QuarkusApplication {
    @Inject
    Gateway gateway;

    @Override
    public int run(String... arguments) {
        Quarkus.waitForExit();
        gateway.close();
        return 0;
    }
}
