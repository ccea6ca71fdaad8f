package dev.dialplane.gateway.binding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.agent.v1.BusyReason;
import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Binding in virtual time. */
class BinderTest {
    private static final PoolRef BACKUP = World.ref("backup");

    private final World world = new World();

    private static BindOutcome.Bound bound(CompletableFuture<BindOutcome> outcome) {
        assertThat(outcome).isCompletedWithValueMatching(BindOutcome.Bound.class::isInstance);
        return (BindOutcome.Bound) outcome.join();
    }

    private static BindOutcome.Refused refused(CompletableFuture<BindOutcome> outcome) {
        assertThat(outcome).isCompletedWithValueMatching(BindOutcome.Refused.class::isInstance);
        return (BindOutcome.Refused) outcome.join();
    }

    private void pool() {
        world.binder.upsertPool(World.pool(World.POOL).build());
    }

    @Test
    void aCallThatAsksTwiceFindsTheSameAgentWhileItLooksAndOnceItHasOne() {
        pool();
        CompletableFuture<BindOutcome> first = world.bind("call");
        CompletableFuture<BindOutcome> second = world.bind("call");
        world.pass(10);
        assertThat(first).isNotDone();
        assertThat(second).isNotDone();
        world.idle("a", World.POOL);
        world.idle("b", World.POOL);
        world.pass(10);
        assertThat(bound(second)).isEqualTo(bound(first));
        CompletableFuture<BindOutcome> third = world.bind("call");
        world.pass(10);
        assertThat(bound(third)).isEqualTo(bound(first));
        assertThat(world.agents.values().stream().mapToInt(a -> a.offers.size()).sum())
                .isEqualTo(1);
    }

    @Test
    void oneOfTwoThatAskForTheSameCallMayGoAndTheOtherStillGetsItsAgent() {
        pool();
        CompletableFuture<BindOutcome> first = world.bind("call");
        CompletableFuture<BindOutcome> second = world.bind("call");
        world.pass(1);
        first.cancel(false);
        world.pass(1);
        world.idle("a", World.POOL);
        world.pass(10);
        bound(second);
    }

    @Test
    void theSameCallWithOtherParametersIsAConflictThatNamesThem() {
        pool();
        world.idle("a", World.POOL);
        world.idle("b", World.POOL);
        world.pass(10);
        bound(afterAWhile(world.bind("call")));
        assertThat(afterAWhile(world.binder.bind(World.request("call", 1, World.POOL, Map.of("customer", "another"))))
                        .join())
                .isInstanceOfSatisfying(
                        BindOutcome.Conflict.class, c -> assertThat(c.field()).isEqualTo("variables"));
        assertThat(afterAWhile(world.bind("call", BACKUP)).join())
                .isInstanceOfSatisfying(
                        BindOutcome.Conflict.class, c -> assertThat(c.field()).isEqualTo("pool"));
        assertThat(world.agents.values().stream().mapToInt(a -> a.offers.size()).sum())
                .isEqualTo(1);
    }

    @Test
    void aLaterAttemptLooksForAnotherAgentAndAnEarlierOneIsAConflict() {
        pool();
        world.idle("a", World.POOL);
        world.idle("b", World.POOL);
        world.pass(10);
        BindOutcome.Bound first = bound(afterAWhile(world.bind("call")));
        BindOutcome.Bound second = bound(afterAWhile(world.binder.bind(World.request("call", 2, World.POOL))));
        assertThat(second.podUid()).isNotEqualTo(first.podUid());
        assertThat(second.fence().getAttempt()).isEqualTo(2);
        assertThat(afterAWhile(world.bind("call")).join())
                .isInstanceOfSatisfying(
                        BindOutcome.Conflict.class, c -> assertThat(c.field()).isEqualTo("attempt"));
    }

    @Test
    void onceItsAgentNoLongerHoldsItACallThatAsksAgainIsANewOne() {
        pool();
        SimulatedAgent agent = world.idle("a", World.POOL);
        world.pass(10);
        BindOutcome.Bound first = bound(afterAWhile(world.bind("call")));
        assertThat(agent.converse(first.fence())).isTrue();
        world.pass(60_000);
        assertThat(bound(afterAWhile(world.bind("call"))).podUid()).isEqualTo("a");
        assertThat(agent.offers).as("it is in that call for a minute").hasSize(1);
        agent.hangUp();
        world.pass(50);
        assertThat(world.held().get(1)).as("bindings").isZero();
        bound(afterAWhile(world.bind("call")));
        assertThat(agent.offers).hasSize(2);
    }

    private <T> CompletableFuture<T> afterAWhile(CompletableFuture<T> outcome) {
        world.pass(10);
        return outcome;
    }

    @Test
    void anOfferWhoseCallerVanishedIsTakenBackAndTheAgentGoesToTheNext() {
        pool();
        SimulatedAgent agent = world.idle("a", World.POOL);
        world.pass(10);
        CompletableFuture<BindOutcome> vanished = world.bind("call-1");
        world.loop.settle();
        vanished.cancel(false);
        world.pass(10);
        assertThat(agent.accepted).as("the offer was on its way").hasSize(1);
        assertThat(agent.phase()).isEqualTo(Phase.PHASE_IDLE);
        assertThat(bound(afterAWhile(world.bind("call-2"))).podUid()).isEqualTo("a");
        assertThat(world.held().getFirst()).as("searches").isZero();
    }

    @Test
    void anAgentThatIsNotConnectedToGoesBackToo() {
        pool();
        SimulatedAgent agent = world.idle("a", World.POOL);
        world.pass(10);
        BindOutcome.Bound bound = bound(afterAWhile(world.bind("call-1")));
        world.pass(World.EXPIRY.toMillis() + 10);
        assertThat(agent.phase()).isEqualTo(Phase.PHASE_IDLE);
        assertThat(agent.converse(bound.fence())).isFalse();
        assertThat(world.held().get(1)).as("bindings").isZero();
        bound(afterAWhile(world.bind("call-2")));
    }

    @Test
    void whoWaitsLongestIsServedFirstWhateverOrderAnswersComeIn() {
        world.binder.upsertPool(World.pool(World.POOL)
                .setQueueMaxWaitMs(60_000)
                .setQueueMaxLength(1_000)
                .build());
        List<CompletableFuture<BindOutcome>> calls = IntStream.range(0, 200)
                .mapToObj(i -> world.binder.bind(patient("call-%03d".formatted(i))))
                .toList();
        List<Integer> served = new ArrayList<>();
        IntStream.range(0, 200).forEach(i -> calls.get(i).thenAccept(how -> served.add(i)));
        // Ten agents of which three say no to everything, and each call takes a moment.
        for (int i = 0; i < 10; i++) {
            SimulatedAgent agent = world.idle("agent-" + i, World.POOL);
            agent.declines = i % 4 == 1;
        }
        for (int step = 0; step < 4_000 && served.size() < 200; step++) {
            world.pass(10);
            for (SimulatedAgent agent : world.agents.values()) {
                Fence fence = agent.fence();
                if (agent.phase() == Phase.PHASE_OFFERED && fence != null) {
                    agent.converse(fence);
                } else if (agent.phase() == Phase.PHASE_ACTIVE && step % 3 == 0) {
                    agent.hangUp();
                }
            }
        }
        assertThat(served).hasSize(200);
        for (int i = 0; i < served.size(); i++) {
            // Offers that were under way at once may end in any order; there are ten agents.
            assertThat(Math.abs(served.get(i) - i)).isLessThan(10);
        }
        assertThat(calls).allSatisfy(BinderTest::bound);
    }

    private static BindRequest patient(String callId) {
        BindRequest r = World.request(callId, 1, World.POOL);
        return new BindRequest(callId, 1, r.pool(), r.kind(), r.terms(), java.time.Duration.ofMinutes(2), r.expiry());
    }

    @Test
    void aCallThatWasDeclinedComesBackToItsPlaceBeforeThoseWhoCameLater() {
        pool();
        SimulatedAgent rude = world.idle("rude", World.POOL);
        rude.declines = true;
        world.pass(10);
        CompletableFuture<BindOutcome> first = world.bind("call-1");
        world.loop.settle();
        CompletableFuture<BindOutcome> second = world.bind("call-2");
        world.pass(10);
        world.idle("a", World.POOL);
        world.pass(10);
        bound(first);
        assertThat(second).isNotDone();
    }

    @Test
    void anOutcomeNamesAgentsThatShouldHaveTakenTheCallButNotThoseThatWereBusy() {
        pool();
        SimulatedAgent broken = world.idle("broken", World.POOL);
        broken.declines = true;
        broken.declinesFor = BusyReason.BUSY_REASON_BAD_OFFER;
        SimulatedAgent busy = world.idle("busy", World.POOL);
        busy.declines = true;
        world.pass(10);
        assertThat(refused(afterAMinute(world.bind("call-1"))).declinedBy()).containsExactly("broken");
        broken.repeatState();
        busy.repeatState();
        world.pass(10);
        CompletableFuture<BindOutcome> second = afterAWhile(world.bind("call-2"));
        world.idle("c", World.POOL);
        assertThat(bound(afterAMinute(second)).declinedBy()).containsExactly("broken");
        assertThat(busy.offers).hasSize(2);
    }

    private CompletableFuture<BindOutcome> afterAMinute(CompletableFuture<BindOutcome> outcome) {
        world.pass(60_000);
        return outcome;
    }

    @Test
    void whenAllAgentsAreSlowTheFirstAnswerCountsAndTheOthersAreLetOff() {
        pool();
        for (String uid : List.of("a", "b", "c", "d", "e")) {
            world.idle(uid, World.POOL).thinks = Duration.ofMillis(1_600);
        }
        world.pass(10);
        CompletableFuture<BindOutcome> call = world.bind("call");
        world.pass(1_550);
        // Not all of the pool for one call: three.
        assertThat(world.agents.values()).filteredOn(a -> !a.accepted.isEmpty()).isEmpty();
        world.pass(100);
        assertThat(bound(call).podUid()).isEqualTo("a");
        assertThat(bound(call).fence().getAttempt()).isEqualTo(1);
        // They did not answer in time, but for the one that got the call in the end.
        assertThat(bound(call).declinedBy()).hasSize(2).doesNotContain("a");
        world.pass(10_000);
        assertThat(world.agents.values())
                .filteredOn(a -> !a.accepted.isEmpty())
                .extracting(SimulatedAgent::uid)
                .containsExactly("a");
        assertThat(world.held().getFirst()).isZero();
    }

    @Test
    void whileOneIsSlowTheNextOneTakesTheCall() {
        pool();
        world.idle("slow", World.POOL).thinks = Duration.ofSeconds(2);
        world.pass(10);
        SimulatedAgent quick = world.idle("quick", World.POOL);
        world.pass(10);
        CompletableFuture<BindOutcome> call = world.bind("call");
        world.pass(299);
        assertThat(call).isNotDone();
        world.pass(5);
        assertThat(bound(call).podUid()).isEqualTo("quick");
        assertThat(bound(call).fence().getAttempt()).isEqualTo(2);
        assertThat(bound(call).declinedBy()).containsExactly("slow");
        world.pass(10_000);
        assertThat(world.agent("slow").accepted).isEmpty();
        assertThat(quick.accepted).hasSize(1);
    }

    @Test
    void anAgentThatAcceptsWhileTheCallGoesToAnotherIsFreeAgainAtOnce() {
        pool();
        // Its answer is under way when the other one's comes.
        world.idle("slow", World.POOL).thinks = Duration.ofMillis(301);
        world.pass(10);
        SimulatedAgent quick = world.idle("quick", World.POOL);
        world.pass(10);
        CompletableFuture<BindOutcome> call = world.bind("call");
        world.pass(400);
        assertThat(bound(call).podUid()).isEqualTo("quick");
        assertThat(world.agent("slow").accepted).hasSize(1);
        assertThat(world.agent("slow").phase()).isEqualTo(Phase.PHASE_IDLE);
        assertThat(quick.phase()).isEqualTo(Phase.PHASE_OFFERED);
        world.agent("slow").thinks = Duration.ZERO;
        assertThat(bound(afterAWhile(world.bind("call-2"))).podUid()).isEqualTo("slow");
    }

    @Test
    void aCallWhoseTimeInTheQueueIsOverStillHasTheAnswerThatIsUnderWay() {
        pool();
        world.idle("slow", World.POOL).thinks = Duration.ofMillis(2_500);
        world.pass(10);
        CompletableFuture<BindOutcome> call = world.bind("call");
        world.pass(2_300);
        assertThat(call).isNotDone();
        world.pass(500);
        assertThat(bound(call).podUid()).isEqualTo("slow");
    }

    @Test
    void anAgentThatNeverAnswersDoesNotKeepACallForEver() {
        pool();
        world.idle("silent", World.POOL).thinks = Duration.ofHours(1);
        world.pass(10);
        CompletableFuture<BindOutcome> call = world.bind("call");
        world.pass(3_500);
        assertThat(refused(call).declinedBy()).containsExactly("silent");
        assertThat(world.held().getFirst()).isZero();
    }

    @Test
    void anAgentThatSaysNoAndIsStillFreeIsOfferedToWhoeverHasWaitedLongest() {
        pool();
        SimulatedAgent first = world.idle("first", World.POOL);
        SimulatedAgent second = world.join(SimulatedAgent.idle(world.loop, "second", World.POOL, "spec-1", true));
        first.declines = true;
        second.declines = true;
        world.pass(10);
        world.bind("call-1");
        world.bind("call-2");
        world.loop.settle();
        // Comes before the answer, so that the watch is newer than the offer.
        second.repeatState();
        world.pass(3);
        assertThat(second.offers).extracting(o -> o.getFence().getCallId()).containsExactly("call-2", "call-1");
        assertThat(first.offers).hasSize(1);
    }

    @Test
    void nobodyIsOfferedACallWhoseCallerLeftTheQueue() {
        pool();
        CompletableFuture<BindOutcome> gone = afterAWhile(world.bind("gone"));
        assertThat(world.demand(World.POOL).getWaiting()).isEqualTo(1);
        gone.cancel(false);
        world.pass(1);
        assertThat(world.demand(World.POOL).getWaiting()).isZero();
        SimulatedAgent agent = world.idle("a", World.POOL);
        world.pass(10_000);
        assertThat(agent.offers).isEmpty();
    }

    @Test
    void overflowGoesOnToTheNextPoolAndACycleEndsWhereItBegan() {
        world.binder.upsertPool(World.pool(World.POOL)
                .setQueueMaxWaitMs(500)
                .setOverflow(BACKUP)
                .build());
        world.binder.upsertPool(World.pool(BACKUP)
                .setQueueMaxWaitMs(500)
                .setOverflow(World.POOL)
                .build());
        CompletableFuture<BindOutcome> nobody = world.bind("call-1");
        world.pass(499);
        assertThat(world.demand(World.POOL).getWaiting()).isEqualTo(1);
        world.pass(2);
        assertThat(world.demand(World.POOL).getWaiting()).isZero();
        assertThat(world.demand(BACKUP).getWaiting()).isEqualTo(1);
        world.pass(500);
        assertThat(refused(nobody).cause()).isEqualTo(Cause.CAUSE_NO_AGENT);
        assertThat(refused(nobody).pool()).isEqualTo(BACKUP);
        assertThat(refused(nobody).waitedMs()).isBetween(1_000L, 1_002L);

        world.idle("b", BACKUP);
        CompletableFuture<BindOutcome> second = world.bind("call-2");
        world.pass(600);
        assertThat(bound(second).pool()).isEqualTo(BACKUP);
        assertThat(world.demand(World.POOL).getRefused()).isEqualTo(2);
        assertThat(world.demand(BACKUP).getArrivals()).isEqualTo(2);
    }

    @Test
    void whoHasWaitedInOnePoolStillHasTheOtherPoolsTime() {
        world.binder.upsertPool(World.pool(World.POOL)
                .setQueueMaxWaitMs(1_000)
                .setOverflow(BACKUP)
                .build());
        world.binder.upsertPool(World.pool(BACKUP).setQueueMaxWaitMs(500).build());
        SimulatedAgent rude = world.idle("rude", BACKUP);
        rude.declines = true;
        CompletableFuture<BindOutcome> call = world.bind("call");
        world.pass(1_100);
        assertThat(rude.offers).hasSize(1);
        assertThat(call).as("there are 400 ms left").isNotDone();
        world.idle("b", BACKUP);
        world.pass(10);
        assertThat(bound(call).podUid()).isEqualTo("b");
    }

    @Test
    void aPoolThatIsDeletedRefusesThoseWhoWaitForItAndThoseWhoseOfferIsUnderWay() {
        pool();
        SimulatedAgent rude = world.idle("rude", World.POOL);
        rude.declines = true;
        world.pass(10);
        CompletableFuture<BindOutcome> offered = world.bind("call-1");
        CompletableFuture<BindOutcome> waiting = world.bind("call-2");
        world.loop.settle();
        world.binder.removePool(World.POOL);
        world.pass(5_000);
        assertThat(refused(offered).cause()).isEqualTo(Cause.CAUSE_POOL_UNKNOWN);
        assertThat(refused(waiting).cause()).isEqualTo(Cause.CAUSE_POOL_UNKNOWN);
        assertThat(world.held().getFirst()).isZero();
    }

    @Test
    void anAgentThatIsTakenAwayWhileItAcceptsIsNotGivenTheCall() {
        pool();
        SimulatedAgent leaving = world.idle("leaving", World.POOL);
        world.pass(10);
        CompletableFuture<BindOutcome> call = world.bind("call");
        world.loop.settle();
        world.binder.removeAgent("leaving");
        world.pass(10);
        assertThat(leaving.accepted).hasSize(1);
        assertThat(call).isNotDone();
        world.idle("b", World.POOL);
        world.pass(10);
        assertThat(bound(call).podUid()).isEqualTo("b");
        assertThat(bound(call).fence().getAttempt()).isEqualTo(2);
    }

    @Test
    void whatAnAgentPromisedBeforeItWasTakenAwayDoesNotBindItsSuccessor() {
        pool();
        SimulatedAgent agent = world.idle("a", World.POOL);
        world.pass(10);
        CompletableFuture<BindOutcome> call = world.bind("call");
        world.pass(1);
        assertThat(agent.accepted).hasSize(1);
        world.binder.removeAgent("a");
        agent.dead(true);
        agent.dead(false);
        world.binder.upsertAgent(agent.address());
        world.pass(20);
        assertThat(bound(call).fence().getAttempt()).isEqualTo(2);
        assertThat(agent.accepted).hasSize(2);
        world.pass(10_000);
        assertThat(world.held().get(1)).as("bindings").isZero();
    }

    @Test
    void placesInAPoolThatWasMadeAnewAreNotGivenTwice() {
        pool();
        SimulatedAgent rude = world.idle("rude", World.POOL);
        rude.declines = true;
        world.pass(10);
        CompletableFuture<BindOutcome> offered = world.bind("call-1");
        world.loop.settle();
        world.binder.removePool(World.POOL);
        pool();
        CompletableFuture<BindOutcome> fresh = world.bind("call-2");
        world.pass(5_000);
        refused(offered);
        refused(fresh);
        assertThat(world.held().getFirst()).as("searches").isZero();
    }

    @Test
    void aGatewayKeepsToItsShareAndReachesForTheWholePoolOnlyWhileSomebodyWaits() {
        World sharing = new World("gateway-1", "", 5);
        List<Shares.Gateway> gateways = IntStream.range(0, 10)
                .mapToObj(i -> new Shares.Gateway("gateway-" + i, ""))
                .toList();
        sharing.binder.share(gateways);
        sharing.binder.upsertPool(World.pool(World.POOL).build());
        List<SimulatedAgent> agents = IntStream.range(0, 1_000)
                .mapToObj(i -> sharing.idle("agent-" + i, World.POOL))
                .toList();
        sharing.pass(1_000);
        Shares shares = new Shares(gateways.get(1), gateways);
        long kept = agents.stream()
                .filter(a -> Reach.always(shares.of(a.uid(), "")))
                .count();
        assertThat(kept).isBetween(150L, 250L);
        assertThat(agents.stream().filter(a -> a.connected() > 0).count()).isEqualTo(kept + 5);
        assertThat(sharing.told.stream()
                        .filter(s -> !s.getUnreachable())
                        .map(s -> s.getPodUid())
                        .distinct())
                .as("the operator hears of no more than those")
                .hasSize((int) kept + 5);

        // All that it is connected to are busy; those of others are not.
        agents.stream().filter(a -> a.connected() > 0).forEach(a -> a.declines = true);
        CompletableFuture<BindOutcome> call = sharing.bind("call");
        sharing.pass(1_900);
        assertThat(call).isCompletedWithValueMatching(BindOutcome.Bound.class::isInstance);
        assertThat(agents.stream().filter(a -> a.connected() > 0).count()).isGreaterThan(kept + 5);
        sharing.pass(30_000);
        assertThat(agents.stream().filter(a -> a.connected() > 0).count()).isEqualTo(kept + 5);
        assertThat(sharing.loop.waiting()).as("timers").isZero();
    }

    @Test
    void agentsOfAGatewayThatIsGoneAreTakenOver() {
        World sharing = new World("a", "", 0);
        Shares.Gateway a = new Shares.Gateway("a", "");
        Shares.Gateway b = new Shares.Gateway("b", "");
        Shares.Gateway c = new Shares.Gateway("c", "");
        sharing.binder.share(List.of(a, b, c));
        sharing.binder.upsertPool(World.pool(World.POOL).build());
        IntStream.range(0, 300).forEach(i -> sharing.idle("agent-" + i, World.POOL));
        sharing.pass(1_000);
        assertThat(sharing.held().get(2)).isBetween(150, 250);
        sharing.binder.share(List.of(a, b));
        sharing.pass(6_000);
        assertThat(sharing.held().get(2)).isEqualTo(300);
    }

    @Test
    void aNewOperatorThatKnowsOnlyThoseWhoHaveComeBackToItChangesNoShares() {
        World sharing = new World("a", "", 0);
        List<Shares.Gateway> all = IntStream.range(0, 10)
                .mapToObj(i -> new Shares.Gateway(i == 0 ? "a" : "other-" + i, ""))
                .toList();
        sharing.binder.share(all);
        sharing.binder.upsertPool(World.pool(World.POOL).build());
        IntStream.range(0, 300).forEach(i -> sharing.idle("agent-" + i, World.POOL));
        sharing.pass(1_000);
        int before = sharing.held().get(2);
        assertThat(before).isLessThan(100);
        for (int known = 1; known <= 10; known++) {
            sharing.binder.share(all.subList(0, known));
            sharing.pass(200);
            assertThat(sharing.held().get(2)).isEqualTo(before);
        }
        sharing.pass(10_000);
        assertThat(sharing.held().get(2)).isEqualTo(before);
    }

    @Test
    void anAgentOfOthersThatWasAskedSomethingIsLetGoOfAfterAWhile() {
        World sharing = amongTen(0);
        int own = sharing.held().get(2);
        String other = notConnected(sharing);
        sharing.binder.retire(other, "a test");
        sharing.pass(100);
        assertThat(sharing.held().get(2)).isEqualTo(own + 1);
        sharing.pass(20_000);
        assertThat(sharing.held().get(2)).isEqualTo(own);
    }

    @Test
    void whenOneOfTheFewOthersIsGoneAnotherTakesItsPlace() {
        World none = amongTen(0);
        World few = amongTen(5);
        int own = none.held().get(2);
        assertThat(few.held().get(2)).isEqualTo(own + 5);
        few.agents.keySet().stream()
                .filter(uid -> few.agent(uid).connected() > 0 && none.agent(uid).connected() == 0)
                .limit(3)
                .toList()
                .forEach(few.binder::removeAgent);
        few.pass(2_000);
        assertThat(few.held().get(2)).isEqualTo(own + 5);
    }

    private static World amongTen(int others) {
        World sharing = new World("a", "", others);
        sharing.binder.share(IntStream.range(0, 10)
                .mapToObj(i -> new Shares.Gateway(i == 0 ? "a" : "other-" + i, ""))
                .toList());
        sharing.binder.upsertPool(World.pool(World.POOL).build());
        IntStream.range(0, 300).forEach(i -> sharing.idle("agent-" + i, World.POOL));
        sharing.pass(5_000);
        return sharing;
    }

    private static String notConnected(World sharing) {
        return sharing.agents.keySet().stream()
                .filter(uid -> sharing.agent(uid).connected() == 0)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whoeverWaitsWhileAGatewayBeginsIsServedByItsOwnShareFirst() {
        World sharing = new World("a", "", 0);
        sharing.binder.share(IntStream.range(0, 10)
                .mapToObj(i -> new Shares.Gateway(i == 0 ? "a" : "other-" + i, ""))
                .toList());
        sharing.binder.upsertPool(World.pool(World.POOL).build());
        IntStream.range(0, 1_000).forEach(i -> sharing.idle("agent-" + i, World.POOL));
        CompletableFuture<BindOutcome> call = sharing.bind("call");
        sharing.pass(2_000);
        assertThat(call.join()).isInstanceOf(BindOutcome.Bound.class);
        assertThat(sharing.held().get(2)).isLessThan(300);
    }

    @Test
    void anAgentThatHoldsACallOfOursStaysConnectedWhosesoeverItIs() {
        World sharing = new World("a", "", 0);
        sharing.binder.upsertPool(World.pool(World.POOL).build());
        SimulatedAgent agent = sharing.idle("agent", World.POOL);
        sharing.pass(10);
        CompletableFuture<BindOutcome> call = sharing.bind("call");
        sharing.pass(10);
        assertThat(agent.converse(bound(call).fence())).isTrue();
        // Three gateways that come first for it.
        List<Shares.Gateway> others = IntStream.range(0, 50)
                .mapToObj(i -> new Shares.Gateway("other-" + i, ""))
                .toList();
        sharing.binder.share(others);
        sharing.pass(60_000);
        assertThat(agent.connected()).isEqualTo(1);
        agent.hangUp();
        sharing.pass(5_000);
        assertThat(agent.connected()).isZero();
    }

    @Test
    void aPoolWithoutAQueueIsSearchedToTheEndBeforeACallIsRefused() {
        World sharing = new World("a", "", 0);
        sharing.binder.share(
                List.of(new Shares.Gateway("a", ""), new Shares.Gateway("b", ""), new Shares.Gateway("c", "")));
        sharing.binder.upsertPool(
                World.pool(World.POOL).setQueueMaxWaitMs(0).setQueueMaxLength(0).build());
        List<SimulatedAgent> agents = IntStream.range(0, 60)
                .mapToObj(i -> sharing.idle("agent-" + i, World.POOL))
                .toList();
        sharing.pass(1_000);
        agents.stream().filter(a -> a.connected() > 0).forEach(a -> a.declines = true);
        CompletableFuture<BindOutcome> call = sharing.bind("call");
        sharing.pass(500);
        bound(call);
    }

    @Test
    void everySearchIsCountedOnceByHowItEnded() {
        pool();
        world.binder.upsertPool(
                World.pool(BACKUP).setQueueMaxWaitMs(0).setOverflow(World.POOL).build());
        world.idle("a", World.POOL);
        world.pass(10);
        bound(afterAWhile(world.bind("warm")));
        afterAWhile(world.bind("warm", BACKUP));
        CompletableFuture<BindOutcome> gone = afterAWhile(world.bind("gone"));
        gone.cancel(false);
        refused(waits(world.bind("refused"), 2_100));
        CompletableFuture<BindOutcome> waited = afterAWhile(world.bind("waited"));
        world.idle("b", World.POOL);
        bound(afterAWhile(waited));
        CompletableFuture<BindOutcome> overflowed = afterAWhile(world.bind("overflowed", BACKUP));
        world.idle("c", World.POOL);
        bound(afterAWhile(overflowed));
        assertThat(world.ends)
                .containsExactly(
                        SearchEnd.WARM,
                        SearchEnd.CONFLICT,
                        SearchEnd.ABANDONED,
                        SearchEnd.REFUSED,
                        SearchEnd.WAITED,
                        SearchEnd.OVERFLOWED);
    }

    private <T> CompletableFuture<T> waits(CompletableFuture<T> outcome, long milliseconds) {
        world.pass(milliseconds);
        return outcome;
    }

    @Test
    void aGatewayThatJustStartedServesAsSoonAsOneIdleAgentIsHeardOf() {
        pool();
        for (int i = 0; i < 3_000; i++) {
            // Most are not there any more.
            world.idle("agent-" + i, World.POOL).dead(i != 1_234);
        }
        CompletableFuture<BindOutcome> call = world.bind("call");
        world.pass(1_000);
        assertThat(bound(call).podUid()).isEqualTo("agent-1234");
    }
}
