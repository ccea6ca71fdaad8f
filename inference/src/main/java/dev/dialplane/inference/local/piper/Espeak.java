package dev.dialplane.inference.local.piper;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.dialplane.inference.local.foreign.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Phonemes by espeak-ng, a library under the GPL that is looked for at run time and called where somebody installed it;
 * it is neither linked with this program nor shipped with it.
 *
 * <p>The library has one global state: calls take turns.
 */
public final class Espeak {
    /** The library's file. */
    public static final String LIBRARY = "libespeak-ng.so.1";
    /** {@code AUDIO_OUTPUT_SYNCHRONOUS} of speak_lib.h: makes no sound by itself, and no thread. */
    private static final int NO_OUTPUT = 2;
    /** {@code espeakINITIALIZE_DONT_EXIT}: without it, missing data would end the process. */
    private static final int DO_NOT_EXIT = 0x8000;
    /** {@code espeakCHARS_UTF8}. */
    private static final int UTF8 = 1;
    /** IPA names, in UTF-8: bit 1 of the phoneme mode. */
    private static final int IPA = 0x02;

    private final MethodHandle textToPhonemes;

    private Espeak(MethodHandle textToPhonemes) {
        this.textToPhonemes = textToPhonemes;
    }

    /**
     * Loads the library.
     *
     * @param directories sought before the system's own
     * @param voice espeak-ng's name of the language
     * @throws UnsatisfiedLinkError if it is not there or does not start, with the reason
     */
    static Espeak load(List<Path> directories, String voice) {
        NativeLibrary library = NativeLibrary.open(LIBRARY, directories);
        MethodHandle initialize = library.function(
                "espeak_Initialize", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
        MethodHandle setVoice = library.function("espeak_SetVoiceByName", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        MethodHandle phonemes =
                library.function("espeak_TextToPhonemes", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT, JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            Optional<Path> data = directories.stream()
                    .filter(directory -> Files.isDirectory(directory.resolve("espeak-ng-data")))
                    .findFirst();
            MemorySegment path =
                    data.map(it -> arena.allocateFrom(it.toString())).orElse(MemorySegment.NULL);
            int rate = (int) initialize.invokeExact(NO_OUTPUT, 0, path, DO_NOT_EXIT);
            if (rate <= 0) {
                throw new UnsatisfiedLinkError("espeak-ng finds no data (package espeak-ng-data)");
            }
            if ((int) setVoice.invokeExact(arena.allocateFrom(voice)) != 0) {
                throw new UnsatisfiedLinkError("espeak-ng has no voice " + voice);
            }
        } catch (Throwable e) {
            throw NativeLibrary.rethrown(e);
        }
        return new Espeak(phonemes);
    }

    /** The phonemes of a clause in IPA, words apart; punctuation is dropped. */
    synchronized String phonemes(String clause) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(clause);
            MemorySegment pointer = arena.allocate(ADDRESS);
            pointer.set(ADDRESS, 0, text);
            StringBuilder phonemes = new StringBuilder();
            // It takes one clause, by its own judgment, at a time, and moves the pointer on; null at the end.
            while (!pointer.get(ADDRESS, 0).equals(MemorySegment.NULL)) {
                MemorySegment part = (MemorySegment) textToPhonemes.invokeExact(pointer, UTF8, IPA);
                if (part.equals(MemorySegment.NULL)) {
                    break;
                }
                String ipa = part.reinterpret(Long.MAX_VALUE).getString(0).strip();
                if (!ipa.isEmpty()) {
                    phonemes.append(phonemes.isEmpty() ? "" : " ").append(ipa);
                }
            }
            return phonemes.toString();
        } catch (Throwable e) {
            throw NativeLibrary.rethrown(e);
        }
    }
}
