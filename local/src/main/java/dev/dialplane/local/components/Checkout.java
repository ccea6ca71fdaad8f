package dev.dialplane.local.components;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the checkout is that this code runs in. */
public final class Checkout {
    private Checkout() {}

    /**
     * The folder that holds {@code local/components}: the working directory or the nearest one above it.
     *
     * @throws ComponentsMissingException if there is none
     */
    public static Path root() {
        Path start = Path.of("").toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.isRegularFile(folder.resolve("local/components/kubernetes/go.mod"))) {
                return folder;
            }
        }
        throw new ComponentsMissingException(start + " is not inside a checkout of Dialplane: run this from one");
    }
}
