package dev.dialplane.inference.call;

import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.common.v1.TokenClaims;
import dev.dialplane.contracts.inference.v1.ModelsGrpc;
import dev.dialplane.contracts.tls.PeerName;
import dev.dialplane.inference.InferenceConfig;
import dev.dialplane.inference.failure.ModelException;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Lets in who shows a call token, and says to the services whose request it is.
 *
 * <p>Without a key file every request is let in, and a token is only read for its call id. With TLS, a token is good in the
 * hands of its pool's agents only, and what models there are is told to the operator only.
 */
@GlobalInterceptor
@ApplicationScoped
public class CallTokenInterceptor implements ServerInterceptor {
    private static final Logger LOG = Logger.getLogger(CallTokenInterceptor.class);
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String BEARER = "Bearer ";
    private static final String OURS = "dialplane.";
    /** What models there are is no call's matter: the operator asks it, which has no call. */
    private static final String DESCRIBE = ModelsGrpc.getDescribeMethod().getFullMethodName();

    private final @Nullable CallTokens tokens;
    private final Function<Attributes, @Nullable String> peers;

    @Inject
    public CallTokenInterceptor(InferenceConfig config, Encryption encryption) {
        this(config.tokenKeyFile().map(CallTokenInterceptor::fromKeyFile).orElse(null), encryption.peers());
        if (tokens == null) {
            LOG.info("call tokens are not verified: dialplane.inference.token-key-file is not set");
        }
    }

    /**
     * @param peers who is at the other end of a connection; null where nobody has to say
     */
    CallTokenInterceptor(@Nullable CallTokens tokens, Function<Attributes, @Nullable String> peers) {
        this.tokens = tokens;
        this.peers = peers;
    }

    private static CallTokens fromKeyFile(Path file) {
        try {
            return new CallTokens(Files.readAllBytes(file), InstantSource.system());
        } catch (IOException e) {
            throw new UncheckedIOException("dialplane.inference.token-key-file cannot be read: " + file, e);
        }
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        String peer = peers.apply(call.getAttributes());
        if (!method.startsWith(OURS) || method.equals(DESCRIBE) && (peer == null || peer.equals(PeerName.OPERATOR))) {
            return next.startCall(call, headers);
        }
        try {
            Caller caller = caller(headers.get(AUTHORIZATION), peer);
            return Contexts.interceptCall(Context.current().withValue(Caller.KEY, caller), call, headers, next);
        } catch (ModelException e) {
            LOG.debugf("refused %s: %s", method, e.getMessage());
            call.close(e.code().toStatus().withDescription(e.getMessage()), e.trailers());
            return new ServerCall.Listener<>() {};
        }
    }

    private Caller caller(@Nullable String authorization, @Nullable String peer) {
        if (authorization == null || !authorization.startsWith(BEARER)) {
            if (tokens != null) {
                throw ModelException.badToken("there is none; send authorization: Bearer <call token>");
            }
            return anonymous();
        }
        String token = authorization.substring(BEARER.length());
        if (tokens != null) {
            TokenClaims claims = tokens.verify(token);
            PoolRef pool = claims.getPool();
            if (peer != null && !peer.equals(PeerName.agentsOf(pool.getNamespace(), pool.getName()))) {
                throw ModelException.badToken("it is not of " + peer);
            }
            return of(claims);
        }
        try {
            return of(CallTokens.read(token));
        } catch (ModelException e) {
            return anonymous();
        }
    }

    private static Caller of(TokenClaims claims) {
        String callId = claims.getFence().getCallId();
        String id = callId.isEmpty() ? claims.getPodUid() : callId;
        return id.isEmpty()
                ? anonymous()
                : new Caller(
                        id, claims.getFence().getAttempt(), claims.getPool().getNamespace());
    }

    private static Caller anonymous() {
        return new Caller("anonymous-" + UUID.randomUUID(), 0, "");
    }
}
