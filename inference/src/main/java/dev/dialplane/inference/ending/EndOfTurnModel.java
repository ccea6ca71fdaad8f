package dev.dialplane.inference.ending;

import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.timing.Cancellable;
import java.util.function.Consumer;

/** A model that tells whether a caller has finished. One serves every call. */
public interface EndOfTurnModel {
    /**
     * Begins to judge; returns at once.
     *
     * @param done given the prediction, on any thread
     * @param failed given why there is none, in the same way
     * @return stops it; nothing is heard of it any more
     * @throws ModelException RESOURCE_EXHAUSTED if too many wait
     */
    Cancellable predict(EndOfTurnRequest request, Consumer<EndOfTurnPrediction> done, Consumer<ModelException> failed);
}
