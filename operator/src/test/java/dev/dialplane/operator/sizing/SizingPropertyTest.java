package dev.dialplane.operator.sizing;

import static org.quicktheories.QuickTheory.qt;
import static org.quicktheories.generators.SourceDSL.booleans;
import static org.quicktheories.generators.SourceDSL.doubles;
import static org.quicktheories.generators.SourceDSL.integers;
import static org.quicktheories.generators.SourceDSL.lists;

import dev.dialplane.operator.sizing.SizingRule.Bounds;
import dev.dialplane.operator.sizing.SizingRule.Decider;
import dev.dialplane.operator.sizing.SizingRule.Size;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quicktheories.core.Gen;

/** Sizing under any figures, in any order: told late, told twice, or not at all. {@code QT_EXAMPLES} runs more. */
class SizingPropertyTest {

    private static final int EXAMPLES = Integer.parseInt(System.getenv().getOrDefault("QT_EXAMPLES", "500"));
    private static final double LEAD = 5;

    /** Small, so that sizes meet bounds exactly. */
    private static Gen<Load> loads() {
        return integers()
                .between(0, 60)
                .zip(
                        doubles().between(0, 60),
                        doubles().between(0, 5),
                        doubles().between(0, 2),
                        Load::new);
    }

    private static Gen<Bounds> bounds() {
        return booleans()
                .all()
                .zip(
                        integers().between(0, 30),
                        integers().between(0, 30),
                        integers().between(0, 60),
                        (fresh, min, floor, more) -> new Bounds(fresh, min, floor, min + more, 0.001));
    }

    @Test
    void aSizeIsWithinThePoolsBoundsWhateverCallsAskFor() {
        qt().withExamples(EXAMPLES).forAll(loads(), bounds()).check((load, bounds) -> {
            int agents = SizingRule.size(load, bounds, LEAD).agents();
            return agents <= bounds.max() && agents >= Math.min(bounds.max(), Math.max(bounds.min(), bounds.floor()));
        });
    }

    @Test
    void nobodyWhoTalksIsSuperfluousUnlessThePoolMayNotBeSoBig() {
        qt().withExamples(EXAMPLES)
                .forAll(loads(), bounds())
                .check((load, bounds) ->
                        SizingRule.size(load, bounds, LEAD).agents() >= Math.min(bounds.max(), load.busy()));
    }

    @Test
    void whoAsksForMoreNeverGetsLess() {
        qt().withExamples(EXAMPLES).forAll(loads(), loads(), bounds()).check((load, more, bounds) -> {
            Load both = new Load(
                    load.busy() + more.busy(),
                    load.offeredErlangs() + more.offeredErlangs(),
                    load.arrivalsPerSecond() + more.arrivalsPerSecond(),
                    load.growthPerSecond() + more.growthPerSecond());
            return SizingRule.size(both, bounds, LEAD).agents()
                            >= SizingRule.size(load, bounds, LEAD).agents()
                    && SizingRule.size(load, bounds, 2 * LEAD).agents()
                            >= SizingRule.size(load, bounds, LEAD).agents();
        });
    }

    /** Each number is a step: what is told, and when; the clock may stand still, and news of an earlier time may come late. */
    @Test
    void figuresInAnyOrderGiveALoadThatIsFiniteAndFadesWhenNobodyCalls() {
        qt().withExamples(EXAMPLES)
                .withShrinkCycles(2_000)
                .forAll(lists().of(integers().between(0, 1_000_000)).ofSizeBetween(0, 100))
                .check(steps -> {
                    LoadMeter meter = LoadMeter.from(0);
                    LoadMeter punctual = LoadMeter.from(0);
                    double now = 0;
                    for (int step : steps) {
                        now += step % 7;
                        double told = step % 5 == 0 ? Math.max(0, now - 30) : now;
                        int inSystem = step / 7 % 1_000;
                        int arrived = step / 7_000;
                        meter = step % 11 == 0
                                ? meter.at(told)
                                : meter.counted(told, arrived, arrived / 3, inSystem, inSystem / 2);
                        // What comes late counts as of now: time does not go back.
                        double heard = Math.max(told, punctual.time());
                        punctual = step % 11 == 0
                                ? punctual.at(heard)
                                : punctual.counted(heard, arrived, arrived / 3, inSystem, inSystem / 2);
                        if (!sound(meter.load()) || !meter.equals(punctual)) {
                            return false;
                        }
                    }
                    meter = meter.counted(now, 0, 0, 0, 0).at(now + 20 * LoadMeter.SLOW_SECONDS);
                    Load calm = meter.load();
                    return sound(calm) && calm.offeredErlangs() < 0.01 && calm.arrivalsPerSecond() < 0.01;
                });
    }

    @Test
    void whatIsToldTwiceIsCountedOnce() {
        qt().withExamples(EXAMPLES)
                .forAll(lists().of(integers().between(0, 1_000_000)).ofSizeBetween(0, 60))
                .check(steps -> {
                    LoadMeter once = LoadMeter.from(0);
                    LoadMeter twice = LoadMeter.from(0);
                    double now = 0;
                    for (int step : steps) {
                        now += step % 3;
                        int inSystem = step / 7 % 1_000;
                        once = once.counted(now, step % 20, 0, inSystem, inSystem);
                        // Counters are told as they stand, so that the second time nothing is new.
                        twice = twice.counted(now, step % 20, 0, inSystem, inSystem)
                                .counted(now, 0, 0, inSystem, inSystem);
                    }
                    Load single = once.load();
                    Load repeated = twice.load();
                    return single.busy() == repeated.busy()
                            && near(single.offeredErlangs(), repeated.offeredErlangs())
                            && near(single.arrivalsPerSecond(), repeated.arrivalsPerSecond())
                            && near(single.growthPerSecond(), repeated.growthPerSecond());
                });
    }

    @Test
    void aSteadyLoadIsMeasuredAsWhatItIs() {
        qt().withExamples(100)
                .forAll(
                        integers().between(1, 500),
                        lists().of(integers().between(0, 500)).ofSizeBetween(0, 30))
                .check((steady, before) -> {
                    LoadMeter meter = LoadMeter.from(0);
                    double now = 0;
                    for (int inSystem : before) {
                        meter = meter.counted(++now, 0, 0, inSystem, inSystem);
                    }
                    meter = meter.counted(now, 0, 0, steady, steady).at(now + 20 * LoadMeter.SLOW_SECONDS);
                    return Math.abs(meter.load().offeredErlangs() - steady) < 0.01
                            && meter.load().growthPerSecond() < 0.001;
                });
    }

    /** Against the rule itself, slowly: the largest size of the last while. */
    @Test
    void aTargetIsTheLargestSizeOfTheHold() {
        int hold = 60;
        qt().withExamples(EXAMPLES)
                .withShrinkCycles(2_000)
                .forAll(lists().of(integers().between(0, 100_000)).ofSizeBetween(1, 100))
                .check(steps -> {
                    Hold held = Hold.NOTHING;
                    List<double[]> all = new ArrayList<>();
                    double now = 0;
                    for (int step : steps) {
                        now += step % 23;
                        int size = step / 23 % 50;
                        held = held.with(now, new Size(size, Decider.ErlangB)).since(now - hold);
                        all.add(new double[] {now, size});
                        double from = now - hold;
                        double largest = all.stream()
                                .filter(sized -> sized[0] >= from)
                                .mapToDouble(sized -> sized[1])
                                .max()
                                .orElseThrow();
                        if (held.target().agents() != (int) largest
                                || held.sizes().size() > 50) {
                            return false;
                        }
                    }
                    int last = (int) all.getLast()[1];
                    Hold later = held.with(now + hold + 1, new Size(last, Decider.ErlangB))
                            .since(now + 1);
                    return later.target().agents() == last;
                });
    }

    private static boolean near(double one, double other) {
        return Math.abs(one - other) <= 1e-9 * (1 + Math.abs(one));
    }

    private static boolean sound(Load load) {
        return Double.isFinite(load.offeredErlangs())
                && load.offeredErlangs() >= 0
                && Double.isFinite(load.arrivalsPerSecond())
                && load.arrivalsPerSecond() >= 0
                && Double.isFinite(load.growthPerSecond())
                && load.growthPerSecond() >= 0;
    }
}
