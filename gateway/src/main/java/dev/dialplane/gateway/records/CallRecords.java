package dev.dialplane.gateway.records;

/** Where the records of calls go. Returns at once, whatever becomes of them. */
public interface CallRecords {
    /** Whether partial transcripts are wanted. */
    boolean wantsPartials();

    /**
     * Something happened in a call.
     *
     * @param type the CloudEvent's type
     * @param callId the CloudEvent's subject
     * @param unixMs when
     * @param data a JSON object
     */
    void record(String type, String callId, long unixMs, String data);

    /** Records that go nowhere. */
    CallRecords NONE = new CallRecords() {
        @Override
        public boolean wantsPartials() {
            return false;
        }

        @Override
        public void record(String type, String callId, long unixMs, String data) {}
    };
}
