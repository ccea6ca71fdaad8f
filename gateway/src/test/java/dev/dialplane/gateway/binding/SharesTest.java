package dev.dialplane.gateway.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whose business each agent is, and whom each gateway stays connected to. */
class SharesTest {
    private static List<Shares.Gateway> gateways(int count, String... zones) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Shares.Gateway("gateway-" + i, zones.length == 0 ? "" : zones[i % zones.length]))
                .toList();
    }

    private static List<Integer> places(List<Shares.Gateway> gateways, String podUid, String zone) {
        return gateways.stream()
                .map(g -> new Shares(g, gateways).of(podUid, zone).place())
                .toList();
    }

    @Test
    void allGatewaysAgreeOnOneOrderForEachAgent() {
        List<Shares.Gateway> gateways = gateways(7, "a", "b", "");
        for (int agent = 0; agent < 500; agent++) {
            assertThat(places(gateways, "pod-" + agent, agent % 2 == 0 ? "a" : "c"))
                    .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void sharesAreAboutEqual() {
        List<Shares.Gateway> gateways = gateways(20);
        for (Shares.Gateway gateway : gateways) {
            Shares shares = new Shares(gateway, gateways);
            long own = IntStream.range(0, 12_000)
                    .filter(i -> shares.of("pod-" + i, "").place() == 0)
                    .count();
            // 600 and four standard deviations.
            assertThat(own).isBetween(500L, 700L);
        }
    }

    @Test
    void whenAGatewayGoesOnlyItsOwnAgentsChangeHands() {
        List<Shares.Gateway> before = gateways(5);
        List<Shares.Gateway> after = before.subList(0, 4);
        for (int agent = 0; agent < 1_000; agent++) {
            List<Integer> was = places(before, "pod-" + agent, "");
            List<Integer> is = places(after, "pod-" + agent, "");
            if (was.get(4) != 0) {
                assertThat(is.indexOf(0)).isEqualTo(was.indexOf(0));
            } else {
                assertThat(is.indexOf(0)).as("whoever came second").isEqualTo(was.indexOf(1));
            }
        }
    }

    @Test
    void gatewaysOfTheAgentsZoneComeFirst() {
        List<Shares.Gateway> gateways = gateways(6, "a", "b");
        for (int agent = 0; agent < 200; agent++) {
            List<Integer> places = places(gateways, "pod-" + agent, "b");
            for (int g = 0; g < 6; g++) {
                assertThat(places.get(g) < 3).isEqualTo(gateways.get(g).zone().equals("b"));
            }
        }
    }

    @Test
    void whereTheGatewaysAreNotKnownEveryAgentIsTheirOwn() {
        Shares shares = new Shares(new Shares.Gateway("g", ""), List.of());
        Set<Integer> classes = new TreeSet<>();
        for (int agent = 0; agent < 1_000; agent++) {
            Shares.Claim claim = shares.of("pod-" + agent, "");
            assertThat(claim.place()).isZero();
            classes.add(claim.share());
        }
        assertThat(classes).hasSize(Shares.CLASSES);
    }

    @Test
    void everyAgentIsHeardByTwoGatewaysAndByFewMore() {
        List<Shares.Gateway> gateways = gateways(20);
        int[] heard = new int[3_000];
        for (Shares.Gateway gateway : gateways) {
            Shares shares = new Shares(gateway, gateways);
            List<Reach.Known> known = new ArrayList<>();
            for (int agent = 0; agent < heard.length; agent++) {
                known.add(new Reach.Known("" + agent, shares.of("" + agent, "")));
            }
            Set<String> near = Reach.of(known, 32);
            assertThat(near.size()).isBetween(32 + 200, 32 + 400);
            near.forEach(uid -> heard[Integer.parseInt(uid)]++);
        }
        assertThat(IntStream.of(heard).min().orElse(0)).isGreaterThanOrEqualTo(Reach.KEEPERS);
    }

    @Test
    void aSmallPoolIsReachedWhole() {
        List<Shares.Gateway> gateways = gateways(20);
        Shares shares = new Shares(gateways.getFirst(), gateways);
        List<Reach.Known> known = IntStream.range(0, 30)
                .mapToObj(i -> new Reach.Known("" + i, shares.of("" + i, "")))
                .toList();
        assertThat(Reach.of(known, 32)).hasSize(30);
        assertThat(Reach.of(known, 0).size()).isLessThan(15);
    }
}
