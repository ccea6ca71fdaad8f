package dev.dialplane.inference.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.TokenClaims;
import dev.dialplane.inference.failure.ModelException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallTokensTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_000_000);
    private static final TokenClaims CLAIMS = TokenClaims.newBuilder()
            .setFence(Fence.newBuilder().setCallId("call").setAttempt(2))
            .setExpiresUnixMs(NOW.toEpochMilli() + 1)
            .build();

    private final CallTokens tokens = new CallTokens(new byte[32], InstantSource.fixed(NOW));

    @Test
    void whatTheKeySignedIsBelieved() {
        assertThat(tokens.verify(tokens.mint(CLAIMS))).isEqualTo(CLAIMS);
    }

    @Test
    void anExpiredTokenIsRefused() {
        String token = tokens.mint(
                CLAIMS.toBuilder().setExpiresUnixMs(NOW.toEpochMilli()).build());
        assertRefused(token, "expired");
    }

    @Test
    void aTokenOfAnotherKeyOrWithOtherClaimsIsRefused() {
        byte[] other = new byte[32];
        other[31] = 1;
        assertRefused(new CallTokens(other, InstantSource.fixed(NOW)).mint(CLAIMS), "signature");
        String token = tokens.mint(CLAIMS);
        String forged = Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(CLAIMS.toBuilder()
                                .setExpiresUnixMs(Long.MAX_VALUE)
                                .build()
                                .toByteArray())
                + token.substring(token.indexOf('.'));
        assertRefused(forged, "signature");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.", ".a", "a.b.c", "!.!", "nodot"})
    void whatIsNoTokenIsRefused(String token) {
        assertRefused(token, "");
    }

    @Test
    void aShortKeyIsRefused() {
        assertThatThrownBy(() -> new CallTokens(new byte[31], InstantSource.system()))
                .hasMessageContaining("31 bytes, allowed are 32");
    }

    private void assertRefused(String token, String reason) {
        assertThatThrownBy(() -> tokens.verify(token)).isInstanceOfSatisfying(ModelException.class, e -> {
            assertThat(e.error().hasBadToken()).isTrue();
            assertThat(e.error().getBadToken().getReason()).contains(reason);
        });
    }
}
