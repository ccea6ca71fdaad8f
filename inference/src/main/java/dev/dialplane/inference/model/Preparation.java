package dev.dialplane.inference.model;

import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.common.v1.Pipeline;
import dev.dialplane.contracts.common.v1.PipelineMode;
import dev.dialplane.contracts.inference.v1.ModelsPrepareResponse;
import dev.dialplane.inference.InferenceConfig;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.timing.Timers;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Makes pools ready, each spec once however many agents ask at the same time, and remembers them by hash. */
@ApplicationScoped
public class Preparation {
    private static final Logger LOG = Logger.getLogger(Preparation.class);

    private record Ready(PreparedSpec spec, ModelsPrepareResponse response) {}

    private record Entry(AgentSpec spec, CompletableFuture<Ready> ready) {}

    private final ModelCatalog catalog;
    private final Timers timers;
    private final int limit;
    /** In order of use. Guarded by itself. */
    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    public Preparation(ModelCatalog catalog, Timers timers, InferenceConfig config) {
        this.catalog = catalog;
        this.timers = timers;
        limit = config.preparedSpecs();
    }

    /**
     * Makes the spec ready. Blocks until it is, also when somebody else asked first.
     *
     * @throws ModelException NOT_FOUND if a provider or model does not exist; others as the models fail. A failure is not
     *     remembered
     */
    public ModelsPrepareResponse prepare(String hash, AgentSpec spec) {
        if (hash.isEmpty()) {
            throw ModelException.badRequest("spec_hash", hash, "the hash that the operator made");
        }
        CompletableFuture<Ready> mine = new CompletableFuture<>();
        Entry entry;
        synchronized (entries) {
            Entry known = entries.get(hash);
            if (known == null || !known.spec().equals(spec)) {
                entry = new Entry(spec, mine);
                entries.put(hash, entry);
                evict();
            } else {
                entry = known;
            }
        }
        if (entry.ready() == mine) {
            work(hash, entry);
        }
        try {
            return entry.ready().join().response();
        } catch (CompletionException e) {
            throw ModelException.of(e.getCause() == null ? e : e.getCause(), "Models.Prepare");
        }
    }

    /** What was prepared; NOT_FOUND if it was not, or is forgotten. Waits for a preparation under way. */
    public PreparedSpec find(String hash) {
        Entry entry;
        synchronized (entries) {
            entry = entries.get(hash);
        }
        if (entry == null) {
            throw ModelException.unknownSpec(hash);
        }
        try {
            return entry.ready().join().spec();
        } catch (CompletionException e) {
            throw ModelException.unknownSpec(hash);
        }
    }

    private void work(String hash, Entry entry) {
        long begun = timers.nanos();
        try {
            PreparedSpec prepared = new PreparedSpec(hash, inParts(entry.spec()));
            Pipeline pipeline = prepared.spec().getPipeline();
            with(pipeline.getSpeechToText(), ModelPart.SPEECH_TO_TEXT, prepared);
            with(pipeline.getLanguageModel(), ModelPart.LANGUAGE_MODEL, prepared);
            with(pipeline.getTextToSpeech(), ModelPart.TEXT_TO_SPEECH, prepared);
            withEndOfTurn(pipeline, prepared);
            ModelsPrepareResponse.Builder response = ModelsPrepareResponse.newBuilder()
                    .addAllPhrases(FixedPhrases.render(entry.spec(), catalog.voice(pipeline.getTextToSpeech())));
            int took = timers.millisSince(begun);
            LOG.infof("prepared spec %s in %d ms", hash, took);
            entry.ready().complete(new Ready(prepared, response.setTookMs(took).build()));
        } catch (RuntimeException e) {
            synchronized (entries) {
                if (entries.get(hash) == entry) {
                    entries.remove(hash);
                }
            }
            if (e instanceof ModelException) {
                LOG.warnf("spec %s cannot be prepared: %s", hash, e.getMessage());
            } else {
                LOG.errorf(e, "spec %s cannot be prepared", hash);
            }
            entry.ready().completeExceptionally(e);
        }
    }

    /** The spec, with the parts of a speech-to-speech model in its pipeline. */
    private AgentSpec inParts(AgentSpec spec) {
        Pipeline pipeline = spec.getPipeline();
        return pipeline.getMode() == PipelineMode.PIPELINE_MODE_SPEECH_TO_SPEECH
                ? spec.toBuilder()
                        .setPipeline(
                                pipeline.toBuilder().mergeFrom(catalog.speechToSpeech(pipeline.getSpeechToSpeech())))
                        .build()
                : spec;
    }

    /** A model and its fallback: both must exist, one of them must work. */
    private void with(ModelRef model, ModelPart part, PreparedSpec spec) {
        @Nullable ModelException failed = null;
        try {
            catalog.prepare(model, part, spec);
        } catch (ModelException e) {
            if (!model.hasFallback() || !e.anotherMayServe()) {
                throw e;
            }
            failed = e;
        }
        if (model.hasFallback()) {
            catalog.prepare(model.getFallback(), part, spec);
        }
        if (failed != null) {
            LOG.warnf("only the fallback works: %s", failed.getMessage());
        }
    }

    /** It must exist; that it does not work is no reason to refuse calls, whose turns end without it, too. */
    private void withEndOfTurn(Pipeline pipeline, PreparedSpec spec) {
        if (!pipeline.hasEndOfTurn()) {
            return;
        }
        try {
            catalog.prepare(pipeline.getEndOfTurn(), ModelPart.END_OF_TURN, spec);
        } catch (ModelException e) {
            if (!e.anotherMayServe()) {
                throw e;
            }
            LOG.warnf("turns end by silence and words alone: %s", e.getMessage());
        }
    }

    private void evict() {
        Iterator<Entry> oldest = entries.values().iterator();
        while (entries.size() > limit && oldest.hasNext()) {
            if (oldest.next().ready().isDone()) {
                oldest.remove();
            }
        }
    }
}
