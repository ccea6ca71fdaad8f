package dev.dialplane.gateway.carrier;

import java.util.List;

/**
 * All that differs between carriers, as data: a new carrier is a value of this, a parser of its messages and a writer of
 * ours.
 *
 * @param name the carrier, as sessions name it
 * @param clear whether queued audio can be thrown away
 * @param pause whether playback can be paused and go on at the exact sample
 * @param acks whether positions are acknowledged
 * @param afterClear what becomes of marks that are pending at a clear
 * @param chunk sizes of an outbound message
 * @param lead how far ahead of its ear the carrier is fed, ms
 * @param maxMarks marks without an answer that the carrier bears
 * @param codecs what it speaks, the preferred one first
 * @param timestamps whether inbound audio carries its own time
 * @param farEndDelay from our socket to the far end's ear, one way, ms
 * @param closeMeans what the carrier does when we close the stream
 * @param dtmfOut whether digits can be sent
 * @param transfer whether a call can be put through to a number
 * @param reconnect whether the carrier comes back after a broken stream
 */
public record Dialect(
        String name,
        boolean clear,
        boolean pause,
        boolean acks,
        AfterClear afterClear,
        Chunk chunk,
        int lead,
        int maxMarks,
        List<Coding> codecs,
        boolean timestamps,
        int farEndDelay,
        CloseMeans closeMeans,
        boolean dtmfOut,
        boolean transfer,
        boolean reconnect) {

    /** What becomes of pending marks at a clear. None of it counts as heard. */
    public enum AfterClear {
        /** All come back at once. */
        ECHOED,
        /** None comes back. */
        DROPPED,
        /** Each says whether it was played. */
        TYPED
    }

    /** What the carrier does when the stream is closed from here. */
    public enum CloseMeans {
        /** It asks for the next step. */
        NEXT_STEP,
        /** It ends the call. */
        HANG_UP
    }

    /** A coding at a rate, mono. */
    public enum Coding {
        PCMU_8000(1, 8_000),
        PCMA_8000(1, 8_000),
        L16_8000(2, 8_000),
        L16_16000(2, 16_000);

        private final int bytesPerSample;
        private final int sampleRate;

        Coding(int bytesPerSample, int sampleRate) {
            this.bytesPerSample = bytesPerSample;
            this.sampleRate = sampleRate;
        }

        /** Bytes of one sample. */
        public int bytesPerSample() {
            return bytesPerSample;
        }

        /** Samples a second. */
        public int sampleRate() {
            return sampleRate;
        }
    }

    /** Sizes of an outbound message, in bytes. */
    public record Chunk(int min, int max, int align) {}
}
