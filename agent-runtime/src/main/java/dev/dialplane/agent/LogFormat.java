package dev.dialplane.agent;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;

/** One line a record on standard output: time, level, pod, pool, what. */
final class LogFormat extends Formatter {
    private final String origin;

    private LogFormat(String origin) {
        this.origin = origin;
    }

    /** The JDK's own log manager drops all handlers as soon as the process is told to end; an agent still has a call then. */
    public static final class Manager extends LogManager {
        @Override
        public void reset() {}
    }

    static void install(String pod, String pool) {
        System.setProperty("java.util.logging.manager", Manager.class.getName());
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        Handler out = new StreamHandler(System.out, new LogFormat(pool.isEmpty() ? pod : pod + " pool " + pool)) {
            @Override
            public synchronized void publish(LogRecord record) {
                super.publish(record);
                flush();
            }
        };
        out.setLevel(Level.INFO);
        root.addHandler(out);
        root.setLevel(Level.INFO);
        // A peer that closes its connection is not worth a stack trace.
        Logger.getLogger("io.grpc").setLevel(Level.SEVERE);
    }

    @Override
    public String format(LogRecord record) {
        StringBuilder line = new StringBuilder(160)
                .append(Instant.ofEpochMilli(record.getMillis()).truncatedTo(ChronoUnit.MILLIS))
                .append(' ')
                .append(record.getLevel().getName())
                .append(' ')
                .append(origin)
                .append(": ")
                .append(formatMessage(record))
                .append('\n');
        if (record.getThrown() != null) {
            StringWriter trace = new StringWriter();
            record.getThrown().printStackTrace(new PrintWriter(trace));
            line.append(trace);
        }
        return line.toString();
    }
}
