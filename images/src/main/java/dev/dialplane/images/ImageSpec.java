package dev.dialplane.images;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an image is made of.
 *
 * @param name the last part of its reference, such as {@code gateway}
 * @param title one line for people
 * @param entrypoint the command, as in exec
 * @param environment variables set in it
 * @param ports TCP ports it listens on
 * @param layers from the one that changes least to the one that changes most: whoever has the lower ones need not pull
 *     them again
 */
record ImageSpec(
        String name,
        String title,
        List<String> entrypoint,
        Map<String, String> environment,
        Set<Integer> ports,
        List<Layer> layers) {

    ImageSpec {
        entrypoint = List.copyOf(entrypoint);
        environment = Map.copyOf(environment);
        ports = Set.copyOf(ports);
        layers = List.copyOf(layers);
    }
}
