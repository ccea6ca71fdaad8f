package dev.dialplane.gateway.carrier;

import dev.dialplane.audio.G711;
import dev.dialplane.audio.L16;
import dev.dialplane.audio.SampleCoding;
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

    /** The same carrier with other codecs. */
    public Dialect speaking(List<Coding> others) {
        return new Dialect(
                name,
                clear,
                pause,
                acks,
                afterClear,
                chunk,
                lead,
                maxMarks,
                others,
                timestamps,
                farEndDelay,
                closeMeans,
                dtmfOut,
                transfer,
                reconnect);
    }

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

    /** A coding at a rate, mono, by the name that carriers give it. */
    public enum Coding {
        PCMU_8000("audio/x-mulaw", 8_000, G711.MU_LAW),
        PCMA_8000("audio/x-alaw", 8_000, G711.A_LAW),
        L16_8000("audio/l16", 8_000, L16.LITTLE_ENDIAN),
        L16_16000("audio/l16", 16_000, L16.LITTLE_ENDIAN),
        /** RFC 6716, one packet a message: linear at 16 kHz for the call, which the line's edge encodes and decodes. */
        OPUS_16000("audio/opus", 16_000, L16.LITTLE_ENDIAN);

        private final String mediaType;
        private final int sampleRate;

        @SuppressWarnings("ImmutableEnumChecker")
        private final SampleCoding samples;

        Coding(String mediaType, int sampleRate, SampleCoding samples) {
            this.mediaType = mediaType;
            this.sampleRate = sampleRate;
            this.samples = samples;
        }

        /** What carriers call it, without its rate. */
        public String mediaType() {
            return mediaType;
        }

        /** How the call has its samples. */
        public SampleCoding samples() {
            return samples;
        }

        /** Bytes of one sample, as the call has it. */
        public int bytesPerSample() {
            return samples.bytesPerSample();
        }

        /** Whether a carrier may say that rate of it. Opus is Opus at any of its rates: 48000 is what RFC 7587 calls it. */
        public boolean mayBeSaid(int rate) {
            return rate == sampleRate || this == OPUS_16000 && rate == 48_000;
        }

        /** Samples a second. */
        public int sampleRate() {
            return sampleRate;
        }
    }

    /** Sizes of an outbound message, in bytes. */
    public record Chunk(int min, int max, int align) {}
}
