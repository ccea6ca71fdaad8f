package dev.dialplane.gateway.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PickerTest {
    private static List<String> drain(Picker picker) {
        List<String> picked = new ArrayList<>();
        for (String next = picker.pick(); next != null; next = picker.pick()) {
            picked.add(next);
        }
        return picked;
    }

    private static final Shares NOBODY_KNOWN = new Shares(new Shares.Gateway("g", ""), List.of());

    private static Picker with(String gateway, int agents) {
        return with(new Shares(new Shares.Gateway(gateway, ""), List.of()), agents);
    }

    private static Picker with(Shares shares, int agents) {
        Picker picker = new Picker();
        for (int i = 0; i < agents; i++) {
            add(picker, shares, "pod-" + i, true, false);
        }
        return picker;
    }

    private static void add(Picker picker, Shares shares, String podUid, boolean sameZone, boolean avoid) {
        picker.add(podUid, sameZone, avoid, shares.of(podUid, "").share());
    }

    @Test
    void everyAgentIsPickedOnceAndThenThereIsNone() {
        Picker picker = with("g", 500);
        assertThat(picker.size()).isEqualTo(500);
        assertThat(new HashSet<>(drain(picker))).hasSize(500);
        assertThat(picker.size()).isZero();
    }

    @Test
    void theSameZoneComesFirstAndThoseToAvoidLast() {
        Picker picker = new Picker();
        for (int i = 0; i < 40; i++) {
            add(picker, NOBODY_KNOWN, "far-" + i, false, false);
            add(picker, NOBODY_KNOWN, "avoid-" + i, true, true);
            add(picker, NOBODY_KNOWN, "near-" + i, true, false);
        }
        List<String> order = drain(picker);
        assertThat(order.subList(0, 40)).allMatch(p -> p.startsWith("near"));
        assertThat(order.subList(40, 80)).allMatch(p -> p.startsWith("far"));
        assertThat(order.subList(80, 120)).allMatch(p -> p.startsWith("avoid"));
    }

    @Test
    void twoGatewaysSeldomWantTheSameAgents() {
        Set<String> first = new HashSet<>(drain(with("gateway-1", 1_000)).subList(0, 100));
        List<String> second = drain(with("gateway-2", 1_000)).subList(0, 100);
        // By chance 10 of 100; the same order for both would be 100.
        assertThat(second.stream().filter(first::contains).count()).isLessThan(25);
    }

    @Test
    void theOwnShareComesFirstThenThoseOfOthers() {
        List<Shares.Gateway> gateways =
                List.of(new Shares.Gateway("a", ""), new Shares.Gateway("b", ""), new Shares.Gateway("c", ""));
        Shares shares = new Shares(gateways.getFirst(), gateways);
        List<String> order = drain(with(shares, 300));
        List<Integer> places = order.stream()
                .map(uid -> Math.min(1, shares.of(uid, "").place()))
                .toList();
        assertThat(places).isSorted();
        assertThat(places.stream().filter(p -> p == 0).count()).isBetween(70L, 130L);
    }

    @Test
    void agentsSpreadOverAllShares() {
        int[] seen = new int[Shares.CLASSES];
        for (int gateway = 0; gateway < 200; gateway++) {
            List<String> order = drain(with("gateway-" + gateway, 32));
            seen[order.indexOf("pod-7") / 2]++;
        }
        for (int count : seen) {
            assertThat(count).isBetween(3, 30);
        }
    }

    @Test
    void whoHasWaitedLongestComesFirstWithinAShare() {
        Picker picker = with("g", 64);
        List<String> before = drain(picker);
        before.forEach(p -> add(picker, NOBODY_KNOWN, p, true, false));
        assertThat(drain(picker)).isEqualTo(before);
    }

    @Test
    void whoIsRemovedIsNotPicked() {
        Picker picker = with("g", 3);
        picker.remove("pod-1");
        picker.remove("pod-1");
        picker.remove("nobody");
        assertThat(drain(picker)).containsExactlyInAnyOrder("pod-0", "pod-2");
    }

    @Test
    void addingTwiceCountsOnceAndMovesToWhereItBelongsNow() {
        Picker picker = with("g", 2);
        add(picker, NOBODY_KNOWN, "pod-0", true, true);
        assertThat(picker.size()).isEqualTo(2);
        assertThat(drain(picker)).containsExactly("pod-1", "pod-0");
    }
}
