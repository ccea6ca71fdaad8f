package dev.dialplane.operator.gateways;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.control.v1.Hello;
import dev.dialplane.contracts.control.v1.RecordingPlace;
import dev.dialplane.operator.agentspec.RecordingCheck.Place;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RecordingPlacesTest {

    private final RecordingPlaces places = new RecordingPlaces();
    private final AtomicInteger told = new AtomicInteger();

    RecordingPlacesTest() {
        places.listen(told::incrementAndGet);
    }

    @Test
    void everyGatewayThatIsAttachedAndTellsHasOne() {
        places.attached(hello("a").setRecordings(kept("in-west")).build());
        places.attached(
                hello("b").setRecordings(RecordingPlace.getDefaultInstance()).build());
        assertThat(places.all()).containsExactlyInAnyOrder(new Place(true, "in-west"), new Place(false, ""));

        places.left("a");
        assertThat(places.all()).containsExactly(new Place(false, ""));
    }

    @Test
    void aGatewayThatDoesNotTellHasNone() {
        places.attached(hello("older").build());
        assertThat(places.all()).isEmpty();
        assertThat(told).hasValue(0);
    }

    @Test
    void aGatewayThatLeavesHasNone() {
        places.attached(
                hello("a").setRecordings(RecordingPlace.getDefaultInstance()).build());
        places.attached(hello("a")
                .setRecordings(RecordingPlace.getDefaultInstance())
                .setDraining(true)
                .build());
        assertThat(places.all()).isEmpty();
    }

    @Test
    void changesAreToldAndOnlyThey() {
        places.attached(hello("a").setRecordings(kept("in-west")).build());
        places.attached(hello("a").setRecordings(kept("in-west")).build());
        assertThat(told).as("it came back as it was").hasValue(1);
        places.attached(hello("a").setRecordings(kept("in-east")).build());
        assertThat(told).hasValue(2);
        places.left("a");
        places.left("a");
        assertThat(told).hasValue(3);
    }

    private static Hello.Builder hello(String gateway) {
        return Hello.newBuilder().setGatewayId(gateway);
    }

    private static RecordingPlace kept(String region) {
        return RecordingPlace.newBuilder().setKept(true).setRegion(region).build();
    }
}
