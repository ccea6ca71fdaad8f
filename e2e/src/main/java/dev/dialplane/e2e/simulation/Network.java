package dev.dialplane.e2e.simulation;

import java.util.SplittableRandom;

/**
 * How long messages take, drawn from a seed: mostly a fraction of a millisecond, now and then a retransmission's time.
 * States travel slower than requests now and then, so that what a gateway knows of an agent is often old.
 */
final class Network {
    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;

    private final SplittableRandom random;

    Network(SplittableRandom random) {
        this.random = random;
    }

    private long exponential(long mean) {
        return (long) (-Math.log(1 - random.nextDouble()) * mean);
    }

    /** One way between a gateway and an agent. */
    long message() {
        double draw = random.nextDouble();
        long usual = 150 * MICRO + exponential(250 * MICRO);
        // A lost packet costs Linux's least retransmission timeout of 200 ms; a busy machine costs some milliseconds.
        return draw < 0.000_3 ? 200 * MILLI + usual : draw < 0.01 ? usual + exponential(5 * MILLI) : usual;
    }

    /** A state on its way to a watching gateway. */
    long state() {
        double draw = random.nextDouble();
        long usual = message();
        return draw < 0.002 ? usual + exponential(400 * MILLI) : draw < 0.03 ? usual + exponential(20 * MILLI) : usual;
    }

    /** Between a gateway and the operator. */
    long control() {
        return 300 * MICRO + exponential(random.nextInt(100) == 0 ? 100 * MILLI : 2 * MILLI);
    }

    /** From the API server to the operator's cache. */
    long informer() {
        return 2 * MILLI + exponential(random.nextInt(50) == 0 ? 300 * MILLI : 10 * MILLI);
    }

    /** A write to the API server, there and back. */
    long write() {
        return 3 * MILLI + exponential(5 * MILLI);
    }

    /** From a pod's creation to its agent's readiness: scheduling, pulling nothing, starting a process. */
    long podStart() {
        return 900 * MILLI + exponential(600 * MILLI);
    }

    long between(long fromMillis, long toMillis) {
        return random.nextLong(fromMillis * MILLI, toMillis * MILLI + 1);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    int pick(int bound) {
        return random.nextInt(bound);
    }
}
