package dev.dialplane.inference.service;

import dev.dialplane.inference.model.ModelCatalog;
import dev.dialplane.inference.model.Preparation;
import dev.dialplane.inference.timing.Timers;
import java.util.concurrent.Executor;

/**
 * What sessions are served with.
 *
 * @param executor loads models, which may block
 */
record SessionModels(
        ModelCatalog catalog,
        Preparation preparation,
        Timers timers,
        Executor executor,
        ModelMetrics metrics,
        FirstPieces firstPieces) {}
