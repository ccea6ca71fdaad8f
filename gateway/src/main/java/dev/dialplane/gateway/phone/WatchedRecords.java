package dev.dialplane.gateway.phone;

import dev.dialplane.gateway.records.CallRecords;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/** Records of calls that go where they would go anyway, and to whoever looks at one of the calls. */
public final class WatchedRecords implements CallRecords {
    private static final String PARTIAL = "dev.dialplane.call.partial";

    private final CallRecords further;
    private final Map<String, BiConsumer<String, String>> watchers = new ConcurrentHashMap<>();

    /** Nobody looks yet. */
    public WatchedRecords(CallRecords further) {
        this.further = further;
    }

    /**
     * Looks at a call.
     *
     * @param carrierCallId the carrier's id of it
     * @param watcher takes each record's type and data; must not block
     * @return ends it
     */
    Runnable watch(String carrierCallId, BiConsumer<String, String> watcher) {
        String field = "\"carrierCallId\":\"" + carrierCallId + "\"";
        watchers.put(field, watcher);
        return () -> watchers.remove(field, watcher);
    }

    int watchers() {
        return watchers.size();
    }

    @Override
    public boolean wantsPartials() {
        return !watchers.isEmpty() || further.wantsPartials();
    }

    @Override
    public void record(String type, String callId, long unixMs, String data) {
        watchers.forEach((field, watcher) -> {
            if (data.contains(field)) {
                watcher.accept(type, data);
            }
        });
        if (!type.equals(PARTIAL) || further.wantsPartials()) {
            further.record(type, callId, unixMs, data);
        }
    }
}
