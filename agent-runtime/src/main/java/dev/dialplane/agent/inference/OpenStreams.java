package dev.dialplane.agent.inference;

/** How many RPCs to inference are open: none may be left after a call. Used on the loop only. */
final class OpenStreams {
    private int count;

    void opened() {
        count++;
    }

    void closed() {
        count--;
    }

    int count() {
        return count;
    }
}
