package dev.dialplane.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.common.v1.TokenClaims;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {
    private static final byte[] BYTES = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final SigningKey KEY = new SigningKey(BYTES);
    private static final PathToken TOKEN =
            new PathToken("abcdefghijklmnopqrstuvwxyz", 3, "pod-uid", 1_000, 10, 20, "••••••5678");

    @Test
    void aPathTokenIsReadBackUntilItExpires() {
        String text = TOKEN.signed(KEY, "default", "receptionist");
        assertThat(PathToken.verify(KEY, "default", "receptionist", text, 1_000))
                .isEqualTo(TOKEN);
        assertThat(PathToken.verify(KEY, "default", "receptionist", text, 1_001))
                .isNull();
        assertThat(text).matches("[A-Za-z0-9_.-]+").hasSizeLessThan(300);
    }

    @Test
    void everyBitOfAPathTokenCounts() {
        String text = TOKEN.signed(KEY, "default", "receptionist");
        int dot = text.indexOf('.');
        byte[] body = Base64.getUrlDecoder().decode(text.substring(0, dot));
        for (int i = 0; i < body.length; i++) {
            byte[] changed = body.clone();
            changed[i] ^= 1;
            String forged = Base64.getUrlEncoder().withoutPadding().encodeToString(changed) + text.substring(dot);
            assertThat(PathToken.verify(KEY, "default", "receptionist", forged, 0))
                    .isNull();
        }
    }

    @Test
    void aPathTokenIsGoodForItsPoolAndKeyOnly() {
        String text = TOKEN.signed(KEY, "default", "receptionist");
        assertThat(PathToken.verify(KEY, "default", "other", text, 0)).isNull();
        assertThat(PathToken.verify(KEY, "other", "receptionist", text, 0)).isNull();
        assertThat(PathToken.verify(KEY, "defaultr", "eceptionist", text, 0)).isNull();
        assertThat(PathToken.verify(SigningKey.random(), "default", "receptionist", text, 0))
                .isNull();
    }

    @Test
    void nonsenseIsNoPathToken() {
        for (String text : new String[] {"", ".", "a.b", "*.*", "x".repeat(5_000), TOKEN.signed(KEY, "a", "b") + "."}) {
            assertThat(PathToken.verify(KEY, "a", "b", text, 0)).as(text).isNull();
        }
    }

    @Test
    void aCallTokenIsWhatTheContractSays() throws Exception {
        Fence fence = Fence.newBuilder().setCallId("abc").setAttempt(2).build();
        PoolRef pool = PoolRef.newBuilder().setNamespace("n").setName("p").build();
        String token = new CallTokens(KEY).forCall(fence, pool, "uid", 77);
        String[] parts = token.split("\\.", -1);
        byte[] claims = Base64.getUrlDecoder().decode(parts[0]);
        assertThat(TokenClaims.parseFrom(claims))
                .isEqualTo(TokenClaims.newBuilder()
                        .setFence(fence)
                        .setPool(pool)
                        .setPodUid("uid")
                        .setExpiresUnixMs(77)
                        .build());
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(BYTES, "HmacSHA256"));
        assertThat(Base64.getUrlDecoder().decode(parts[1])).isEqualTo(mac.doFinal(claims));
        assertThat(token).doesNotContain("=");
    }

    @Test
    void aCallTokenIsNoPathToken() {
        String token = new CallTokens(KEY).forPreparation(PoolRef.getDefaultInstance(), "uid", 77);
        assertThat(PathToken.verify(KEY, "", "", token, 0)).isNull();
    }

    @Test
    void aShortKeyIsRefusedAndNeverShown(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("key"), "short");
        assertThatThrownBy(() -> SigningKey.read(file))
                .hasMessageContaining("5 bytes")
                .hasMessageContaining("32");
        assertThat(KEY.toString()).doesNotContain("0123");
    }

    @Test
    void aKeyFileMayEndWithANewline(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("key"), "0123456789abcdef0123456789abcdef\n");
        String token = TOKEN.signed(SigningKey.read(file), "a", "b");
        assertThat(PathToken.verify(KEY, "a", "b", token, 0)).isEqualTo(TOKEN);
    }

    @Test
    void callIdsAreTwentySixCharactersOfBase32AndNeverTheSame() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            String id = CallIds.mint();
            assertThat(id).matches("[a-z2-7]{26}");
            assertThat(ids.add(id)).isTrue();
        }
    }
}
