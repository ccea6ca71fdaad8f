package dev.dialplane.gateway.token;

import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.common.v1.TokenClaims;
import java.util.Base64;

/** Tokens that agents show to inference, as {@code common/v1/token.proto} defines them. */
public final class CallTokens {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final SigningKey key;

    /** Tokens signed with that key. */
    public CallTokens(SigningKey key) {
        this.key = key;
    }

    /** For one call, attempt, pool and pod. */
    public String forCall(Fence fence, PoolRef pool, String podUid, long expiresUnixMs) {
        return signed(claims(pool, podUid, expiresUnixMs).setFence(fence).build());
    }

    /** For one preparation of one pod. */
    public String forPreparation(PoolRef pool, String podUid, long expiresUnixMs) {
        return signed(claims(pool, podUid, expiresUnixMs).build());
    }

    private static TokenClaims.Builder claims(PoolRef pool, String podUid, long expiresUnixMs) {
        return TokenClaims.newBuilder().setPool(pool).setPodUid(podUid).setExpiresUnixMs(expiresUnixMs);
    }

    private String signed(TokenClaims claims) {
        byte[] bytes = claims.toByteArray();
        return BASE64.encodeToString(bytes) + "." + BASE64.encodeToString(key.sign(bytes));
    }
}
