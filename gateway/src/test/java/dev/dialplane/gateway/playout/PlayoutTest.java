package dev.dialplane.gateway.playout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dialplane.audio.G711;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Playout in virtual time: what goes to the wire, when, and what is said to have been heard. */
class PlayoutTest {
    private static final int FRAME = 160;
    private static final PlayoutShape ACKS = new PlayoutShape(8_000, 1, 20, 60, 20, 2_000, 100, true, true, 100);
    private static final PlayoutShape NO_ACKS = new PlayoutShape(8_000, 1, 20, 60, 20, 2_000, 100, false, true, 100);

    private final List<String> wire = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private final List<Long> frameTimes = new ArrayList<>();
    private long now;
    private Playout playout = playout(ACKS);

    private Playout playout(PlayoutShape shape) {
        return new Playout(shape, new LineNoise(8_000, G711.MU_LAW, 1), new PlayoutPort() {
            @Override
            public void audio(byte[] frame) {
                assertThat(frame).hasSize(FRAME);
                frameTimes.add(now / 1_000_000);
                wire.add(uniform(frame) ? String.valueOf(frame[0]) : "mixed");
            }

            @Override
            public void mark(long generation, long sample) {
                wire.add("g" + generation + "-" + sample);
            }

            @Override
            public void clear() {
                wire.add("clear");
            }

            @Override
            public void position(long generation, long sample, Heard how) {
                heard.add(how + " g" + generation + "-" + sample);
            }

            @Override
            public void speechStarted(long generation, long sample) {
                wire.add("speech");
            }
        });
    }

    private static boolean uniform(byte[] frame) {
        for (byte b : frame) {
            if (b != frame[0]) {
                return false;
            }
        }
        return true;
    }

    private static ByteBuffer tone(int samples, int value) {
        byte[] bytes = new byte[samples];
        Arrays.fill(bytes, (byte) value);
        return ByteBuffer.wrap(bytes);
    }

    private void say(long generation, long first, int samples, boolean end) {
        playout.audio(now, generation, first, tone(samples, (int) generation), SoundKind.SPEECH, end);
    }

    /** Ticks every 5 ms, as the clock does. */
    private void pass(int milliseconds) {
        long until = now + milliseconds * 1_000_000L;
        while (now < until) {
            now += 5_000_000;
            playout.tick(now);
        }
    }

    private long frames() {
        return wire.stream()
                .filter(w -> !w.startsWith("g") && !w.equals("clear") && !w.equals("speech"))
                .count();
    }

    @Test
    void theFirstFrameOfARunGoesOutAtOnceAndThreeMoreWithinTheLead() {
        say(1, 0, 10 * FRAME, false);
        assertThat(frames()).isEqualTo(3);
        assertThat(frameTimes).containsOnly(0L);
    }

    @Test
    void afterTheLeadFramesLeaveEveryTwentyMilliseconds() {
        say(1, 0, 10 * FRAME, true);
        pass(300);
        assertThat(frameTimes).containsExactly(0L, 0L, 0L, 20L, 40L, 60L, 80L, 100L, 120L, 140L);
    }

    @Test
    void piecesOfAnySizeAreCutIntoFrames() {
        long sample = 0;
        for (int size : new int[] {1, 37, 300, 161, 500, 1}) {
            say(1, sample, size, false);
            sample += size;
        }
        playout.audio(now, 1, sample, tone(0, 1), SoundKind.SPEECH, true);
        pass(400);
        // 1000 samples: six frames and a quarter, filled up.
        assertThat(frames()).isEqualTo(7);
        assertThat(wire).contains("mixed").endsWith("g1-1000");
        assertThat(playout.underruns()).isZero();
    }

    @Test
    void anEndThatComesAfterItsAudioStillMarksTheLastSample() {
        say(1, 0, 2 * FRAME, false);
        assertThat(wire).doesNotContain("g1-320");
        playout.audio(now, 1, 2 * FRAME, tone(0, 1), SoundKind.SPEECH, true);
        assertThat(wire).endsWith("g1-320");
        pass(200);
        assertThat(frames()).as("no noise after the end of a run").isEqualTo(2);
    }

    @Test
    void marksStandEveryHundredMillisecondsAndAtTheEnd() {
        say(1, 0, 12 * FRAME, true);
        pass(400);
        assertThat(wire.stream().filter(w -> w.startsWith("g"))).containsExactly("g1-800", "g1-1600", "g1-1920");
    }

    @Test
    void noMarksWhereNobodyEchoesThem() {
        playout = playout(NO_ACKS);
        say(1, 0, 12 * FRAME, true);
        pass(400);
        assertThat(wire).noneMatch(w -> w.startsWith("g"));
    }

    @Test
    void aGapInsideARunIsFilledWithNoiseBeforeTheCarrierRunsDry() {
        say(1, 0, 2 * FRAME, false);
        pass(100);
        assertThat(playout.underruns()).isEqualTo(1);
        assertThat(playout.framesLate()).isZero();
        // 100 ms have passed: five frames must have been there to play, whoever made them.
        assertThat(frames()).isGreaterThanOrEqualTo(5);
        long before = frames();
        say(1, 2 * FRAME, FRAME, true);
        assertThat(frames()).as("audio goes on as soon as it comes").isEqualTo(before + 1);
        pass(200);
        assertThat(wire).endsWith("g1-480");
    }

    @Test
    void noiseIsNotCountedAsHeardSamples() {
        say(1, 0, 2 * FRAME, false);
        pass(200);
        assertThat(heard).last().isEqualTo("ESTIMATED g1-320");
    }

    @Test
    void clearOvertakesWhatIsQueuedAndNothingOfItsGenerationFollows() {
        say(1, 0, 10 * FRAME, false);
        playout.clear(now, 1);
        assertThat(wire).last().isEqualTo("clear");
        int sent = wire.size();
        say(1, 10 * FRAME, 5 * FRAME, false);
        pass(500);
        assertThat(wire).hasSize(sent);
        assertThat(playout.stalePieces()).isEqualTo(1);
        say(2, 0, FRAME, true);
        assertThat(wire.subList(sent, wire.size())).containsExactly("2", "speech", "g2-160");
    }

    @Test
    void clearTellsHowFarTheCallerHeard() {
        say(1, 0, 10 * FRAME, false);
        pass(60);
        playout.clear(now, 1);
        assertThat(heard).last().isEqualTo("CLEARED g1-480");
    }

    @Test
    void clearBeforeAnythingWasPlayedTellsZeroAndNeedsNoMessage() {
        playout.clear(now, 1);
        assertThat(wire).isEmpty();
        assertThat(heard).containsExactly("CLEARED g1-0");
    }

    @Test
    void clearOfWhatWasClearedDoesNothing() {
        say(1, 0, 10 * FRAME, false);
        playout.clear(now, 1);
        int sent = wire.size();
        playout.clear(now, 1);
        assertThat(wire).hasSize(sent);
    }

    @Test
    void echoesOfAClearedGenerationNeverCountAsHeard() {
        say(1, 0, 10 * FRAME, true);
        pass(40);
        playout.clear(now, 1);
        heard.clear();
        playout.acknowledged(now, 1, 800);
        playout.acknowledged(now, 1, 1_600);
        pass(100);
        assertThat(heard).isEmpty();
        say(2, 0, 5 * FRAME, true);
        playout.acknowledged(now, 1, 1_600);
        assertThat(heard).noneMatch(h -> h.contains("g1"));
    }

    @Test
    void anEchoOfMoreThanWasSentIsNotBelieved() {
        say(1, 0, 2 * FRAME, false);
        playout.acknowledged(now, 1, 80_000);
        assertThat(heard).noneMatch(h -> h.startsWith("PLAYED"));
    }

    @Test
    void echoesAreReportedAsPlayed() {
        say(1, 0, 5 * FRAME, true);
        pass(90);
        playout.acknowledged(now, 1, 800);
        assertThat(heard).last().isEqualTo("PLAYED g1-800");
    }

    @Test
    void theClockEstimatesBetweenEchoes() {
        say(1, 0, 10 * FRAME, false);
        pass(60);
        assertThat(heard).containsExactly("ESTIMATED g1-480");
    }

    @Test
    void estimatesFollowTheDelayThatEchoesShow() {
        say(1, 0, 50 * FRAME, false);
        // The frame that ends with 800 is played at 100 ms; its echo takes 80 ms more.
        pass(180);
        playout.acknowledged(now, 1, 800);
        heard.clear();
        pass(60);
        // At 240 ms, 80 ms late: 160 ms were heard, though more had been estimated before the delay was known.
        assertThat(heard).allMatch(h -> Integer.parseInt(h.substring(h.indexOf('-') + 1)) <= 1_440 + 160);
        pass(120);
        playout.clear(now, 1);
        assertThat(heard).last().isEqualTo("CLEARED g1-2240");
    }

    @Test
    void timeLostByThisProcessIsMadeUpForAtOnceWithinTheLead() {
        say(1, 0, 50 * FRAME, false);
        pass(100);
        long before = frames();
        now += 55_000_000;
        playout.tick(now);
        assertThat(frames() - before).as("55 ms lost are two to three frames").isBetween(2L, 3L);
        assertThat(playout.framesLate()).as("the lead bridged it").isZero();
    }

    @Test
    void theCarrierIsNeverFedFurtherAheadThanTheLead() {
        say(1, 0, 90 * FRAME, false);
        for (int i = 0; i < 200; i++) {
            pass(5);
            long playedFrames = now / 20_000_000;
            assertThat(frames() - playedFrames).isLessThanOrEqualTo(3 + 1);
        }
    }

    @Test
    void aLongStallIsCountedAsLateAndDoesNotPileUpAtTheCarrier() {
        say(1, 0, 90 * FRAME, false);
        pass(100);
        long before = frames();
        now += 300_000_000;
        playout.tick(now);
        assertThat(playout.framesLate()).isEqualTo(1);
        assertThat(frames() - before).isEqualTo(3);
    }

    @Test
    void whatTheBufferCannotHoldIsDroppedNewestFirst() {
        say(1, 0, 3 * 8_000, true);
        // 2 s fit.
        assertThat(playout.samplesDropped()).isEqualTo(8_000);
        pass(3_500);
        assertThat(frames()).isEqualTo(100);
    }

    @Test
    void repeatedSamplesAreSkipped() {
        say(1, 0, 4 * FRAME, false);
        say(1, 2 * FRAME, 4 * FRAME, true);
        pass(400);
        assertThat(frames()).isEqualTo(6);
        assertThat(wire).endsWith("g1-960");
    }

    @Test
    void aNewGenerationWithoutAClearFollowsTheOldOne() {
        say(1, 0, 3 * FRAME + 40, false);
        say(2, 0, FRAME, true);
        pass(300);
        assertThat(wire).contains("1", "mixed", "2");
        assertThat(frames()).isEqualTo(5);
        assertThat(heard).last().isEqualTo("ESTIMATED g2-160");
    }

    @Test
    void aFormerGenerationDoesNotComeBack() {
        say(2, 0, FRAME, false);
        int sent = wire.size();
        say(1, 0, FRAME, true);
        assertThat(wire).hasSize(sent);
        assertThat(playout.stalePieces()).isEqualTo(1);
    }

    @Test
    void speechIsAnnouncedWhenItFollowsSomethingElse() {
        playout.audio(now, 1, 0, tone(2 * FRAME, 9), SoundKind.FILLER, false);
        playout.audio(now, 1, 2 * FRAME, tone(2 * FRAME, 1), SoundKind.SPEECH, true);
        pass(200);
        assertThat(wire).containsExactly("9", "9", "1", "speech", "1", "g1-640");
    }

    @Test
    void eachRunOfSpeechIsAnnouncedOnce() {
        say(1, 0, 3 * FRAME, true);
        pass(300);
        say(1, 3 * FRAME, 3 * FRAME, true);
        pass(300);
        assertThat(wire.stream().filter("speech"::equals)).hasSize(2);
    }

    @Test
    void settledWaitsForTheEchoAndNotForever() {
        say(1, 0, 5 * FRAME, true);
        pass(100);
        assertThat(playout.settled(now, 1, 800))
                .as("the clock alone is not enough at once")
                .isFalse();
        pass(600);
        assertThat(playout.settled(now, 1, 800)).as("half a second later it is").isTrue();
    }

    @Test
    void settledByTheEcho() {
        say(1, 0, 5 * FRAME, true);
        pass(90);
        playout.acknowledged(now, 1, 800);
        assertThat(playout.settled(now, 1, 800)).isTrue();
        assertThat(playout.settled(now, 1, 801)).isFalse();
    }

    @Test
    void settledByTheClockWhereNobodyEchoes() {
        playout = playout(NO_ACKS);
        say(1, 0, 5 * FRAME, true);
        pass(95);
        assertThat(playout.settled(now, 1, 800)).isFalse();
        pass(10);
        assertThat(playout.settled(now, 1, 800)).isTrue();
    }

    @Test
    void whatWasClearedIsSettled() {
        say(1, 0, 50 * FRAME, false);
        playout.clear(now, 1);
        assertThat(playout.settled(now, 1, 8_000)).isTrue();
    }

    @Test
    void quietOnceTheCarrierHasPlayedEverything() {
        say(1, 0, 5 * FRAME, true);
        assertThat(playout.quiet(now)).isFalse();
        pass(95);
        assertThat(playout.quiet(now)).isFalse();
        pass(10);
        assertThat(playout.quiet(now)).isTrue();
    }

    @Test
    void anEmptyRunMakesNoNoise() {
        playout.audio(now, 1, 0, tone(0, 1), SoundKind.SPEECH, true);
        pass(200);
        assertThat(wire).isEmpty();
    }

    @Test
    void noMoreMarksArePendingThanTheCarrierBears() {
        playout = playout(new PlayoutShape(8_000, 1, 20, 60, 20, 2_000, 100, true, true, 2));
        say(1, 0, 40 * FRAME, true);
        pass(1_000);
        assertThat(wire.stream().filter(w -> w.startsWith("g"))).hasSize(2);
    }

    /**
     * An hour of runs of eight seconds with two of silence, to a carrier whose clock is 100 ppm off: what waits there does
     * not grow, nothing is cut, and where the agent is heard is known as well at the end as in the beginning.
     */
    @ParameterizedTest
    @ValueSource(doubles = {-100e-6, 0, 100e-6})
    void anHourWithAnotherClockNeitherFillsNorStarvesTheCarrier(double drift) {
        int[] queued = {0};
        long[] mostQueued = new long[60];
        long[] worstPosition = new long[60];
        long[] played = {0};
        List<long[]> marks = new ArrayList<>();
        long[] accepted = {0};
        int[] minute = {0};
        Playout hour = new Playout(ACKS, new LineNoise(8_000, G711.MU_LAW, 1), new PlayoutPort() {
            @Override
            public void audio(byte[] frame) {
                queued[0] += FRAME;
                accepted[0] += FRAME;
                mostQueued[minute[0]] = Math.max(mostQueued[minute[0]], queued[0] / 8);
            }

            @Override
            public void mark(long generation, long sample) {
                marks.add(new long[] {accepted[0], generation, sample});
            }

            @Override
            public void clear() {}

            @Override
            public void position(long generation, long sample, Heard how) {
                worstPosition[minute[0]] = Math.max(worstPosition[minute[0]], Math.abs(sample - played[0]) / 8);
            }

            @Override
            public void speechStarted(long generation, long sample) {}
        });
        double carrier = 0;
        for (int run = 0; run < 360; run++) {
            minute[0] = run / 6;
            played[0] = 0;
            int said = 0;
            for (int ms = 0; ms < 10_000; ms += 5) {
                now += 5_000_000;
                // As agents do: 300 ms ahead.
                for (int pieces = ms == 0 ? 4 : 1; pieces > 0 && ms % 100 == 0 && said < 64_000; pieces--) {
                    hour.audio(now, run + 1, said, tone(800, 1), SoundKind.SPEECH, said + 800 == 64_000);
                    said += 800;
                }
                hour.tick(now);
                carrier += 40 * (1 + drift);
                while (carrier >= FRAME) {
                    carrier -= FRAME;
                    if (queued[0] > 0) {
                        queued[0] -= FRAME;
                        played[0] += FRAME;
                    }
                    while (!marks.isEmpty() && marks.getFirst()[0] <= accepted[0] - queued[0]) {
                        long[] mark = marks.removeFirst();
                        hour.acknowledged(now, mark[1], mark[2]);
                    }
                }
            }
            assertThat(played[0]).as("run %d is heard whole", run).isEqualTo(64_000);
        }

        assertThat(Arrays.stream(mostQueued).max().orElseThrow()).as("lead, ms").isLessThanOrEqualTo(100);
        assertThat(mostQueued[59]).isCloseTo(mostQueued[0], within(20L));
        assertThat(Arrays.stream(worstPosition).max().orElseThrow())
                .as("where the agent is heard, off by ms")
                .isLessThanOrEqualTo(120);
        assertThat(worstPosition[59]).isCloseTo(worstPosition[0], within(20L));
        assertThat(hour.samplesDropped()).isZero();
    }

    @Test
    void ticksOfAPlayoutThatIsQuietChangeNothing() {
        for (int seed = 0; seed < 50; seed++) {
            List<String> always = afterATalk(seed, false);
            assertThat(afterATalk(seed, true)).isEqualTo(always);
            assertThat(always).hasSizeGreaterThan(200);
        }
    }

    /** What goes out and is reported, and when, of a reply of pieces, clears, gaps and late acknowledgements. */
    private List<String> afterATalk(int seed, boolean onlyWhenBusy) {
        SplittableRandom random = new SplittableRandom(seed);
        now = 0;
        wire.clear();
        heard.clear();
        frameTimes.clear();
        playout = playout(random.nextBoolean() ? ACKS : NO_ACKS);
        long generation = 1;
        long first = 0;
        boolean resting = false;
        int rests = 0;
        for (int step = 0; step < 4_000; step++) {
            now += 5_000_000;
            int chance = random.nextInt(200);
            if (chance < 10) {
                int samples = random.nextInt(2_000);
                say(generation, first, samples, random.nextInt(3) == 0);
                first += samples;
            } else if (chance == 10) {
                playout.clear(now, generation++);
                first = 0;
            } else if (chance == 11) {
                generation++;
                first = 0;
            } else if (chance < 16) {
                playout.acknowledged(now, generation, Math.max(0, first - random.nextInt(1_000)));
            }
            resting &= chance >= 10;
            if (resting) {
                rests++;
            } else {
                playout.tick(now);
                resting = onlyWhenBusy && playout.quiet(now);
            }
        }
        assertThat(rests).as("steps at rest").matches(n -> (n > 100) == onlyWhenBusy);
        List<String> all = new ArrayList<>(wire);
        all.addAll(heard);
        frameTimes.forEach(time -> all.add(String.valueOf(time)));
        return all;
    }
}
