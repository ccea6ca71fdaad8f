package dev.dialplane.agent.dialogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.dialplane.agent.turn.Thought.Expected;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MemoryTest {
    private static final Memory SHORT = new Memory(
            List.of(new Turn.Caller("Hi"), new Turn.Agent("Yes", "no")),
            List.of(),
            ByteString.copyFrom(new byte[] {1, -1}),
            Expected.YES_OR_NO,
            7,
            Consent.NONE,
            false);

    private static final Memory RECORDED = new Memory(
            List.of(new Turn.Caller("Hi")),
            List.of(new Errand("1-0", "orders", "{}", null)),
            ByteString.EMPTY,
            Expected.VALUE,
            2,
            new Consent(Consent.State.AGREED, 1_790_000_000_000L, 4_000, 1_790_000_002_000L, 1, Consent.By.WORDS),
            true);

    private static final Memory RECORDED_BY_KEY = new Memory(
            List.of(new Turn.Caller("", "1")),
            List.of(),
            ByteString.EMPTY,
            Expected.ANYTHING,
            1,
            new Consent(Consent.State.AGREED, 1_790_000_000_000L, 4_000, 1_790_000_002_000L, 1, Consent.By.KEYS),
            false);

    private static final Memory KEYED = new Memory(
            List.of(new Turn.Caller("My number is", "4711#")),
            List.of(),
            ByteString.EMPTY,
            Expected.ANYTHING,
            1,
            Consent.NONE,
            false);

    static Stream<Memory> memories() {
        return Stream.of(
                SHORT,
                new Memory(List.of(), List.of(), ByteString.EMPTY, Expected.ANYTHING, 0, Consent.NONE, false),
                new Memory(
                        List.of(new Turn.Caller(""), new Turn.Agent("नमस्ते \uD83D\uDE00", "")),
                        List.of(),
                        ByteString.copyFrom(new byte[100_000]),
                        Expected.NOTHING,
                        Integer.MAX_VALUE,
                        Consent.NONE,
                        false),
                new Memory(
                        List.of(new Turn.Caller("Hi"), new Turn.Tool(new Errand("1-0", "orders", "{}", "[]"))),
                        List.of(),
                        ByteString.EMPTY,
                        Expected.ANYTHING,
                        1,
                        Consent.NONE,
                        false),
                new Memory(
                        List.of(new Turn.Caller("Hi")),
                        List.of(
                                new Errand("1-0", "orders", "{\"number\": 4711}", null),
                                new Errand("1-1", "weather", "{}", "{}")),
                        ByteString.EMPTY,
                        Expected.ANYTHING,
                        1,
                        Consent.NONE,
                        false),
                RECORDED,
                RECORDED_BY_KEY,
                KEYED,
                withConsent(Consent.NONE.asked(1_790_000_000_000L, 4_000)),
                withConsent(Consent.NONE.asked(1_790_000_000_000L, 4_000).lapsed(1_790_000_009_000L)),
                new Memory(List.of(), List.of(), ByteString.EMPTY, Expected.VALUE, 0, Consent.NONE, true));
    }

    private static Memory withConsent(Consent consent) {
        return new Memory(List.of(), List.of(), ByteString.EMPTY, Expected.ANYTHING, 0, consent, false);
    }

    @ParameterizedTest
    @MethodSource("memories")
    void comesOutOfACheckpointAsItWentIn(Memory memory) {
        assertThat(Memory.of(memory.version(), ByteString.copyFrom(memory.toBytes())))
                .isEqualTo(memory);
    }

    /** Agents of two releases hand calls to one another: what version 1 looks like never changes. */
    @Test
    void version1IsTheseBytes() {
        assertThat(HexFormat.of().formatHex(SHORT.toBytes()))
                .isEqualTo("00000007" + "01" + "00000002" + "01ff" + "00000002"
                        + "01" + "00000002" + "4869"
                        + "02" + "00000003" + "596573" + "00000002" + "6e6f");
        assertThat(Expected.values())
                .containsExactly(Expected.ANYTHING, Expected.YES_OR_NO, Expected.VALUE, Expected.NOTHING);
    }

    @Test
    void agentsThatKnowNoRecordingAreHandedEverythingElse() {
        assertThat(SHORT.version()).isEqualTo(1);
        assertThat(RECORDED.version()).isEqualTo(3);
        assertThat(KEYED.version()).isEqualTo(3);
        assertThat(Consent.State.values())
                .as("their ordinals are in checkpoints")
                .containsExactly(
                        Consent.State.NOT_ASKED,
                        Consent.State.ASKED,
                        Consent.State.AGREED,
                        Consent.State.DECLINED,
                        Consent.State.UNCLEAR);
        assertThat(Consent.By.values())
                .as("theirs too")
                .containsExactly(Consent.By.NOTHING, Consent.By.WORDS, Consent.By.KEYS);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
                    another version  | 4 | 00000000000000000000000000 | checkpoint.version is 4, allowed is 1 to 3
                    no version       | 0 | 00000000000000000000000000 | checkpoint.version is 0, allowed is 1 to 3
                    consent          | 3 | 000000000000000000000000000000000005 | checkpoint.state: consent is 5, allowed is 0 to 4
                    way of a consent | 3 | 0000000000000000000000000000000000020000000000000000000000000000000000000000000000000000000103 | checkpoint.state: way of the consent is 3, allowed is 0 to 2
                    nothing          | 1 | ''                         | checkpoint.state ends in the middle
                    too many turns   | 1 | 00000000000000000000000191 | checkpoint.state: turns is 401, allowed is 0 to 400
                    negative count   | 1 | ffffffff0000000000         | checkpoint.state: callers' turns is -1, allowed is 0 to 2147483647
                    expectation      | 1 | 000000000400000000         | checkpoint.state: expectation is 4, allowed is 0 to 3
                    giant length     | 1 | 000000000070000000         | checkpoint.state: length is 1879048192, allowed is 0 to 1048576
                    kind 0           | 1 | 0000000000000000000000000100 | checkpoint.state: kind of a turn is 0, allowed is 1 and more
                    kind 3           | 1 | 0000000000000000000000000103 | checkpoint.state: kind of a turn is 3, allowed is 0 to 2
                    kind 4           | 2 | 0000000000000000000000000104 | checkpoint.state: kind of a turn is 4, allowed is 0 to 3
                    kind 5           | 3 | 0000000000000000000000000105 | checkpoint.state: kind of a turn is 5, allowed is 0 to 4
                    no errands       | 2 | 00000000000000000000000000 | checkpoint.state ends in the middle
                    more than that   | 1 | 0000000000000000000000000000 | checkpoint.state has bytes after its end
                    """)
    void aBadCheckpointIsRefusedWithWhatIsWrong(String what, int version, String hex, String message) {
        ByteString state = ByteString.copyFrom(HexFormat.of().parseHex(hex));

        assertThatThrownBy(() -> Memory.of(version, state))
                .as(what)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void aTooLargeOneIsRefusedUnread() {
        assertThatThrownBy(() -> Memory.of(1, ByteString.copyFrom(new byte[(1 << 20) + 1])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("checkpoint.state has 1048577 bytes, allowed are 1048576");
    }

    @Test
    void oneThatIsCutAnywhereIsRefused() {
        for (Memory memory : List.of(SHORT, RECORDED, KEYED)) {
            byte[] whole = memory.toBytes();
            for (int length = 0; length < whole.length; length++) {
                ByteString cut = ByteString.copyFrom(whole, 0, length);
                assertThatThrownBy(() -> Memory.of(memory.version(), cut))
                        .as("%d bytes", length)
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void bytesThatWereChangedAreReadOrRefusedAndNothingElse() {
        Random random = new Random(1);
        for (int round = 0; round < 5000; round++) {
            byte[] changed = Arrays.copyOf(SHORT.toBytes(), SHORT.toBytes().length);
            for (int change = 0; change <= round % 4; change++) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            try {
                Memory.of(1, ByteString.copyFrom(changed));
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("checkpoint.");
            }
        }
    }
}
