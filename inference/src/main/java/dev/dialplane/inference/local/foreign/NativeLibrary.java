package dev.dialplane.inference.local.foreign;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A shared library that may or may not be there, opened at run time and never closed.
 *
 * <p>Libraries are sought in given directories first, with those that they need beside them, then where the system keeps
 * its own.
 */
public final class NativeLibrary {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final int RTLD_NOW = 2;
    private static final int RTLD_GLOBAL = 0x100;
    private static final int MAX_DEPTH = 40;
    private static final Pattern MISSING =
            Pattern.compile("(lib[^:/\\s]+\\.so[.\\d]*): cannot open shared object file");

    private static final MethodHandle DLOPEN =
            libc("dlopen", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle DLERROR = libc("dlerror", FunctionDescriptor.of(ValueLayout.ADDRESS));
    private static final MethodHandle DLSYM =
            libc("dlsym", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));

    private final String name;
    private final MemorySegment handle;

    private NativeLibrary(String name, MemorySegment handle) {
        this.name = name;
        this.handle = handle;
    }

    /**
     * Opens a library.
     *
     * @param name its file's name, for example {@code libflite.so.1}
     * @param directories sought first
     * @throws UnsatisfiedLinkError if it is not there or cannot be loaded, with the loader's words
     */
    public static NativeLibrary open(String name, List<Path> directories) {
        return new NativeLibrary(name, open(name, directories, 0));
    }

    private static MemorySegment open(String name, List<Path> directories, int depth) {
        String file = beside(name, directories).map(Path::toString).orElse(name);
        while (true) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment opened =
                        (MemorySegment) DLOPEN.invokeExact(arena.allocateFrom(file), RTLD_NOW | RTLD_GLOBAL);
                if (!opened.equals(MemorySegment.NULL)) {
                    return opened;
                }
            } catch (Throwable e) {
                throw rethrown(e);
            }
            String error = lastError();
            Matcher missing = MISSING.matcher(error);
            if (depth >= MAX_DEPTH
                    || !missing.find()
                    || missing.group(1).equals(name)
                    || beside(missing.group(1), directories).isEmpty()) {
                throw new UnsatisfiedLinkError(error);
            }
            // Once a library is loaded by its path, the loader finds it by its name for those that need it.
            open(missing.group(1), directories, depth + 1);
        }
    }

    private static Optional<Path> beside(String name, List<Path> directories) {
        return directories.stream()
                .map(directory -> directory.resolve(name))
                .filter(Files::exists)
                .findFirst();
    }

    private static String lastError() {
        try {
            MemorySegment message = (MemorySegment) DLERROR.invokeExact();
            return message.equals(MemorySegment.NULL)
                    ? "unknown error"
                    : message.reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** A function of the library; {@link UnsatisfiedLinkError} if it has none of that name. */
    public MethodHandle function(String symbol, FunctionDescriptor type) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = (MemorySegment) DLSYM.invokeExact(handle, arena.allocateFrom(symbol));
            if (address.equals(MemorySegment.NULL)) {
                throw new UnsatisfiedLinkError(name + " has no " + symbol);
            }
            return LINKER.downcallHandle(address, type);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    private static MethodHandle libc(String symbol, FunctionDescriptor type) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup()
                        .find(symbol)
                        .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + symbol)),
                type);
    }

    /** What a foreign call threw, as something unchecked. */
    public static RuntimeException rethrown(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException runtime ? runtime : new IllegalStateException(thrown);
    }
}
