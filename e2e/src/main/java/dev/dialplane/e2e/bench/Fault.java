package dev.dialplane.e2e.bench;

import dev.dialplane.contracts.common.v1.PoolRef;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** What can break, by name. Each is injected into a running {@link World} and, where it is not for good, taken back. */
enum Fault {
    KILL_OPERATOR("the operator is killed with SIGKILL, and started again at once") {
        @Override
        void inject(World world) throws Exception {
            world.book().operatorDown(true);
            world.plane().operator().kill();
            world.plane().operator().restart();
            world.plane().operator().awaitReady(READY);
            world.book().operatorDown(false);
        }
    },
    KILL_GATEWAY("one gateway is killed with SIGKILL, and started again with its disk at once") {
        @Override
        void inject(World world) throws Exception {
            SystemProcess gateway = world.plane().gateways().getFirst();
            world.book().gatewayDied(0);
            gateway.kill();
            gateway.restart();
            gateway.awaitReady(READY);
            world.book().gatewayIsBack(0);
        }
    },
    STOP_APISERVER("the API server is stopped for 30 s") {
        @Override
        void inject(World world) throws Exception {
            world.plane().cluster().stopApiServer();
            pass(OUTAGE);
            world.plane().cluster().startApiServer();
        }
    },
    LOSE_NODE("the node with the most agents is gone, and stays so") {
        @Override
        void inject(World world) {
            world.nodes().loseFullestNode(world.book()::agentsLost);
        }
    },
    SLOW_AGENTS("every agent takes 500 ms to answer an offer, for 20 s") {
        @Override
        void inject(World world) {
            world.nodes().slowOffers(Duration.ofMillis(500));
            pass(Duration.ofSeconds(20));
            world.nodes().slowOffers(Duration.ZERO);
        }
    },
    CRASH_LOOP("a rollout whose new pods end before they are Ready, taken back after 30 s") {
        @Override
        void inject(World world) {
            world.nodes().crash(true);
            rollOut(world, 21);
            pass(OUTAGE);
            world.nodes().crash(false);
            rollOut(world, 20);
        }
    },
    ROLLOUT("every pool gets new pods") {
        @Override
        void inject(World world) {
            rollOut(world, 25);
        }

        @Override
        boolean replacesAgents() {
            return true;
        }
    },
    STALE_CACHE("the operator's watches bring nothing for 20 s, while its requests go through") {
        @Override
        void inject(World world) {
            world.plane().proxy().stall(true);
            pass(Duration.ofSeconds(20));
            world.plane().proxy().stall(false);
        }
    };

    private static final Duration READY = Duration.ofMinutes(5);
    private static final Duration OUTAGE = Duration.ofSeconds(30);

    private final String what;

    Fault(String what) {
        this.what = what;
    }

    /** Breaks it, and returns when what is to come back by itself is back. */
    abstract void inject(World world) throws Exception;

    /** Whether the pool is at its target again only when all agents are new. */
    boolean replacesAgents() {
        return false;
    }

    /** What happens. */
    String what() {
        return what;
    }

    /** As people type it: {@code kill-operator}. */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** The fault of that name. */
    static Fault named(String text) {
        return Arrays.stream(values())
                .filter(fault -> fault.toString().equals(text.strip().replace(' ', '-')))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no fault '" + text + "'; there are "
                        + Arrays.stream(values()).map(Fault::toString).collect(Collectors.joining(", "))));
    }

    private static void rollOut(World world, int millicores) {
        for (PoolRef pool : world.pools()) {
            Pools.rollOut(world.plane().client(), pool.getNamespace(), pool.getName(), millicores);
        }
    }

    /** A fault's length is part of it. */
    private static void pass(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
