package dev.dialplane.inference.local.flite;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.dialplane.inference.local.foreign.NativeLibrary;
import dev.dialplane.inference.queue.Work;
import dev.dialplane.inference.speaking.Clip;
import dev.dialplane.inference.speaking.SpeechEngine;
import dev.dialplane.inference.speaking.SpokenForm;
import dev.dialplane.inference.speaking.wording.Wording;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The voice {@code slt} of flite, about a fiftieth of real time. The library is not thread-safe: calls take turns. */
public final class Flite implements SpeechEngine {
    /** The library's file; the voice has one of its own. */
    public static final String LIBRARY = "libflite.so.1";

    /** {@code struct cst_wave} of cst_wave.h: type, sample_rate, num_samples, num_channels, samples. */
    private static final MemoryLayout WAVE =
            MemoryLayout.structLayout(ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, MemoryLayout.paddingLayout(4), ADDRESS);

    private static final int SAMPLE_RATE = 16_000;
    private static final int MAX_SAMPLES = 16_000 * 120;

    private final Wording wording = Wording.of(Locale.US);
    private final MemorySegment slt;
    private final MethodHandle textToWave;
    private final MethodHandle deleteWave;

    private Flite(MemorySegment slt, MethodHandle textToWave, MethodHandle deleteWave) {
        this.slt = slt;
        this.textToWave = textToWave;
        this.deleteWave = deleteWave;
    }

    /**
     * Loads the library and its voice.
     *
     * @param directories sought before the system's own
     * @throws UnsatisfiedLinkError if it is not there
     */
    public static Flite load(List<Path> directories) {
        NativeLibrary library = NativeLibrary.open(LIBRARY, directories);
        NativeLibrary voice = NativeLibrary.open("libflite_cmu_us_slt.so.1", directories);
        try {
            int failed = (int) library.function("flite_init", FunctionDescriptor.of(JAVA_INT))
                    .invokeExact();
            MemorySegment slt =
                    (MemorySegment) voice.function("register_cmu_us_slt", FunctionDescriptor.of(ADDRESS, ADDRESS))
                            .invokeExact(MemorySegment.NULL);
            if (failed != 0 || slt.equals(MemorySegment.NULL)) {
                throw new UnsatisfiedLinkError("flite does not start its voice slt");
            }
            return new Flite(
                    slt,
                    library.function("flite_text_to_wave", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS)),
                    library.function("delete_wave", FunctionDescriptor.ofVoid(ADDRESS)));
        } catch (Throwable e) {
            throw NativeLibrary.rethrown(e);
        }
    }

    @Override
    public String voice() {
        return "flite-slt";
    }

    @Override
    public int sampleRate() {
        return SAMPLE_RATE;
    }

    @Override
    public Clip speak(String clause, Work work) {
        work.check();
        SpokenForm form = SpokenForm.of(clause, wording);
        short[] samples = samples(form.text());
        return new Clip(clause, samples, form.spans(samples.length, form.text()));
    }

    private synchronized short[] samples(String text) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment wave = (MemorySegment) textToWave.invokeExact(arena.allocateFrom(text), slt);
            if (wave.equals(MemorySegment.NULL)) {
                return new short[0];
            }
            MemorySegment view = wave.reinterpret(WAVE.byteSize());
            try {
                int rate = view.get(JAVA_INT, ADDRESS.byteSize());
                int count = view.get(JAVA_INT, ADDRESS.byteSize() + 4);
                if (rate != SAMPLE_RATE || count < 0 || count > MAX_SAMPLES) {
                    throw new IllegalStateException("flite gave " + count + " samples at " + rate + " Hz");
                }
                return view.get(ADDRESS, ADDRESS.byteSize() + 16)
                        .reinterpret((long) count * Short.BYTES)
                        .toArray(JAVA_SHORT);
            } finally {
                deleteWave.invokeExact(wave);
            }
        } catch (Throwable e) {
            throw NativeLibrary.rethrown(e);
        }
    }
}
