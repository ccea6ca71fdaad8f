package dev.dialplane.agent.call;

import com.google.protobuf.ByteString;
import dev.dialplane.agent.speaking.Speech;
import dev.dialplane.contracts.inference.v1.GenerateDone;
import dev.dialplane.contracts.inference.v1.SessionAudioOut;
import dev.dialplane.contracts.inference.v1.SessionTranscript;
import dev.dialplane.contracts.inference.v1.SessionTurn;
import dev.dialplane.contracts.inference.v1.SessionUsage;
import dev.dialplane.contracts.inference.v1.Word;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A reply that a session makes: from its stream into an {@link Answer}. */
final class SessionReply implements Answer.Source {
    private final String id;
    private final SpeechSession session;
    private final SessionStream stream;
    private final Answer answer;
    private final int rate;
    private boolean counted;
    private boolean canceled;
    /** Where the clause at hand begins, in samples; negative if none is open. */
    private int clauseStart = -1;

    SessionReply(String id, SpeechSession session, SessionStream stream, Answer answer) {
        this.id = id;
        this.session = session;
        this.stream = stream;
        this.answer = answer;
        rate = session.call().codecOut().rate();
    }

    String id() {
        return id;
    }

    Answer answer() {
        return answer;
    }

    SessionStream stream() {
        return stream;
    }

    /** Whether that stream makes it, and still is there. */
    boolean madeBy(@Nullable SessionStream current) {
        return current == stream && !stream.ended();
    }

    /** Whether it still needs its stream: more of it will come, or whether it counts is not known. */
    boolean underWay() {
        return !canceled && (!answer.ended() || !counted);
    }

    /** How much of it the caller heard. */
    int playedMs() {
        return (int) (answer.speech().heard() * 1000L / rate);
    }

    @Override
    public void counts() {
        if (!counted) {
            counted = true;
            session.counts(this);
            stream.mayLeave();
        }
    }

    @Override
    public void cancel() {
        if (!canceled) {
            canceled = true;
            stream.interrupt(this);
        }
    }

    // What the model says.

    void transcript(SessionTranscript clause) {
        if (clauseStart < 0) {
            clauseStart = answer.speech().samples();
            answer.says(clause.getText());
        }
        if (clause.getFinal()) {
            answer.said(spans(clause));
            clauseStart = -1;
        }
    }

    /** Where the words are, that come in order. */
    private List<Speech.Span> spans(SessionTranscript clause) {
        List<Speech.Span> spans = new ArrayList<>(clause.getWordsCount());
        int end = 0;
        for (Word word : clause.getWordsList()) {
            int at = clause.getText().indexOf(word.getText(), end);
            if (at < 0) {
                return List.of();
            }
            end = at + word.getText().length();
            spans.add(new Speech.Span(at, end, within(word.getStartMs()), within(word.getEndMs())));
        }
        return spans;
    }

    private int within(long ms) {
        return (int)
                Math.clamp(ms * rate / 1000 - clauseStart, 0, answer.speech().samples() - clauseStart);
    }

    void audio(SessionAudioOut audio) {
        ByteString payload = audio.getPayload();
        if (audio.getFirstSample() != answer.speech().samples() || clauseStart < 0) {
            stream.interrupt(this);
            failed(Status.INTERNAL.withDescription("audio of a response begins at sample " + audio.getFirstSample()
                    + ", but " + answer.speech().samples() + " are there"));
            return;
        }
        answer.sounds(payload);
    }

    void generated(SessionTurn turn, SessionUsage usage) {
        answer.generated(GenerateDone.newBuilder()
                .setServedBy(turn.getServedBy())
                .setProviderState(ByteString.copyFromUtf8(turn.getResumeToken()))
                .setExpecting(turn.getExpecting())
                .setInputTokens((int) usage.getInputTokens())
                .setOutputTokens((int) usage.getOutputTokens())
                .build());
    }

    void whole() {
        answer.whole();
        stream.mayLeave();
    }

    void failed(Status status) {
        canceled = true;
        answer.failed(status);
        stream.mayLeave();
    }
}
