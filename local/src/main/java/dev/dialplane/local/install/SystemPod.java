package dev.dialplane.local.install;

import dev.dialplane.local.node.LocalNode;
import dev.dialplane.local.process.Signals;
import java.io.IOException;
import java.util.List;

/** A handle on one of the system's pods, to break it on purpose. What it does works while the API server is down, too. */
public final class SystemPod {
    private final LocalNode node;
    private final String name;
    private final String address;

    SystemPod(LocalNode node, String name, String address) {
        this.node = node;
        this.name = name;
        this.address = address;
    }

    /** The pod's name in namespace {@code dialplane-system}. */
    public String name() {
        return name;
    }

    /** The loopback address it listens on. */
    public String address() {
        return address;
    }

    /** The ids of its processes. */
    public List<Long> pids() throws IOException, InterruptedException {
        return node.pids(SystemPods.NAMESPACE, name);
    }

    /** Kills its process with SIGKILL; the node starts it again. */
    public void kill() {
        node.signal(SystemPods.NAMESPACE, name, Signals.KILL);
    }

    /** Freezes its process until {@link #thaw}. */
    public void freeze() {
        node.signal(SystemPods.NAMESPACE, name, Signals.STOP);
    }

    /** Lets a frozen process go on. */
    public void thaw() {
        node.signal(SystemPods.NAMESPACE, name, Signals.CONT);
    }

    /** Kills its process and keeps it down until {@link #start}. */
    public void stop() {
        node.hold(SystemPods.NAMESPACE, name);
    }

    /** Starts a stopped process. */
    public void start() {
        node.release(SystemPods.NAMESPACE, name);
    }
}
