package dev.dialplane.gateway.recording;

import java.io.IOException;
import java.nio.file.Path;

/** Where recordings are for good. */
public interface Archive extends AutoCloseable {
    /** Where the recording of that name will be found. */
    String url(String name);

    /**
     * Takes a file over; repeating it does no harm. May block.
     *
     * @param name date, namespace, pool and call, separated by slashes
     * @throws IOException if the file is where it was, and is to be tried again
     */
    void keep(Path file, String name) throws IOException;

    /** For the log: what it is. */
    String described();

    @Override
    void close();
}
