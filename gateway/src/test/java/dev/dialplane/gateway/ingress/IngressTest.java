package dev.dialplane.gateway.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The caller's frames in virtual time. Frames are written {@code time:value}, those made here {@code time~}. */
class IngressTest {
    /** Makes silence of what is lost. */
    private static final LineDecoder PLAIN = new LineDecoder() {
        @Override
        public byte[] decode(byte[] payload) {
            return payload;
        }

        @Override
        public byte[] conceal(byte @Nullable [] next) {
            return bytes(160, 0xFF);
        }
    };

    private final List<String> out = new ArrayList<>();
    private long now = 1_000_000_000;
    private final Ingress ingress = new Ingress(8_000, 1, PLAIN, (time, payload, concealed) -> {
        assertThat(payload).hasSize(160);
        out.add(time + (concealed ? "~" : ":" + payload[0]));
        if (concealed) {
            assertThat(payload).containsOnly((byte) 0xFF);
        }
    });

    private static byte[] frame(int value) {
        return bytes(160, value);
    }

    private static byte[] bytes(int n, int value) {
        byte[] bytes = new byte[n];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private void pass(int milliseconds) {
        long until = now + milliseconds * 1_000_000L;
        while (now < until) {
            now += 5_000_000;
            ingress.tick(now);
        }
    }

    /** Frame number n from 1, as Twilio numbers and times it. */
    private void twilio(int n) {
        ingress.media(now, n, 5 + (n - 1) * 20L, frame(n));
    }

    @Test
    void framesInOrderPassAsTheyAreOnATimeBaseThatBeginsAtZero() {
        for (int n = 1; n <= 4; n++) {
            twilio(n);
            pass(20);
        }
        assertThat(out).containsExactly("0:1", "20:2", "40:3", "60:4");
    }

    @Test
    void swappedFramesArePutInOrder() {
        for (int n : new int[] {1, 3, 2, 5, 6, 4, 7}) {
            twilio(n);
        }
        assertThat(out).containsExactly("0:1", "20:2", "40:3", "60:4", "80:5", "100:6", "120:7");
        assertThat(ingress.reordered()).isEqualTo(3);
    }

    @Test
    void duplicatesAreDropped() {
        for (int n : new int[] {1, 1, 2, 1, 3, 3, 5, 5, 4}) {
            twilio(n);
        }
        assertThat(out).containsExactly("0:1", "20:2", "40:3", "60:4", "80:5");
        assertThat(ingress.duplicates()).isEqualTo(4);
    }

    @Test
    void aFrameThatNeverComesBecomesSilenceOnceTheOthersHaveWaitedEnough() {
        twilio(1);
        pass(20);
        pass(20);
        twilio(3);
        pass(20);
        assertThat(out).containsExactly("0:1");
        twilio(4);
        pass(45);
        assertThat(out).containsExactly("0:1", "20~", "40:3", "60:4");
    }

    @Test
    void aFullWindowDoesNotWait() {
        twilio(1);
        pass(100);
        for (int n = 3; n <= 7; n++) {
            twilio(n);
        }
        assertThat(out).containsExactly("0:1", "20~", "40:3", "60:4", "80:5", "100:6", "120:7");
    }

    @Test
    void aCarrierThatStopsIsReplacedBySilenceAtThePaceOfTheClock() {
        twilio(1);
        pass(1_000);
        long made = out.stream().filter(o -> o.endsWith("~")).count();
        // From 120 ms after the last frame on, one every 20 ms.
        assertThat(made).isEqualTo((1_000 - 100) / 20);
        assertThat(out).startsWith("0:1", "20~", "40~");
    }

    @Test
    void aShortPauseIsNoReasonForSilence() {
        twilio(1);
        pass(110);
        assertThat(out).hasSize(1);
    }

    @Test
    void silenceIsTakenBackWhenLateFramesCome() {
        twilio(1);
        pass(300);
        int made = out.size() - 1;
        assertThat(made).isEqualTo(10);
        out.clear();
        for (int n = 2; n <= 16; n++) {
            twilio(n);
        }
        assertThat(out).startsWith("20:2", "40:3").endsWith("280:15", "300:16").hasSize(15);
        assertThat(ingress.takenBack()).isEqualTo(10);
    }

    @Test
    void theTimeBaseDoesNotDriftOverManyStalls() {
        int n = 0;
        for (int stall = 0; stall < 50; stall++) {
            for (int i = 0; i < 20; i++) {
                twilio(++n);
                pass(20);
            }
            pass(300);
            for (int i = 0; i < 15; i++) {
                twilio(++n);
            }
        }
        assertThat(out).last().isEqualTo((n - 1) * 20L + ":" + (byte) n);
        assertThat(ingress.mediaTime(now)).isCloseTo(n * 20L, org.assertj.core.data.Offset.offset(60L));
    }

    @Test
    void framesThatTheCarrierSkippedBecomeSilenceAtOnce() {
        twilio(1);
        pass(60);
        ingress.media(now, 2, 65, frame(4));
        assertThat(out).containsExactly("0:1", "20~", "40~", "60:4");
    }

    @Test
    void aJumpOfTimestampsThatNoTimePassedForIsANewBase() {
        twilio(1);
        pass(20);
        ingress.media(now, 2, 1_000_000, frame(2));
        pass(20);
        ingress.media(now, 3, 1_000_020, frame(3));
        assertThat(out).containsExactly("0:1", "20:2", "40:3");
        assertThat(ingress.rebased()).isEqualTo(1);
    }

    @Test
    void timestampsThatStandStillAreNotBelieved() {
        for (int n = 1; n <= 50; n++) {
            ingress.media(now, n, 5, frame(n));
            pass(20);
        }
        assertThat(out).hasSize(50).noneMatch(o -> o.endsWith("~")).endsWith("980:50");
    }

    @Test
    void timestampsThatAreAFewMillisecondsOffDoNotMatter() {
        SplittableRandom random = new SplittableRandom(1);
        for (int n = 1; n <= 200; n++) {
            ingress.media(now, n, 100 + (n - 1) * 20L + random.nextInt(-4, 5), frame(n));
            pass(20);
        }
        assertThat(out).hasSize(200).noneMatch(o -> o.endsWith("~"));
    }

    @Test
    void withoutTimestampsFramesFollowOneAnother() {
        for (int n = 1; n <= 3; n++) {
            ingress.media(now, n, -1, frame(n));
            pass(20);
        }
        assertThat(out).containsExactly("0:1", "20:2", "40:3");
    }

    @Test
    void withoutChunkNumbersFramesFollowOneAnother() {
        for (int n = 1; n <= 3; n++) {
            ingress.media(now, -1, n * 20L, frame(n));
            pass(20);
        }
        assertThat(out).containsExactly("0:1", "20:2", "40:3");
    }

    @Test
    void messagesOfAnyLengthAreCutIntoFrames() {
        ingress.media(now, 1, 0, bytes(800, 1));
        ingress.media(now, 2, 100, bytes(100, 2));
        ingress.media(now, 3, 112, bytes(700, 3));
        assertThat(out)
                .containsExactly("0:1", "20:1", "40:1", "60:1", "80:1", "100:2", "120:3", "140:3", "160:3", "180:3");
    }

    @Test
    void chunkNumbersThatStartAnewAreFollowed() {
        twilio(5_000);
        pass(20);
        ingress.media(now, 9_000_000, 99_985 + 20, frame(2));
        pass(20);
        ingress.media(now, 9_000_001, 99_985 + 40, frame(3));
        assertThat(out).hasSize(3);
    }

    @Test
    void whateverComesAtMostTenFramesGoOutForOne() {
        SplittableRandom random = new SplittableRandom(7);
        int in = 0;
        for (int i = 0; i < 20_000; i++) {
            ingress.media(now, random.nextInt(-1, 400), random.nextLong(-1, 20_000), frame(i));
            in++;
            if (random.nextInt(4) == 0) {
                pass(20);
            }
        }
        long clockFrames = (now - 1_000_000_000) / 20_000_000;
        assertThat(out.size()).isLessThan(11 * in + (int) clockFrames);
    }

    @Test
    void theEndOfAFrameWasSpokenWhenItCame() {
        twilio(1);
        long came = now;
        pass(20);
        twilio(2);
        assertThat(ingress.spokenAt(20)).isEqualTo(came);
        assertThat(ingress.spokenAt(30)).isEqualTo(came + 10_000_000);
    }

    /** A frame on its way: when it comes, by our clock. */
    private record Arrival(long nanos, int number) {}

    /**
     * An hour with a carrier whose clock is 100 ppm off: one frame of a hundred is lost, one comes two frames late, all of
     * them jitter by up to 15 ms. Each 20 ms of it come out once, no later at the end than in the beginning, and where the
     * clock says that they were spoken.
     */
    @ParameterizedTest
    @ValueSource(doubles = {-100e-6, 0, 100e-6})
    void anHourOfLossReorderingAndDriftLeavesNoTrace(double drift) {
        int frames = 180_000;
        double frameNanos = 20e6 * (1 + drift);
        long start = now;
        long wayNanos = 30_000_000;
        SplittableRandom random = new SplittableRandom(20261129);
        PriorityQueue<Arrival> line = new PriorityQueue<>(Comparator.comparingLong(Arrival::nanos));
        int lost = 0;
        for (int n = 1; n <= frames; n++) {
            double luck = random.nextDouble();
            if (luck < 0.01) {
                lost++;
                continue;
            }
            long late = luck < 0.02 ? 45_000_000 : random.nextLong(15_000_000);
            line.add(new Arrival(start + (long) (n * frameNanos) + wayNanos + late, n));
        }
        double[] latest = new double[60];
        double[] clockError = new double[60];
        int[] out = new int[frames + 10];
        Ingress hour = new Ingress(8_000, 1, PLAIN, (time, payload, concealed) -> {
            int number = (int) (time / 20) + 1;
            out[number] += concealed ? 1 : 100;
            long spoken = start + (long) (number * frameNanos) + wayNanos;
            int minute = Math.min(59, (number - 1) / 3000);
            latest[minute] = Math.max(latest[minute], (now - spoken) / 1e6);
        });
        while (!line.isEmpty()) {
            now += 5_000_000;
            while (!line.isEmpty() && line.element().nanos() <= now) {
                int n = line.remove().number();
                hour.media(now, n, 5 + (n - 1) * 20L, frame(1));
            }
            hour.tick(now);
            double carrierMs = (now - start - wayNanos) / 1e6 / (1 + drift);
            int minute = (int) Math.clamp(carrierMs / 60_000, 0, 59);
            clockError[minute] = Math.max(clockError[minute], Math.abs(hour.mediaTime(now) - carrierMs));
        }

        assertThat(hour.concealed() - hour.takenBack()).isEqualTo(lost);
        for (int n = 1; n < frames; n++) {
            // Silence whose frame came after all went out before it.
            assertThat(out[n]).as("frame %d", n).isIn(1, 100, 101);
        }
        assertThat(latest[0]).as("delay in the first minute, ms").isLessThan(130);
        assertThat(latest[59]).as("delay in the last minute, ms").isCloseTo(latest[0], within(15.0));
        assertThat(Arrays.stream(clockError).max().orElseThrow())
                .as("the caller's time, ms")
                .isLessThan(45);
        assertThat(clockError[59]).isCloseTo(clockError[1], within(8.0));
    }

    @Test
    void ticksBeforeTheyAreDueChangeNothing() {
        for (int seed = 0; seed < 50; seed++) {
            assertThat(afterATornLine(seed, true))
                    .isEqualTo(afterATornLine(seed, false))
                    .hasSizeGreaterThan(200);
        }
    }

    /** What comes out, and when, of a line with losses, swaps, jitter and pauses. */
    private static List<String> afterATornLine(int seed, boolean onlyWhenDue) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> emitted = new ArrayList<>();
        long[] now = {1_000_000_000};
        Ingress line = new Ingress(
                8_000,
                1,
                PLAIN,
                (time, payload, concealed) -> emitted.add(now[0] / 1_000_000 + " " + time + (concealed ? "~" : "")));
        PriorityQueue<long[]> coming = new PriorityQueue<>(Comparator.comparingLong(a -> a[0]));
        for (int n = 1, at = 0; n <= 300; n++, at += 20) {
            at += random.nextInt(100) == 0 ? random.nextInt(2_000) : 0;
            if (random.nextInt(20) != 0) {
                coming.add(new long[] {now[0] + (at + random.nextInt(50)) * 1_000_000L, n});
            }
        }
        while (!coming.isEmpty()) {
            now[0] += 5_000_000;
            while (!coming.isEmpty() && coming.peek()[0] <= now[0]) {
                int n = (int) coming.remove()[1];
                line.media(now[0], n, n * 20L, frame(n));
            }
            if (!onlyWhenDue || now[0] >= line.due()) {
                line.tick(now[0]);
            }
        }
        return emitted;
    }
}
