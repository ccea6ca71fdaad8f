package dev.dialplane.local.node;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** What to run for an image: this node has no images, only programs of this machine. */
public record ImageTable(Map<String, Entry> entries) {
    /**
     * How an image is run.
     *
     * @param command program and first arguments, the image's entry point; a container's {@code args} follow, its
     *     {@code command} replaces it
     * @param environment variables that the image sets; the container's own win
     */
    public record Entry(List<String> command, Map<String, String> environment) {
        /** Copies its collections. */
        public Entry {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }

    /** Copies its map. */
    public ImageTable {
        entries = Map.copyOf(entries);
    }

    /** The entry of an image, named as in the table or with a tag or digest added. */
    public Optional<Entry> find(String image) {
        return Optional.ofNullable(entries.get(image)).or(() -> Optional.ofNullable(entries.get(repository(image))));
    }

    private static String repository(String image) {
        String untagged = image.contains("@") ? image.substring(0, image.indexOf('@')) : image;
        int colon = untagged.lastIndexOf(':');
        // A colon before the last slash is a registry's port.
        return colon > untagged.lastIndexOf('/') ? untagged.substring(0, colon) : untagged;
    }

    /** The names it knows, sorted. */
    public TreeSet<String> names() {
        return new TreeSet<>(entries.keySet());
    }
}
