package dev.dialplane.agent.call;

import dev.dialplane.agent.dialogue.Dialogue;
import dev.dialplane.agent.inference.Generation;
import dev.dialplane.agent.inference.Recognition;
import dev.dialplane.agent.speaking.CarrierCodec;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.common.v1.PipelineMode;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.TranscribeStart;

/**
 * How a call's models are reached: three in a row, or one that does all and remembers by itself. Turn-taking is the same
 * for both; a model that remembers is told what became of the turns.
 */
interface Pipeline {
    /** The spec's. */
    static Pipeline of(CallContext call, Dialogue dialogue) {
        return call.spec().getPipeline().getMode() == PipelineMode.PIPELINE_MODE_SPEECH_TO_SPEECH
                ? new SpeechSession(call, dialogue)
                : new Cascade(call);
    }

    /** In what the caller's audio goes to the model that hears; its rate is the carrier's. */
    CarrierCodec wire();

    /** Opens a stream to the model that hears. */
    Recognition recognize(TranscribeStart start, Recognition.Listener listener);

    /** Has a reply made, which goes to {@code answer}. */
    Answer.Source reply(GenerateRequest request, Answer answer);

    /** Where a reply comes from that the agent makes by itself, in place of the model's. */
    Answer.Source own(Answer answer);

    /** The caller has pressed a key. */
    void key(String key);

    /** The caller's turn at hand was nothing. */
    void forget();

    /** The caller has heard as much of something as will be heard. */
    void said(Saying saying, boolean interrupted);

    /** Nothing more is heard or said. */
    void close();

    /** Three models in a row. All that they are to know comes with each request. */
    record Cascade(CallContext call) implements Pipeline {
        @Override
        public CarrierCodec wire() {
            return CarrierCodec.of(AudioFormat.newBuilder()
                    .setCodec(Codec.CODEC_L16)
                    .setSampleRateHz(call.codecIn().rate())
                    .build());
        }

        @Override
        public Recognition recognize(TranscribeStart start, Recognition.Listener listener) {
            return call.models().recognize(call.token(), start, listener);
        }

        @Override
        public Answer.Source reply(GenerateRequest request, Answer answer) {
            Generation generation = call.models().generate(call.token(), request, answer);
            return generation::cancel;
        }

        @Override
        public Answer.Source own(Answer answer) {
            return Answer.Source.NONE;
        }

        @Override
        public void key(String key) {}

        @Override
        public void forget() {}

        @Override
        public void said(Saying saying, boolean interrupted) {}

        @Override
        public void close() {}
    }
}
