package dev.dialplane.inference;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;

/** What can be configured; README.md has the table. */
@ConfigMapping(prefix = "dialplane.inference")
public interface InferenceConfig {
    /** The key that call tokens are signed with, 32 bytes or more; without it tokens are not verified. */
    Optional<Path> tokenKeyFile();

    /** How many pools' specs are kept prepared; the one not used for longest is forgotten first. */
    @WithDefault("64")
    int preparedSpecs();

    /** Bytes of rendered phrases kept in memory. */
    @WithDefault("67108864")
    long phraseCacheBytes();

    Scripted scripted();

    /** Provider {@code scripted}. */
    interface Scripted {
        /** The script; the built-in sample conversation if not set. */
        Optional<Path> file();
    }
}
