package dev.dialplane.inference.openai;

import java.time.Duration;

/**
 * Keeps calls from a model that does not serve: closed while it does, open after some failures in a row. While it is open
 * somebody asks the model for a word that nobody hears, at growing intervals, and the first one that comes closes it: no
 * caller waits for a model to find out that it is still ill. Safe for use by many threads.
 */
final class Breaker {
    /** One failure may be anybody's; three in a row, of all calls together, are the model's. */
    static final int FAILURES = 3;

    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private int failuresInARow;
    private Duration pause = FIRST_PAUSE;

    /** Whether calls may try the model. */
    synchronized boolean closed() {
        return failuresInARow < FAILURES;
    }

    /** A reply came. */
    synchronized void served() {
        failuresInARow = 0;
        pause = FIRST_PAUSE;
    }

    /** A reply did not. Returns whether that opened it: then somebody has to begin to try. */
    synchronized boolean failed() {
        failuresInARow++;
        return failuresInARow == FAILURES;
    }

    /** How long to wait before the next try; twice as long each time. */
    synchronized Duration nextPause() {
        Duration now = pause;
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
        return now;
    }
}
