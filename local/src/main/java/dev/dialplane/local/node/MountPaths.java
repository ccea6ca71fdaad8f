package dev.dialplane.local.node;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Where a container's mounts really are. A process has no file system of its own, so its variables and arguments that
 * begin with a mount path (an argument also after its first {@code =}) are told the real directory instead.
 */
record MountPaths(List<Mount> mounts) {
    record Mount(String path, Path directory) {}

    MountPaths {
        // The longest first, because mounts may lie inside one another.
        mounts = mounts.stream()
                .sorted(Comparator.comparingInt((Mount mount) -> mount.path().length())
                        .reversed())
                .toList();
    }

    static MountPaths of(Map<String, Path> directories) {
        return new MountPaths(directories.entrySet().stream()
                .map(entry -> new Mount(stripSlash(entry.getKey()), entry.getValue()))
                .toList());
    }

    private static String stripSlash(String path) {
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    /** A variable's value as the process must see it. */
    String rewriteValue(String value) {
        for (Mount mount : mounts) {
            if (value.equals(mount.path()) || value.startsWith(mount.path() + "/")) {
                return mount.directory() + value.substring(mount.path().length());
            }
        }
        return value;
    }

    /** An argument as the process must see it. */
    String rewriteArgument(String argument) {
        String whole = rewriteValue(argument);
        int equals = argument.indexOf('=');
        if (equals < 0 || !whole.equals(argument)) {
            return whole;
        }
        return argument.substring(0, equals + 1) + rewriteValue(argument.substring(equals + 1));
    }
}
