package dev.dialplane.inference.answers;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import dev.dialplane.inference.answers.value.SlotValue;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What a conversation is about to settle; travels with the call.
 *
 * @param version of this form
 * @param mode what the last reply asked for
 * @param answer the pool's answer whose slots are being filled; −1 if none is
 * @param slots what is known of them, by name
 * @param asking the slot that was asked for; empty if none was
 * @param tries how often in a row that was not understood
 * @param offered answers of which one may have been meant
 * @param said what the caller said before it was asked what that meant
 * @param more whether the caller was asked if there is anything else
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
record AnswersState(
        int version,
        Mode mode,
        int answer,
        Map<String, SlotValue> slots,
        String asking,
        int tries,
        List<Integer> offered,
        String said,
        boolean more) {
    static final int VERSION = 1;
    private static final int MAX_BYTES = 64 << 10;
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    enum Mode {
        OPEN,
        COLLECTING,
        CONFIRMING,
        CHANGING,
        CLARIFYING
    }

    AnswersState {
        mode = mode == null ? Mode.OPEN : mode;
        slots = slots == null ? Map.of() : java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(slots));
        asking = asking == null ? "" : asking;
        offered = offered == null ? List.of() : List.copyOf(offered);
        said = said == null ? "" : said;
    }

    static AnswersState open() {
        return open(0, false);
    }

    static AnswersState open(int tries, boolean more) {
        return new AnswersState(VERSION, Mode.OPEN, -1, Map.of(), "", tries, List.of(), "", more);
    }

    static AnswersState filling(Mode mode, int answer, Map<String, SlotValue> slots, String asking, int tries) {
        return new AnswersState(VERSION, mode, answer, slots, asking, tries, List.of(), "", false);
    }

    static AnswersState clarifying(List<Integer> offered, String said, int tries) {
        return new AnswersState(VERSION, Mode.CLARIFYING, -1, Map.of(), "", tries, offered, said, false);
    }

    ByteString toBytes() {
        try {
            return ByteString.copyFrom(MAPPER.writeValueAsBytes(this));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * What was kept; an open conversation if there is nothing, or nothing that this version and this pool can read.
     *
     * @param answers how many the pool has
     */
    static AnswersState of(ByteString bytes, int answers) {
        if (bytes.isEmpty() || bytes.size() > MAX_BYTES) {
            return open();
        }
        try {
            AnswersState state = MAPPER.readValue(bytes.toByteArray(), AnswersState.class);
            boolean fits = state.version == VERSION
                    && state.answer < answers
                    && state.offered.stream().allMatch(it -> it >= 0 && it < answers)
                    && (state.answer >= 0 || state.mode == Mode.OPEN || state.mode == Mode.CLARIFYING)
                    && (state.mode != Mode.CLARIFYING || !state.offered.isEmpty());
            return fits ? state : open();
        } catch (IOException e) {
            return open();
        }
    }
}
