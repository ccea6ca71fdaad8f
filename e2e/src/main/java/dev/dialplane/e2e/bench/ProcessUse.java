package dev.dialplane.e2e.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What processes use of CPU and memory, by {@code /proc}. */
final class ProcessUse {
    /** Clock ticks a second in {@code /proc/PID/stat}: USER_HZ, which is 100 on every Linux there is. */
    private static final double TICKS = 100;

    private ProcessUse() {}

    /** CPU time since the process began, user and system, s; 0 if there is no such process. */
    static double cpuSeconds(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            // The second field, the command in parentheses, may hold spaces and parentheses itself.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
        } catch (IOException e) {
            return 0;
        }
    }

    /** Resident memory now, MB; 0 if there is no such process. */
    static double residentMegabytes(long pid) {
        return megabytes(Path.of("/proc/" + pid + "/status"), "VmRSS:");
    }

    /** Resident memory now, shared pages divided among those who share them, MB; 0 if there is no such process. */
    static double proportionalMegabytes(long pid) {
        return megabytes(Path.of("/proc/" + pid + "/smaps_rollup"), "Pss:");
    }

    private static double megabytes(Path file, String field) {
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith(field)) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
                }
            }
        } catch (IOException e) {
            return 0;
        }
        return 0;
    }
}
