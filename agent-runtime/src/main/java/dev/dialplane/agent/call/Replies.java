package dev.dialplane.agent.call;

import dev.dialplane.agent.dialogue.Dialogue;
import dev.dialplane.agent.loop.Loop;
import dev.dialplane.agent.turn.Thought.Expected;
import dev.dialplane.contracts.common.v1.SlowModel;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Expecting;
import dev.dialplane.contracts.inference.v1.GenerateDone;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import io.grpc.Status;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks for replies, and asks again when one failed before anything of it was heard. */
final class Replies {
    private static final int MOST_TOKENS = 300;
    private static final long FIRST_RETRY_NANOS = 250_000_000;
    private static final long LONGEST_RETRY_NANOS = 2_000_000_000L;

    private final CallContext call;
    private final Pipeline pipeline;
    private final Answer.Listener listener;
    private final Consenting consenting;
    private Loop.@Nullable Timer retry;
    private final Preparing preparing;
    private long retryNanos = FIRST_RETRY_NANOS;
    private boolean preparedAgain;

    Replies(CallContext call, Pipeline pipeline, Consenting consenting, Answer.Listener listener) {
        this.call = call;
        this.pipeline = pipeline;
        this.consenting = consenting;
        this.listener = listener;
        preparing = new Preparing(call);
    }

    /** Begins a reply to what the caller has said. */
    Answer begin(Dialogue dialogue, CallerTurn turn, boolean speculative) {
        String text = turn.text();
        Optional<String> known = consenting.reply(turn);
        if (known.isPresent()) {
            Answer answer = new Answer(call, text, listener);
            answer.generate(pipeline.own(answer));
            answer.recite(
                    known.get(),
                    GenerateDone.newBuilder()
                            .setProviderState(dialogue.providerState())
                            .setExpecting(Expecting.EXPECTING_OPEN)
                            .build());
            return answer;
        }
        return begin(dialogue, text, dialogue.with(turn.said()), speculative);
    }

    /** Begins a reply to what has happened since: a tool's result, or a reply that broke off. */
    Answer goOn(Dialogue dialogue) {
        return begin(dialogue, "", dialogue.asIs(), false);
    }

    private Answer begin(Dialogue dialogue, String text, List<DialogueTurn> turns, boolean speculative) {
        Answer answer = new Answer(call, text, listener);
        SlowModel slow = call.spec().getSlowModel();
        ZoneId zone = ZoneId.systemDefault();
        GenerateRequest request = GenerateRequest.newBuilder()
                .setModel(call.spec().getPipeline().getLanguageModel())
                .setSpecHash(call.prepared().hash())
                .addAllDialogue(turns)
                .setProviderState(dialogue.providerState())
                .setSpeculative(speculative)
                .setCacheKey(call.fence().callId())
                .setFirstPieceDeadlineMs(slow.getFallbackMs())
                .setNextPieceDeadlineMs(slow.getFallbackMs())
                .setHedgeAfterMs(slow.getHedgeMs())
                .putAllVariables(call.offer().getVariablesMap())
                .setMaxTokens(MOST_TOKENS)
                .setLocalTime(Instant.ofEpochMilli(call.loop().wallMillis())
                        .truncatedTo(ChronoUnit.SECONDS)
                        .atZone(zone)
                        .toOffsetDateTime()
                        .toString())
                .setTimeZone(zone.getId())
                .build();
        answer.generate(pipeline.reply(request, answer));
        return answer;
    }

    /**
     * Runs {@code attempt} after a while that grows; at once, after preparing again, when inference has forgotten the spec.
     * How long in all is {@link Patience}'s to say.
     */
    void again(Status status, Runnable attempt) {
        close();
        if (status.getCode() == Status.Code.NOT_FOUND && !preparedAgain) {
            preparedAgain = true;
            preparing.begin(attempt, failure -> again(failure, attempt));
            return;
        }
        retry = call.loop().after(retryNanos, () -> {
            call.models().reconnect();
            attempt.run();
        });
        retryNanos = Math.min(2 * retryNanos, LONGEST_RETRY_NANOS);
    }

    /** A reply came: the next failure is a new one. */
    void worked() {
        retryNanos = FIRST_RETRY_NANOS;
        preparedAgain = false;
    }

    /** Asks no more. */
    void close() {
        if (retry != null) {
            retry.cancel();
            retry = null;
        }
        if (preparing.cancel()) {
            preparedAgain = false;
        }
    }

    static Expected expected(Expecting expecting) {
        return switch (expecting) {
            case EXPECTING_YES_NO -> Expected.YES_OR_NO;
            case EXPECTING_VALUE -> Expected.VALUE;
            case EXPECTING_NOTHING -> Expected.NOTHING;
            case EXPECTING_OPEN, EXPECTING_UNSPECIFIED, UNRECOGNIZED -> Expected.ANYTHING;
        };
    }
}
