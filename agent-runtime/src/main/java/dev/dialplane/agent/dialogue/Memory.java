package dev.dialplane.agent.dialogue;

import com.google.protobuf.ByteString;
import dev.dialplane.agent.turn.Thought.Expected;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation as it goes into a checkpoint and out of it.
 *
 * @param turns the turns, oldest first
 * @param providerState what the model's provider wants back, opaque
 * @param expected what the agent's last words ask for
 * @param callerTurns how many turns the caller had
 */
public record Memory(List<Turn> turns, ByteString providerState, Expected expected, int callerTurns) {
    /** The version of {@link #toBytes()}, beside the bytes in a checkpoint. */
    public static final int VERSION = 1;

    /** A conversation is some kilobytes; a megabyte is none. */
    static final int MOST_BYTES = 1 << 20;

    /** The bytes of a checkpoint of {@link #VERSION}. */
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(callerTurns);
            out.writeByte(expected.ordinal());
            out.writeInt(providerState.size());
            providerState.writeTo(out);
            out.writeInt(turns.size());
            for (Turn turn : turns) {
                switch (turn) {
                    case Turn.Caller(String text) -> {
                        out.writeByte(1);
                        write(out, text);
                    }
                    case Turn.Agent(String heard, String notHeard) -> {
                        out.writeByte(2);
                        write(out, heard);
                        write(out, notHeard);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads a checkpoint.
     *
     * @throws IllegalArgumentException if the version is another, or the bytes are not what that version says
     */
    public static Memory of(int version, ByteString state) {
        if (version != VERSION) {
            throw new IllegalArgumentException("checkpoint.version is " + version + ", allowed is " + VERSION);
        }
        if (state.size() > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "checkpoint.state has " + state.size() + " bytes, allowed are " + MOST_BYTES);
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state.toByteArray()))) {
            int callerTurns = bounded(in.readInt(), Integer.MAX_VALUE, "callers' turns");
            Expected expected = Expected.values()[bounded(in.readByte(), Expected.values().length - 1, "expectation")];
            ByteString providerState = ByteString.copyFrom(bytes(in));
            int count = bounded(in.readInt(), Dialogue.MOST_TURNS, "turns");
            List<Turn> turns = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                int kind = bounded(in.readByte(), 2, "kind of a turn");
                turns.add(
                        switch (kind) {
                            case 1 -> new Turn.Caller(text(in));
                            case 2 -> new Turn.Agent(text(in), text(in));
                            default ->
                                throw new IllegalArgumentException(
                                        "checkpoint.state: kind of a turn is 0, allowed are 1 and 2");
                        });
            }
            if (in.read() != -1) {
                throw new IllegalArgumentException("checkpoint.state has bytes after its end");
            }
            return new Memory(List.copyOf(turns), providerState, expected, callerTurns);
        } catch (EOFException e) {
            throw new IllegalArgumentException("checkpoint.state ends in the middle", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = bounded(in.readInt(), MOST_BYTES, "length");
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    private static int bounded(int value, int most, String what) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(
                    "checkpoint.state: " + what + " is " + value + ", allowed is 0 to " + most);
        }
        return value;
    }
}
