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
 * @param errands tools whose results are no turns yet
 * @param providerState what the model's provider wants back, opaque
 * @param expected what the agent's last words ask for
 * @param callerTurns how many turns the caller had
 * @param consent whether the caller lets the call be recorded
 * @param sensitive whether what is being said must not be kept
 */
public record Memory(
        List<Turn> turns,
        List<Errand> errands,
        ByteString providerState,
        Expected expected,
        int callerTurns,
        Consent consent,
        boolean sensitive) {
    /** Of a conversation without tools. Agents of two releases hand calls to one another: it never changes. */
    static final int PLAIN = 1;

    /** Of one with tools, which agents of the first release do not know. */
    static final int WITH_TOOLS = 2;

    /** Of one that is recorded, or may be, or holds what must not be, or in which keys were pressed. */
    static final int WITH_CONSENT = 3;

    /** A conversation is some kilobytes; a megabyte is none. */
    static final int MOST_BYTES = 1 << 20;

    /** The version of {@link #toBytes()}, beside the bytes in a checkpoint: the lowest that holds all of it. */
    public int version() {
        if (!consent.equals(Consent.NONE) || sensitive || turns.stream().anyMatch(Memory::hasKeys)) {
            return WITH_CONSENT;
        }
        return errands.isEmpty() && turns.stream().noneMatch(Turn.Tool.class::isInstance) ? PLAIN : WITH_TOOLS;
    }

    /** The bytes of a checkpoint of {@link #version()}. */
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
                    case Turn.Caller(String words, String keys) -> {
                        out.writeByte(keys.isEmpty() ? 1 : 4);
                        write(out, words);
                        if (!keys.isEmpty()) {
                            write(out, keys);
                        }
                    }
                    case Turn.Agent(String heard, String notHeard) -> {
                        out.writeByte(2);
                        write(out, heard);
                        write(out, notHeard);
                    }
                    case Turn.Tool(Errand errand) -> {
                        out.writeByte(3);
                        write(out, errand);
                    }
                }
            }
            if (version() >= WITH_TOOLS) {
                out.writeInt(errands.size());
                for (Errand errand : errands) {
                    write(out, errand);
                }
            }
            if (version() >= WITH_CONSENT) {
                write(out, consent);
                out.writeBoolean(sensitive);
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
        if (version < PLAIN || version > WITH_CONSENT) {
            throw new IllegalArgumentException(
                    "checkpoint.version is " + version + ", allowed is " + PLAIN + " to " + WITH_CONSENT);
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
                int kind = bounded(in.readByte(), kindsOf(version), "kind of a turn");
                turns.add(
                        switch (kind) {
                            case 1 -> new Turn.Caller(text(in));
                            case 2 -> new Turn.Agent(text(in), text(in));
                            case 3 -> new Turn.Tool(errand(in));
                            case 4 -> new Turn.Caller(text(in), text(in));
                            default ->
                                throw new IllegalArgumentException(
                                        "checkpoint.state: kind of a turn is 0, allowed is 1 and more");
                        });
            }
            int running = version == PLAIN ? 0 : bounded(in.readInt(), Dialogue.MOST_TURNS, "errands");
            List<Errand> errands = new ArrayList<>(running);
            for (int i = 0; i < running; i++) {
                errands.add(errand(in));
            }
            Consent consent = version < WITH_CONSENT ? Consent.NONE : consent(in);
            boolean sensitive = version >= WITH_CONSENT && in.readBoolean();
            if (in.read() != -1) {
                throw new IllegalArgumentException("checkpoint.state has bytes after its end");
            }
            return new Memory(
                    List.copyOf(turns), List.copyOf(errands), providerState, expected, callerTurns, consent, sensitive);
        } catch (EOFException e) {
            throw new IllegalArgumentException("checkpoint.state ends in the middle", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean hasKeys(Turn turn) {
        return turn instanceof Turn.Caller caller && !caller.keys().isEmpty();
    }

    private static int kindsOf(int version) {
        return switch (version) {
            case PLAIN -> 2;
            case WITH_TOOLS -> 3;
            default -> 4;
        };
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static void write(DataOutputStream out, Errand errand) throws IOException {
        write(out, errand.key());
        write(out, errand.tool());
        write(out, errand.arguments());
        String result = errand.result();
        out.writeBoolean(result != null);
        if (result != null) {
            write(out, result);
        }
    }

    private static Errand errand(DataInputStream in) throws IOException {
        return new Errand(text(in), text(in), text(in), in.readBoolean() ? text(in) : null);
    }

    private static void write(DataOutputStream out, Consent consent) throws IOException {
        out.writeByte(consent.state().ordinal());
        out.writeLong(consent.askedAt());
        out.writeLong(consent.askedMediaMs());
        out.writeLong(consent.answeredAt());
        out.writeInt(consent.turn());
        out.writeByte(consent.by().ordinal());
    }

    private static Consent consent(DataInputStream in) throws IOException {
        Consent.State[] states = Consent.State.values();
        Consent.By[] ways = Consent.By.values();
        return new Consent(
                states[bounded(in.readByte(), states.length - 1, "consent")],
                in.readLong(),
                in.readLong(),
                in.readLong(),
                bounded(in.readInt(), Integer.MAX_VALUE, "turn of the consent"),
                ways[bounded(in.readByte(), ways.length - 1, "way of the consent")]);
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
