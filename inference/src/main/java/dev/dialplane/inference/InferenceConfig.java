package dev.dialplane.inference;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What can be configured; docs/configuration.md has the table. */
@ConfigMapping(prefix = "dialplane.inference")
public interface InferenceConfig {
    /** The key that call tokens are signed with, 32 bytes or more; without it tokens are not verified. */
    Optional<Path> tokenKeyFile();

    /**
     * Where the certificates are, see {@link dev.dialplane.contracts.tls.TlsFiles}; without it, nothing is encrypted and
     * nobody has to show one.
     */
    Optional<Path> tlsDirectory();

    /** How many pools' specs are kept prepared; the one not used for longest is forgotten first. */
    @WithDefault("64")
    int preparedSpecs();

    /** Bytes of rendered phrases kept in memory. */
    @WithDefault("67108864")
    long phraseCacheBytes();

    /** Where the local models' files are; by default {@code $DIALPLANE_MODELS}, or the user's cache. */
    Optional<Path> modelsDirectory();

    Drain drain();

    Scripted scripted();

    Local local();

    OpenAi openai();

    Tools tools();

    SpeechToSpeech speechToSpeech();

    /** When the process is told to end. */
    interface Drain {
        /** How long RPCs may go on. */
        @WithDefault("60s")
        Duration maxWait();
    }

    /** Provider {@code local}. */
    interface Local {
        /** Computations at the same time; as many as there are processors if not set. */
        OptionalInt workers();

        /** Threads that one computation of a model uses. */
        @WithDefault("1")
        int threads();

        /** Requests that wait at most; more are refused. */
        @WithDefault("128")
        int queue();
    }

    /** Provider {@code scripted}. */
    interface Scripted {
        /** The script; the built-in sample conversation if not set. */
        Optional<Path> file();
    }

    /** Provider {@code openai}. */
    interface OpenAi {
        /** The server's address up to the version, such as {@code http://vllm:8000/v1}; without it there is none. */
        Optional<URI> url();

        /** Which of its models pools may use. */
        Optional<List<String>> models();

        /** Holds the key that is shown to it. */
        Optional<Path> keyFile();
    }

    /** Pools' HTTP tools. */
    interface Tools {
        /**
         * Hosts that tools may be at though their addresses are private, such as {@code crm.shop.svc}; with a dot before it,
         * all below.
         */
        Optional<List<String>> privateHosts();

        /** Tools' credentials, as files {@code NAMESPACE.SECRET.KEY}. */
        Optional<Path> secretsDirectory();
    }

    /** Sessions of models that hear, think and speak. */
    interface SpeechToSpeech {
        /** How long one may last; half a minute before, the agent is asked to open another. */
        @WithDefault("30m")
        Duration maxSession();
    }
}
