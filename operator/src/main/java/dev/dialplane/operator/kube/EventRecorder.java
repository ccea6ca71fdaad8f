package dev.dialplane.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Writes Kubernetes Events, each at most once in a while: for people who ask what happened, never for programs. */
@Singleton
public class EventRecorder {

    /** The same Event is not written again within this time. */
    static final Duration QUIET = Duration.ofMinutes(10);

    private static final Logger LOG = Logger.getLogger(EventRecorder.class);
    private static final int REMEMBERED = 4096;
    private static final int LONGEST_NOTE = 1024;

    /** What the API server takes as a MicroTime: always six digits. */
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final Writes writes;
    private final Clock clock;
    private final Map<String, Instant> written = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > REMEMBERED;
        }
    };

    EventRecorder(Writes writes, Clock clock) {
        this.writes = writes;
        this.clock = clock;
    }

    /** How an Event is meant. */
    public enum Type {
        /** All is as it should be. */
        Normal,
        /** Somebody should look. */
        Warning
    }

    /**
     * Writes an Event, unless it was written a while ago. A failure is logged and otherwise ignored.
     *
     * @param about the object
     * @param reason one word
     * @param action what the operator was doing, one word
     * @param note a sentence
     */
    public void record(HasMetadata about, Type type, String reason, String action, String note) {
        Instant now = clock.instant();
        synchronized (written) {
            String key = about.getMetadata().getUid() + " " + reason + " " + note;
            Instant before = written.get(key);
            if (before != null && before.plus(QUIET).isAfter(now)) {
                return;
            }
            written.put(key, now);
        }
        Event event = new EventBuilder()
                .withNewMetadata()
                .withNamespace(about.getMetadata().getNamespace())
                .withName(about.getMetadata().getName() + "."
                        + UUID.randomUUID().toString().replace("-", "").substring(0, 16))
                .endMetadata()
                .withEventTime(new MicroTime(MICROS.format(now)))
                .withReportingController(Writes.FIELD_MANAGER)
                .withReportingInstance(Writes.FIELD_MANAGER)
                .withType(type.name())
                .withReason(reason)
                .withAction(action)
                .withNote(note.length() > LONGEST_NOTE ? note.substring(0, LONGEST_NOTE) : note)
                .withRegarding(new ObjectReferenceBuilder()
                        .withApiVersion(about.getApiVersion())
                        .withKind(about.getKind())
                        .withNamespace(about.getMetadata().getNamespace())
                        .withName(about.getMetadata().getName())
                        .withUid(about.getMetadata().getUid())
                        .build())
                .build();
        try {
            writes.create(event);
        } catch (KubernetesClientException e) {
            LOG.debugf(
                    "event %s of %s could not be written: %s",
                    reason, about.getMetadata().getName(), e.getMessage());
        }
    }
}
