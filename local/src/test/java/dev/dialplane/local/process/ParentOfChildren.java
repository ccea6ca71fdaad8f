package dev.dialplane.local.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A program that starts two children, one of which starts another, and waits. Arguments: the directory of its ledger. */
final class ParentOfChildren {
    private ParentOfChildren() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        Path ledger = directory.resolve("pids");
        ProcessLedger file = ProcessLedger.create(ledger);
        file.record(ProcessHandle.current().pid(), "parent");
        ChildProcesses children = new ChildProcesses(file);
        for (int i = 0; i < 2; i++) {
            children.start(new Launch(
                    "child " + i,
                    List.of("/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"),
                    Map.of("PATH", "/usr/bin:/bin"),
                    directory,
                    directory.resolve("log")));
        }
        System.out.println("started");
        Thread.sleep(Long.MAX_VALUE);
    }
}
