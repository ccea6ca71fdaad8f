package dev.dialplane.inference.conversing;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.inference.failure.ModelException;
import java.util.Base64;
import java.util.List;

/**
 * What a session leaves to one after it, in this process or another. On the wire: base64url of a {@link GenerateRequest}
 * that holds the turns and the dialogue model's state, and opaque to everybody else.
 *
 * @param turns the last ones
 * @param state what the dialogue model wants back
 */
public record ResumeToken(List<DialogueTurn> turns, ByteString state) {
    /** Of nothing. */
    public static final ResumeToken EMPTY = new ResumeToken(List.of(), ByteString.EMPTY);

    /** It travels with every turn's checkpoint, beside the turns as they were heard. */
    private static final int MOST_TURNS = 40;

    private static final int MOST_CHARACTERS = 512 << 10;

    public ResumeToken {
        turns = List.copyOf(turns.subList(Math.max(0, turns.size() - MOST_TURNS), turns.size()));
    }

    /**
     * Reads a token; an empty one is of nothing.
     *
     * @throws ModelException INVALID_ARGUMENT if it is none
     */
    public static ResumeToken of(String token) {
        if (token.isEmpty()) {
            return EMPTY;
        }
        if (token.length() > MOST_CHARACTERS) {
            throw ModelException.badRequest(
                    "start.resume_token", token.length() + " characters", "at most " + MOST_CHARACTERS);
        }
        try {
            GenerateRequest left =
                    GenerateRequest.parseFrom(Base64.getUrlDecoder().decode(token));
            return new ResumeToken(left.getDialogueList(), left.getProviderState());
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw ModelException.badRequest("start.resume_token", token, "one that a session gave");
        }
    }

    @Override
    public String toString() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(GenerateRequest.newBuilder()
                        .addAllDialogue(turns)
                        .setProviderState(state)
                        .build()
                        .toByteArray());
    }
}
