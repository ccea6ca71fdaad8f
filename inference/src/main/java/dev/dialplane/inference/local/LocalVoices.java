package dev.dialplane.inference.local;

import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.local.flite.Flite;
import dev.dialplane.inference.local.foreign.NativeLibrary;
import dev.dialplane.inference.local.piper.Espeak;
import dev.dialplane.inference.local.piper.Piper;
import dev.dialplane.inference.queue.ComputeQueue;
import dev.dialplane.inference.speaking.ClauseVoice;
import dev.dialplane.inference.speaking.PhraseCache;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The voices: Piper, and flite by name or in Piper's place where that is missing something. */
final class LocalVoices {
    static final String PIPER = "piper-joe";
    static final String FLITE = "flite";
    private static final String WEIGHTS = "en_US-joe-medium.onnx";
    private static final Logger LOG = Logger.getLogger(LocalVoices.class);

    private final ModelFiles files;
    private final Loaded<ClauseVoice> piper;
    private final Loaded<ClauseVoice> flite;

    LocalVoices(ModelFiles files, OnnxModels onnx, ComputeQueue queue, PhraseCache cache) {
        this.files = files;
        flite = new Loaded<>(FLITE, () -> new ClauseVoice(Flite.load(files.libraries()), queue, cache));
        piper = new Loaded<>(PIPER, () -> {
            Optional<String> missing = piperLacks();
            if (missing.isPresent()) {
                return instead(missing.get());
            }
            try {
                return new ClauseVoice(
                        Piper.load(PIPER, files.file(PIPER, WEIGHTS), onnx, files.libraries()), queue, cache);
            } catch (UnsatisfiedLinkError e) {
                return instead("espeak-ng cannot be used: " + e.getMessage());
            }
        });
    }

    private ClauseVoice instead(String why) {
        try {
            ClauseVoice voice = flite.get();
            LOG.warnf("local/%s speaks with flite: %s", PIPER, why);
            return voice;
        } catch (ModelException e) {
            throw ModelException.providerDown(
                    LocalProvider.NAME, PIPER, why + "; and flite is not there either: " + e.getMessage());
        }
    }

    /** Why neither Piper nor flite in its place can speak; empty if one can. */
    Optional<String> missingPiper() {
        return piperLacks().filter(_ -> missingFlite().isPresent());
    }

    /** What speaks under Piper's name. */
    String piper() {
        return piperLacks().map(why -> "flite in its place: " + why).orElse("Piper, voice joe");
    }

    private Optional<String> piperLacks() {
        return files.missing(PIPER, WEIGHTS, WEIGHTS + ".json")
                .or(() -> lacks(Espeak.LIBRARY, "libespeak-ng1", "espeak-ng"));
    }

    Optional<String> missingFlite() {
        return lacks(Flite.LIBRARY, "libflite1", FLITE);
    }

    private Optional<String> lacks(String library, String debian, String fetched) {
        try {
            NativeLibrary.open(library, files.libraries());
            return Optional.empty();
        } catch (UnsatisfiedLinkError e) {
            return Optional.of(library + " is missing; install Debian's " + debian
                    + " or get it with inference/models/fetch " + fetched);
        }
    }

    ClauseVoice get(String model) {
        return model.equals(FLITE) ? flite.get() : piper.get();
    }
}
