package dev.dialplane.agent.dialogue;

import org.jspecify.annotations.Nullable;

/**
 * A tool that the model wants run, and what came of it.
 *
 * @param key no other of the call has it; the tool is told it, so that whoever repeats the errand has it done once
 * @param tool the tool's name
 * @param arguments a JSON object
 * @param result a JSON value; null while it runs
 */
public record Errand(
        String key, String tool, String arguments, @Nullable String result) {
    /**
     * A key.
     *
     * @param callerTurn for which turn of the caller's it is run
     * @param serial which one of that turn's, from 0
     */
    public static String key(int callerTurn, Object serial) {
        return callerTurn + "-" + serial;
    }

    /** Whether it is still under way. */
    public boolean running() {
        return result == null;
    }

    /** The same, done. */
    Errand done(String itsResult) {
        return new Errand(key, tool, arguments, itsResult);
    }
}
