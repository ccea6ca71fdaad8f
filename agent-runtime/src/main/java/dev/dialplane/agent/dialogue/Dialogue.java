package dev.dialplane.agent.dialogue;

import com.google.protobuf.ByteString;
import dev.dialplane.agent.turn.Thought.Expected;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The conversation so far: what the caller said, and what the caller heard. Nothing gets in before its turn is committed.
 * For one thread.
 */
public final class Dialogue {
    /** Older turns are forgotten; a phone call has some dozens. */
    static final int MOST_TURNS = 400;

    /**
     * Of what tools have found, in characters: the oldest results are forgotten beyond it. In the longest UTF-8 it still fits
     * into a checkpoint.
     */
    static final int MOST_RESULTS = Memory.MOST_BYTES / 4;

    static final String FORGOTTEN = "{\"error\": \"it is too long ago\"}";

    private final List<Turn> turns = new ArrayList<>();
    /** What is run for the last reply, until its results are turns. */
    private final List<Errand> errands = new ArrayList<>();

    private boolean told;

    private ByteString providerState = ByteString.EMPTY;
    private Expected expected = Expected.ANYTHING;
    private ByteString stateBefore = ByteString.EMPTY;
    private Expected expectedBefore = Expected.ANYTHING;
    private Consent consent = Consent.NONE;
    private boolean sensitive;
    private boolean sensitiveBefore;
    private int callerTurns;

    /** A conversation that has not begun. */
    public Dialogue() {}

    /** One that another agent left, or this one. */
    public Dialogue(Memory memory) {
        turns.addAll(memory.turns());
        errands.addAll(memory.errands());
        providerState = memory.providerState();
        expected = memory.expected();
        consent = memory.consent();
        sensitive = memory.sensitive();
        callerTurns = memory.callerTurns();
    }

    /**
     * Takes back what the caller said last, if nobody has heard a word of the reply: it is to be answered, perhaps once
     * more, as if it had just been said. Not so where a tool runs for the reply: it goes on from the result.
     *
     * @return that turn; empty if there is none such
     */
    public Optional<Turn.Caller> takeUnanswered() {
        if (!unanswered() || !(turns.getLast() instanceof Turn.Caller said)) {
            return Optional.empty();
        }
        turns.removeLast();
        callerTurns--;
        return Optional.of(said);
    }

    /** The caller said something; returns its number, from 1. */
    public int callerSaid(Turn.Caller said) {
        takeResults();
        stateBefore = providerState;
        expectedBefore = expected;
        sensitiveBefore = sensitive;
        add(said);
        return ++callerTurns;
    }

    /** The agent said something, and the caller heard that much; what nobody heard is no turn. */
    public void agentSaid(String heard, String notHeard) {
        if (!heard.isEmpty()) {
            add(new Turn.Agent(heard, notHeard));
        }
    }

    /** Tools are run for the last reply. */
    public void errandsBegin(List<Errand> begun) {
        errands.addAll(begun);
    }

    /** One has a result. */
    public void errandDone(String key, String result) {
        errands.replaceAll(errand -> errand.key().equals(key) ? errand.done(result) : errand);
    }

    /** Those whose results are no turns yet. */
    public List<Errand> errands() {
        return List.copyOf(errands);
    }

    /** Whether a tool is still running. */
    public boolean errandsRun() {
        return errands.stream().anyMatch(Errand::running);
    }

    /** Whether all tools have given results of which the caller has not heard, unless what was said since told of them. */
    public boolean owesResults() {
        return errands.isEmpty() ? !told && !turns.isEmpty() && turns.getLast() instanceof Turn.Tool : !errandsRun();
    }

    /** There is nothing to say about the results. */
    public void resultsTold() {
        told = true;
    }

    /** How many tools were run for a turn of the caller's. */
    public int errandsFor(int callerTurn) {
        String prefix = Errand.key(callerTurn, "");
        Stream<Errand> done = turns.stream()
                .flatMap(turn -> turn instanceof Turn.Tool(Errand errand) ? Stream.of(errand) : Stream.empty());
        return (int) Stream.concat(done, errands.stream())
                .filter(errand -> errand.key().startsWith(prefix))
                .count();
    }

    /** Makes turns of the results that there are. */
    public void takeResults() {
        told = told && errands.stream().allMatch(Errand::running);
        errands.stream().filter(errand -> !errand.running()).forEach(errand -> add(new Turn.Tool(errand)));
        errands.removeIf(errand -> !errand.running());
    }

    /**
     * What the provider wants back, once the turn that it belongs to is committed.
     *
     * @param nowSensitive the reply, or what the caller is to say to it, must not be kept
     */
    public void providerState(ByteString state, Expected nowExpected, boolean nowSensitive) {
        providerState = state;
        expected = nowExpected;
        sensitive = nowSensitive;
    }

    /** What the agent's last words ask for. */
    public Expected expected() {
        return consent.state() == Consent.State.ASKED ? Expected.YES_OR_NO : expected;
    }

    /** Whether what is being said must not be kept. */
    public boolean sensitive() {
        return sensitive;
    }

    /** Whether the caller lets the call be recorded. */
    public Consent consent() {
        return consent;
    }

    /** That is settled further. */
    public void consent(Consent now) {
        consent = now;
    }

    /** How many turns the caller had. */
    public int callerTurns() {
        return callerTurns;
    }

    /** What the provider returned last. */
    public ByteString providerState() {
        return providerState;
    }

    /** The turns. */
    public List<Turn> turns() {
        return List.copyOf(turns);
    }

    /** The turns as they go to inference, with what the caller has just said at the end. */
    public List<DialogueTurn> with(Turn.Caller said) {
        List<DialogueTurn> all = new ArrayList<>(turns.size() + errands.size() + 1);
        all.addAll(asIs());
        errands.stream()
                .filter(errand -> !errand.running())
                .forEach(errand -> all.add(new Turn.Tool(errand).toProto()));
        all.add(said.toProto());
        return all;
    }

    /** The turns as they go to inference. */
    public List<DialogueTurn> asIs() {
        return turns.stream().map(Turn::toProto).toList();
    }

    /** The same, without what {@link #takeUnanswered} would take back. */
    public List<DialogueTurn> answered() {
        List<DialogueTurn> all = asIs();
        return unanswered() ? all.subList(0, all.size() - 1) : all;
    }

    /** All that another agent needs to go on. A caller's turn at the end is for it to answer, from the state before it. */
    public Memory memory() {
        boolean unanswered = unanswered();
        return new Memory(
                turns(),
                errands(),
                unanswered ? stateBefore : providerState,
                unanswered ? expectedBefore : expected,
                callerTurns,
                consent,
                unanswered ? sensitiveBefore : sensitive);
    }

    private boolean unanswered() {
        return errands.isEmpty() && !turns.isEmpty() && turns.getLast() instanceof Turn.Caller;
    }

    private void add(Turn turn) {
        if (turns.size() == MOST_TURNS) {
            turns.removeFirst();
        }
        turns.add(turn);
        if (turn instanceof Turn.Tool) {
            forgetOldResults();
        }
    }

    private void forgetOldResults() {
        int room = MOST_RESULTS;
        for (int i = turns.size() - 1; i >= 0; i--) {
            if (turns.get(i) instanceof Turn.Tool(Errand errand)) {
                room -= errand.result() == null ? 0 : errand.result().length();
                if (room < 0) {
                    turns.set(i, new Turn.Tool(errand.done(FORGOTTEN)));
                }
            }
        }
    }
}
