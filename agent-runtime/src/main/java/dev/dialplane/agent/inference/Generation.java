package dev.dialplane.agent.inference;

import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.GenerateDone;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.GenerateResponse;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import io.grpc.Status;

/** One reply of a language model, as it comes. Used on the loop only. */
public final class Generation {
    /** Hears the reply, on the loop. */
    public interface Listener {
        /** A further piece of the text. */
        void text(String delta);

        /** What the agent is to do once the turn is committed and said. */
        void action(Action action);

        /** A tool to be run once the turn is committed, or a further piece of its arguments. */
        void toolCall(ToolCallDelta delta);

        /** The reply is whole. */
        void done(GenerateDone done);

        /** It will not come, or not go on. */
        void failed(Status status);
    }

    private final Tracked<GenerateRequest, GenerateResponse> responses;

    Generation(Stubs stubs, String token, GenerateRequest request, Listener listener) {
        responses = new Tracked<>(stubs.open()) {
            private boolean whole;

            @Override
            void received(GenerateResponse message) {
                switch (message.getMessageCase()) {
                    case TEXT -> listener.text(message.getText().getText());
                    case ACTION -> listener.action(message.getAction());
                    case DONE -> {
                        whole = true;
                        listener.done(message.getDone());
                    }
                    case TOOL_CALL -> listener.toolCall(message.getToolCall());
                    case MESSAGE_NOT_SET -> {}
                }
            }

            @Override
            void failed(Status status) {
                if (!whole) {
                    listener.failed(status);
                }
            }

            @Override
            void completed() {
                if (!whole) {
                    listener.failed(Status.INTERNAL.withDescription("the reply ended without being done"));
                }
            }
        };
        stubs.languageModel(token).generate(request, responses);
    }

    /** Stops it; nothing is heard of it any more. */
    public void cancel() {
        responses.cancel();
    }
}
