package dev.dialplane.operator.gateways;

import dev.dialplane.contracts.tls.PeerName;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Hands the {@code authorization: Bearer} token of a call, and the name in its peer's certificate, to whoever serves it. */
@ApplicationScoped
@GlobalInterceptor
public class Bearer implements ServerInterceptor {

    private static final Context.Key<String> TOKEN = Context.key("dialplane-token");
    private static final Context.Key<String> PEER = Context.key("dialplane-peer");
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String SCHEME = "bearer ";

    /** Returns the token of the present call; null when it has none. */
    static @Nullable String token() {
        return TOKEN.get();
    }

    /** Returns what the peer of the present call is called; null when it showed no certificate. */
    static @Nullable String peer() {
        return PEER.get();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Context context = Context.current()
                .withValue(PEER, PeerName.of(call.getAttributes()).orElse(null));
        String header = headers.get(AUTHORIZATION);
        if (header != null && header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            context = context.withValue(TOKEN, header.substring(SCHEME.length()).strip());
        }
        return Contexts.interceptCall(context, call, headers, next);
    }
}
