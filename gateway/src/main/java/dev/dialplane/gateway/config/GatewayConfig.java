package dev.dialplane.gateway.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** The keys under {@code dialplane.gateway}; docs/configuration.md explains each. */
@ConfigMapping(prefix = "dialplane.gateway")
public interface GatewayConfig {
    /** Stable over reconnects of one process: the pod's UID. Made up when it is not given. */
    Optional<String> id();

    /** The pod's name. */
    @WithDefault("gateway")
    String name();

    /** The zone it is in; empty where there are none. */
    Optional<String> zone();

    /** The operator's host:port; without it, the snapshot on disk is all that is known. */
    Optional<String> operator();

    /** The service-account token shown to the operator. */
    Optional<String> tokenFile();

    /** The key shared with other gateways and with inference; without it, one of this process's own. */
    Optional<String> tokenKeyFile();

    /** Where the certificates for agents and operators are; without it, nothing is encrypted. */
    Optional<String> tlsDirectory();

    /** Where snapshot and events are kept. */
    @WithDefault("data/gateway")
    String dataDir();

    /** Calls at once. */
    @WithDefault("500")
    int capacity();

    /** A loopback address:port where nothing is signed. */
    Optional<String> devListener();

    Twilio twilio();

    Offer offer();

    Agents agents();

    Prepare prepare();

    CallTimes call();

    Drain drain();

    Records records();

    Journal journal();

    Recordings recordings();

    /** How Twilio reaches this gateway. */
    interface Twilio {
        Optional<String> publicUrl();

        Optional<String> authTokens();

        @WithDefault("10s")
        Duration webhookLimit();

        @WithDefault("20s")
        Duration reservation();

        @WithDefault("10s")
        Duration startTimeout();

        @WithDefault("50")
        int faultsInARow();
    }

    /** Offers to agents. */
    interface Offer {
        @WithDefault("300ms")
        Duration deadline();

        @WithDefault("3s")
        Duration patience();

        @WithDefault("5s")
        Duration expiry();
    }

    /** Connections to agents. */
    interface Agents {
        /** Of a pool, beyond the own share and those that this gateway comes second for. */
        @WithDefault("32")
        int others();
    }

    /** Preparing agents. */
    interface Prepare {
        @WithDefault("120s")
        Duration deadline();

        @WithDefault("4")
        int atOnce();
    }

    /** Times of a call. */
    interface CallTimes {
        @WithDefault("30s")
        Duration mediaTimeout();

        @WithDefault("5s")
        Duration agentSilence();

        @WithDefault("2s")
        Duration openTimeout();

        @WithDefault("5s")
        Duration summaryWait();

        @WithDefault("15s")
        Duration politeWait();

        @WithDefault("10s")
        Duration reconnectGrace();
    }

    /** The end of this process. */
    interface Drain {
        @WithDefault("1h")
        Duration maxWait();
    }

    /** Where transcripts and ends of calls go. */
    interface Records {
        Optional<String> url();

        @WithDefault("false")
        boolean partials();

        /** Signs them; without it, they go unsigned. */
        Optional<String> keyFile();

        /** That wait on disk at most. */
        @WithDefault("10000")
        int queue();

        /** And their size. */
        @WithDefault("64")
        int maxMegabytes();
    }

    /** Where calls are recorded whose callers agree. */
    interface Recordings {
        /** Where they are kept, or wait for the bucket. */
        Optional<String> directory();

        /** The region of the directory or the bucket, as pools' residency spells it. */
        Optional<String> region();

        /** That may wait; beyond it nothing more is recorded. */
        @WithDefault("512")
        int maxWaitingMegabytes();

        Bucket bucket();

        /** A bucket of any server of the S3 protocol. */
        interface Bucket {
            Optional<String> name();

            /** Without it, AWS. */
            Optional<String> endpoint();

            @WithDefault("us-east-1")
            String region();

            Optional<String> prefix();

            /** With the files access-key-id and secret-access-key. */
            Optional<String> credentialsDirectory();
        }
    }

    /** Events that wait for the operator. */
    interface Journal {
        @WithDefault("100000")
        int maxEvents();
    }
}
