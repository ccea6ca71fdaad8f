package dev.dialplane.images;

import java.io.IOException;
import java.nio.file.Path;

/** An image's layers in one tree, as a container has them. */
final class LaidOut {
    private LaidOut() {}

    static void in(Path root, ImageSpec image) throws IOException {
        for (Layer layer : image.layers()) {
            Staging.copyTree(layer.source(), root.resolve(layer.target().substring(1)), _ -> true);
        }
    }
}
