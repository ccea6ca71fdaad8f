package dev.dialplane.operator.gateways;

import dev.dialplane.contracts.control.v1.Hello;
import dev.dialplane.operator.agentspec.RecordingCheck.Place;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Where the attached gateways keep recordings. */
@Singleton
public class RecordingPlaces {

    private final Map<String, Place> places = new HashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** Adds a listener for every change. Must not block. */
    public void listen(Runnable listener) {
        listeners.add(listener);
    }

    /** Takes in what a gateway says that attaches. One that is leaving records no new call; an older one does not tell. */
    void attached(Hello hello) {
        if (hello.getDraining() || !hello.hasRecordings()) {
            left(hello.getGatewayId());
            return;
        }
        Place place =
                new Place(hello.getRecordings().getKept(), hello.getRecordings().getRegion());
        boolean news;
        synchronized (places) {
            news = !place.equals(places.put(hello.getGatewayId(), place));
        }
        tell(news);
    }

    /** Forgets a gateway. */
    void left(String gateway) {
        boolean news;
        synchronized (places) {
            news = places.remove(gateway) != null;
        }
        tell(news);
    }

    private void tell(boolean news) {
        if (news) {
            listeners.forEach(Runnable::run);
        }
    }

    /** Returns them, one for each gateway that takes calls and tells. */
    public List<Place> all() {
        synchronized (places) {
            return List.copyOf(places.values());
        }
    }
}
