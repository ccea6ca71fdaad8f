package dev.dialplane.inference.local;

import dev.dialplane.inference.failure.ModelException;
import java.util.concurrent.Callable;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A model that is loaded when somebody first wants it, once for all; a failure is not remembered. */
final class Loaded<T> {
    private static final Logger LOG = Logger.getLogger(Loaded.class);

    private final String model;
    private final Callable<T> loader;
    private volatile @Nullable T loaded;

    Loaded(String model, Callable<T> loader) {
        this.model = model;
        this.loader = loader;
    }

    /** The model. Blocks while it is being loaded. */
    T get() {
        T ready = loaded;
        return ready != null ? ready : load();
    }

    /** The model if it was loaded. */
    @Nullable
    T peek() {
        return loaded;
    }

    private synchronized T load() {
        T ready = loaded;
        if (ready != null) {
            return ready;
        }
        long begun = System.nanoTime();
        try {
            ready = loader.call();
        } catch (ModelException e) {
            throw e;
        } catch (Exception | LinkageError e) {
            LOG.errorf(e, "model local/%s cannot be loaded", model);
            throw ModelException.providerDown(LocalProvider.NAME, model, String.valueOf(e.getMessage()));
        }
        loaded = ready;
        LOG.infof("loaded local/%s in %d ms", model, (System.nanoTime() - begun) / 1_000_000);
        return ready;
    }
}
