package dev.dialplane.inference.openai;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a {@code text/event-stream} apart, in whatever chunks it comes: the data of each event, its lines joined by line
 * feeds (WHATWG HTML, 9.2.6). Comments and all other fields are left out. Remembers one event at most.
 */
final class ServerEvents {
    /** A larger event is refused. A chunk of a completion has some hundred bytes. */
    static final int MAX_EVENT_BYTES = 1 << 18;

    private static final String DATA = "data";

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final StringBuilder data = new StringBuilder();
    private boolean hasData;
    private boolean afterReturn;

    /**
     * Reads on.
     *
     * @return the data of the events that are complete now
     * @throws TooLargeException if an event is larger than allowed; nothing more can be read then
     */
    List<String> read(byte[] bytes, int length) throws TooLargeException {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            byte next = bytes[i];
            boolean secondOfPair = next == '\n' && afterReturn;
            afterReturn = next == '\r';
            if (secondOfPair) {
                continue;
            }
            if (next == '\n' || next == '\r') {
                endLine(events);
            } else {
                line.write(next);
                if (line.size() + data.length() > MAX_EVENT_BYTES) {
                    throw new TooLargeException();
                }
            }
        }
        return events;
    }

    private void endLine(List<String> events) {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (text.isEmpty()) {
            if (hasData) {
                events.add(data.toString());
            }
            data.setLength(0);
            hasData = false;
            return;
        }
        int colon = text.indexOf(':');
        if (!DATA.equals(colon < 0 ? text : text.substring(0, colon))) {
            return;
        }
        if (hasData) {
            data.append('\n');
        }
        hasData = true;
        if (colon >= 0) {
            data.append(text, text.startsWith(" ", colon + 1) ? colon + 2 : colon + 1, text.length());
        }
    }

    /** An event is larger than {@link #MAX_EVENT_BYTES}. */
    static final class TooLargeException extends Exception {
        private static final long serialVersionUID = 1;

        TooLargeException() {
            super("an event of more than " + MAX_EVENT_BYTES + " bytes");
        }
    }
}
