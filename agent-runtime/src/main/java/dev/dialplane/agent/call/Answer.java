package dev.dialplane.agent.call;

import com.google.protobuf.ByteString;
import dev.dialplane.agent.inference.Generation;
import dev.dialplane.agent.inference.Synthesis;
import dev.dialplane.agent.speaking.Clauses;
import dev.dialplane.agent.speaking.Encoder;
import dev.dialplane.agent.speaking.Phrases;
import dev.dialplane.agent.speaking.Speech;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.Expecting;
import dev.dialplane.contracts.inference.v1.GenerateDone;
import dev.dialplane.contracts.inference.v1.PieceDone;
import dev.dialplane.contracts.inference.v1.ServedBy;
import dev.dialplane.contracts.inference.v1.SynthesizeStart;
import dev.dialplane.contracts.inference.v1.SynthesizedAudio;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A reply on its way: the model's text, cut into clauses, spoken, encoded. Knows nothing of turns: whether any of it is
 * said is decided by {@link Turns}. Canceled, it falls silent and leaves no trace.
 */
final class Answer implements Generation.Listener, Synthesis.Listener {
    /** Hears how the reply comes along. */
    interface Listener {
        /** There is more audio, or there will be no more. */
        void progressed(Answer answer);

        /** The text is whole: there is a provider state to keep, if the turn is committed. */
        void generated(Answer answer);

        /** Nothing more will come, and not all came. */
        void failed(Answer answer, Status status);
    }

    /** Where it comes from. */
    interface Source {
        /** Nowhere: the text is known. */
        Source NONE = () -> {};

        /** Nobody wants it any more. */
        void cancel();

        /** Something of it is said. Told more than once, perhaps. */
        default void counts() {}
    }

    /** Of a tool, in characters; what is longer is no JSON any more, and the tool is not run. */
    private static final int MOST_ARGUMENTS = 16_384;

    private final CallContext call;
    private final Listener listener;
    private final String question;
    private final Speech speech;
    private final Clauses clauses = new Clauses();
    private final List<Action> actions = new ArrayList<>();
    /** By their ids, in order. */
    private final Map<String, ToolCallDelta.Builder> toolCalls = new LinkedHashMap<>();

    private Source source = Source.NONE;
    private @Nullable Synthesis synthesis;
    private @Nullable Encoder encoder;
    private @Nullable GenerateDone done;
    private int pieceBegun = -1;
    private long firstClauseAt;
    private long firstAudioAt;
    private boolean textOver;
    private boolean ended;

    /** A reply to {@code question}, whose text comes from where {@link #generate} says. */
    Answer(CallContext call, String question, Listener listener) {
        this.call = call;
        this.question = question;
        this.listener = listener;
        speech = new Speech(call.codecOut().rate(), call.codecOut().bytesPerSample());
    }

    void generate(Source comesFrom) {
        source = comesFrom;
    }

    /** Where it comes from. */
    Source source() {
        return source;
    }

    /** Something of it is said: it counts, and so does the turn that it answers. */
    void counts() {
        source.counts();
    }

    /** Speaks a text that is known, in place of a model's. */
    void speak(String text) {
        text(text);
        finishText();
    }

    /** The same in place of a model's reply to the caller, as if it had ended so. */
    void recite(String text, GenerateDone asIf) {
        done = asIf;
        speak(text);
    }

    /** What it answers. */
    String question() {
        return question;
    }

    Speech speech() {
        return speech;
    }

    boolean hasAudio() {
        return speech.samples() > 0;
    }

    /** Whether all of it is there, or nothing more will come. */
    boolean ended() {
        return ended;
    }

    /** What to do once it was said; in order. */
    List<Action> actions() {
        return actions;
    }

    /** Which tools to run, once its turn is committed. */
    List<ToolCallDelta> toolCalls() {
        return toolCalls.values().stream().map(ToolCallDelta.Builder::build).toList();
    }

    /** What the model said at its end; null before. */
    @Nullable
    GenerateDone done() {
        return done;
    }

    ByteString providerState() {
        return done == null ? ByteString.EMPTY : done.getProviderState();
    }

    Expecting expecting() {
        return done == null ? Expecting.EXPECTING_UNSPECIFIED : done.getExpecting();
    }

    /** Whether it, or what the caller is to say to it, must not be kept. */
    boolean sensitive() {
        return done != null && done.getSensitive();
    }

    /** The model that spoke, {@code provider/model}; empty if it has not said. */
    String servedBy() {
        if (done == null || !done.hasServedBy()) {
            return "";
        }
        ServedBy by = done.getServedBy();
        return by.getProvider() + "/" + by.getModel();
    }

    long firstClauseAt() {
        return firstClauseAt;
    }

    long firstAudioAt() {
        return firstAudioAt;
    }

    /** Stops model and voice; what audio there is remains. */
    void cancel() {
        ended = true;
        speech.complete();
        source.cancel();
        if (synthesis != null) {
            synthesis.cancel();
        }
    }

    @Override
    public void text(String delta) {
        if (!ended) {
            clauses.add(delta).forEach(this::clause);
        }
    }

    @Override
    public void action(Action action) {
        actions.add(action);
    }

    @Override
    public void toolCall(ToolCallDelta delta) {
        ToolCallDelta.Builder known = toolCalls.computeIfAbsent(delta.getToolCallId(), _ -> ToolCallDelta.newBuilder());
        if (!delta.getName().isEmpty()) {
            known.setName(delta.getName());
        }
        if (known.getArguments().length() + delta.getArguments().length() <= MOST_ARGUMENTS) {
            known.setArguments(known.getArguments() + delta.getArguments());
        }
    }

    @Override
    public void done(GenerateDone theDone) {
        made(theDone);
        finishText();
    }

    private void made(GenerateDone theDone) {
        done = theDone;
        call.tally().generated(theDone);
        listener.generated(this);
    }

    // Of a model that speaks by itself, in the carrier's codec.

    /** A further clause, whose audio follows. */
    void says(String clause) {
        if (ended) {
            return;
        }
        if (firstClauseAt == 0) {
            firstClauseAt = call.loop().nanos();
        }
        speech.text(clause);
        speech.pieceBegins(speech.pieces() - 1);
        call.tally().spoken(clause.length());
    }

    /** More audio of the last clause. */
    void sounds(ByteString coded) {
        if (ended || speech.pieces() == 0) {
            return;
        }
        if (firstAudioAt == 0) {
            firstAudioAt = call.loop().nanos();
        }
        speech.append(coded.toByteArray(), 0, coded.size());
        listener.progressed(this);
    }

    /** The last clause's audio is whole; {@code spans} tell where its words are. */
    void said(List<Speech.Span> spans) {
        if (!ended && speech.pieces() > 0) {
            speech.pieceEnds(speech.pieces() - 1, spans);
        }
    }

    /** The model wants nothing more said or done. */
    void generated(GenerateDone theDone) {
        if (!ended) {
            made(theDone);
        }
    }

    /** All of its audio is there. */
    void whole() {
        if (!ended) {
            end();
        }
    }

    /** Nobody waits for these tools any more. */
    void toolsCanceled(List<String> ids) {
        ids.forEach(toolCalls::remove);
    }

    // Of one that writes, and a voice.

    private void finishText() {
        if (ended) {
            return;
        }
        clauses.finish().forEach(this::clause);
        textOver = true;
        if (synthesis != null) {
            synthesis.finish();
        } else {
            end();
        }
    }

    private void clause(String clause) {
        if (synthesis == null) {
            firstClauseAt = call.loop().nanos();
            synthesis = call.models().synthesize(call.token(), startMessage(), this);
        }
        speech.text(clause);
        call.tally().spoken(clause.length());
        synthesis.text(clause);
    }

    @Override
    public void started(AudioFormat format) {
        try {
            encoder = new Encoder(format, call.codecOut());
        } catch (IllegalArgumentException e) {
            failed(Status.INTERNAL.withDescription("the voice's format: " + e.getMessage()));
        }
    }

    @Override
    public void audio(SynthesizedAudio audio) {
        Encoder current = encoder;
        if (ended || current == null || audio.getSequence() >= speech.pieces()) {
            return;
        }
        if (firstAudioAt == 0) {
            firstAudioAt = call.loop().nanos();
        }
        begin(audio.getSequence());
        current.encode(audio.getPayload(), speech);
        listener.progressed(this);
    }

    @Override
    public void pieceDone(PieceDone piece) {
        Encoder current = encoder;
        if (ended || current == null || piece.getSequence() >= speech.pieces()) {
            return;
        }
        begin(piece.getSequence());
        speech.pieceEnds(piece.getSequence(), Phrases.spans(piece.getAlignmentList(), current.ratio()));
    }

    private void begin(int piece) {
        if (piece > pieceBegun) {
            pieceBegun = piece;
            speech.pieceBegins(piece);
        }
    }

    @Override
    public void spoken() {
        if (ended) {
            return;
        }
        if (!textOver) {
            failed(Status.INTERNAL.withDescription("the voice ended before the text"));
            return;
        }
        if (encoder != null) {
            encoder.finish(speech);
        }
        end();
    }

    @Override
    public void failed(Status status) {
        if (!ended) {
            cancel();
            listener.failed(this, status);
        }
    }

    private void end() {
        ended = true;
        speech.complete();
        listener.progressed(this);
    }

    private SynthesizeStart startMessage() {
        return SynthesizeStart.newBuilder()
                .setModel(call.voice())
                .setLanguage(call.spec().getLanguage())
                .setFormat(AudioFormat.newBuilder()
                        .setCodec(Codec.CODEC_L16)
                        .setSampleRateHz(call.codecOut().rate()))
                .setSpecHash(call.prepared().hash())
                .build();
    }
}
