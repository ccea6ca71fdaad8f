package dev.dialplane.local.progress;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Says what is going on, a line at a time, each with the seconds since this was created. Safe for use by many threads. */
public final class Progress {
    private final Consumer<String> out;
    private final LongSupplier nanoTime;
    private final long startNanos;

    /**
     * @param out takes each finished line
     * @param nanoTime a clock like {@link System#nanoTime()}
     */
    public Progress(Consumer<String> out, LongSupplier nanoTime) {
        this.out = out;
        this.nanoTime = nanoTime;
        this.startNanos = nanoTime.getAsLong();
    }

    /** Lines that go to a stream, timed from now. */
    public static Progress to(PrintStream stream) {
        return new Progress(stream::println, System::nanoTime);
    }

    /** Drops every line. */
    public static Progress silent() {
        return new Progress(line -> {}, System::nanoTime);
    }

    /** Prints one line, such as {@code [ 12.3 s] kube-apiserver is ready}. */
    public void say(String message) {
        out.accept(String.format(Locale.ROOT, "[%5.1f s] %s", seconds(), message));
    }

    /** Seconds since this was created. */
    public double seconds() {
        return (nanoTime.getAsLong() - startNanos) / 1e9;
    }
}
