package dev.dialplane.inference.answers;

import java.time.LocalDate;
import java.util.Map;

/**
 * A caller's turn.
 *
 * @param said by the caller
 * @param before what the agent said last, heard or not; empty at the start
 * @param state what the last reply left
 * @param today where the call is
 * @param variables of the call, by name
 */
record Turn(String said, String before, AnswersState state, LocalDate today, Map<String, String> variables) {}
