package dev.dialplane.operator.scaler;

import dev.dialplane.contracts.externalscaler.ExternalScalerGrpc;
import dev.dialplane.contracts.externalscaler.ExternalScalerGrpc.ExternalScalerStub;
import dev.dialplane.contracts.externalscaler.ScaledObjectRef;
import dev.dialplane.contracts.tls.PeerName;
import dev.dialplane.operator.OperatorConfig;
import dev.dialplane.operator.leader.Leadership;
import dev.dialplane.operator.tls.OperatorTls;
import io.grpc.ManagedChannel;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The scaler of the operator that leads, for one that stands by. KEDA keeps one connection for good, and a Service gives it
 * to any operator: it would be refused for as long as that one stands by.
 */
@Singleton
class LeadersScaler {

    /** Tells the leader that it is asked on another's behalf: what it cannot answer must not go on from there. */
    private static final String ASKED_BY = "dialplane.dev/asked-by";

    private final String me;
    private final OperatorTls tls;
    private final Leadership leadership;
    private String address = "";
    private @Nullable ManagedChannel channel;

    LeadersScaler(OperatorConfig config, OperatorTls tls, Leadership leadership) {
        this.me = config.identity();
        this.tls = tls;
        this.leadership = leadership;
    }

    /** Returns whether a question comes from an operator that stands by. */
    static boolean passedOn(ScaledObjectRef question) {
        return question.containsScalerMetadata(ASKED_BY);
    }

    /** Returns a question as it is passed on. */
    ScaledObjectRef marked(ScaledObjectRef question) {
        return question.toBuilder().putScalerMetadata(ASKED_BY, me).build();
    }

    /** Returns the leader's scaler; empty when no other operator is known to lead. */
    Optional<ExternalScalerStub> find() {
        return leadership.elsewhere().map(this::at).map(ExternalScalerGrpc::newStub);
    }

    private synchronized ManagedChannel at(String leader) {
        ManagedChannel open = channel;
        if (open == null || !leader.equals(address)) {
            close();
            open = tls.channel(leader, PeerName.OPERATOR)
                    // A leader whose node is gone ends no connection.
                    .keepAliveTime(10, TimeUnit.SECONDS)
                    .keepAliveTimeout(5, TimeUnit.SECONDS)
                    .build();
            channel = open;
            address = leader;
        }
        return open;
    }

    void stop(@Observes ShutdownEvent event) {
        close();
    }

    private synchronized void close() {
        if (channel != null) {
            channel.shutdownNow();
            channel = null;
        }
    }
}
