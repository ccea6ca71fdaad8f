package dev.dialplane.operator.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionNameTest {

    /** Worked out with {@code printf 'twilio\0AC1\0CA1\0' | sha256sum | xxd -r -p | base32}. */
    @Test
    void theNameIsTheStartOfTheHashInBase32() {
        assertThat(SessionName.inbound("twilio", "AC1", "CA1")).isEqualTo("in-igbzby6lx45bizg7");
    }

    @Test
    void theSameCallHasTheSameNameAndAnyOtherAnother() {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            assertThat(names.add(SessionName.inbound("twilio", "AC1", "CA" + i)))
                    .isTrue();
        }
        assertThat(names.add(SessionName.inbound("twilio", "AC1", "CA7"))).isFalse();
        assertThat(SessionName.inbound("a", "bc", "d")).isNotEqualTo(SessionName.inbound("ab", "c", "d"));
    }

    @Test
    void theNameIsOneThatKubernetesTakes() {
        assertThat(SessionName.inbound("twilio", "", "\u0000\uD83D\uDE00")).matches("in-[a-z2-7]{16}");
    }
}
