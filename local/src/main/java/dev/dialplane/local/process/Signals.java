package dev.dialplane.local.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** POSIX signals, by {@code kill(2)}: the JDK sends only SIGTERM and SIGKILL, and none to a process group. */
public enum Signals {
    /** Asks a process to end. */
    TERM(15),
    /** Ends a process. */
    KILL(9),
    /** Freezes a process. */
    STOP(19),
    /** Lets a frozen process go on. */
    CONT(18);

    private static final MethodHandle KILL_2 = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("kill"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private final int number;

    Signals(int number) {
        this.number = number;
    }

    /** Sends this to one process; false if there is none of that id or it is not ours to signal. */
    public boolean send(long pid) {
        return kill(requireProcess(pid));
    }

    /** Sends this to every process of a group; false if the group is empty. */
    public boolean sendToGroup(long group) {
        return kill(-requireProcess(group));
    }

    private boolean kill(int target) {
        try {
            return (int) KILL_2.invokeExact(target, number) == 0;
        } catch (Throwable t) {
            throw new IllegalStateException("kill(" + target + ", " + number + ") could not be called", t);
        }
    }

    private static int requireProcess(long pid) {
        // 0, 1 and negative ids mean "my own group", init and "everything" to kill(2).
        if (pid <= 1 || pid > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("pid " + pid + " is not a process that may be signalled");
        }
        return (int) pid;
    }
}
