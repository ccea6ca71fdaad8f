package dev.dialplane.operator.agentspec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.CodedOutputStream;
import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.Answer;
import dev.dialplane.contracts.common.v1.Fact;
import dev.dialplane.contracts.common.v1.Interruption;
import dev.dialplane.contracts.common.v1.InterruptionMode;
import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.common.v1.Pipeline;
import dev.dialplane.contracts.common.v1.PipelineMode;
import dev.dialplane.contracts.common.v1.Recording;
import dev.dialplane.contracts.common.v1.Slot;
import dev.dialplane.contracts.common.v1.SlotType;
import dev.dialplane.contracts.common.v1.SlowModel;
import dev.dialplane.contracts.common.v1.Then;
import dev.dialplane.contracts.common.v1.ThenAction;
import dev.dialplane.contracts.common.v1.Tool;
import dev.dialplane.contracts.common.v1.TransferTarget;
import dev.dialplane.contracts.common.v1.TurnTaking;
import dev.dialplane.crds.DurationText;
import dev.dialplane.crds.pool.Agent;
import dev.dialplane.crds.pool.Compliance;
import dev.dialplane.crds.pool.Compliance.RecordingMode;
import dev.dialplane.crds.pool.VoiceAgentPoolSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A pool's {@code spec.agent} as gateways, agents and inference are told of it. */
public final class AgentSpecs {

    private static final ObjectMapper JSON = new ObjectMapper();

    private AgentSpecs() {}

    /** Translates the resource; defaults are expected to be filled in. */
    public static AgentSpec translate(VoiceAgentPoolSpec pool) {
        Agent agent = pool.agent();
        AgentSpec.Builder spec = AgentSpec.newBuilder()
                .setLanguage(agent.language())
                .setGreeting(agent.greeting())
                .setInstructions(agent.instructions())
                .setPipeline(pipeline(agent.pipeline()))
                .setTurnTaking(turnTaking(agent.turnTaking()))
                .setSlowModel(slowModel(agent.slowModel()))
                .setMaxDurationMs(DurationText.parse(pool.call().maxDuration()).toMillis());
        agent.facts()
                .forEach(fact ->
                        spec.addFacts(Fact.newBuilder().setName(fact.name()).setValue(fact.value())));
        agent.answers().forEach(answer -> spec.addAnswers(answer(answer)));
        agent.transferTargets()
                .forEach(target -> spec.addTransferTargets(
                        TransferTarget.newBuilder().setName(target.name()).setTo(target.to())));
        agent.tools().forEach(tool -> spec.addTools(tool(tool)));
        Compliance compliance = pool.compliance();
        var recording = compliance == null ? null : compliance.recording();
        if (recording != null && recording.mode() == RecordingMode.WithConsent) {
            spec.setRecording(Recording.newBuilder().setConsent(recording.consent()));
        }
        return spec.build();
    }

    /** Returns the lower-case hex SHA-256 of the spec's deterministic serialization. */
    public static String hash(AgentSpec spec) {
        try {
            byte[] bytes = new byte[spec.getSerializedSize()];
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.useDeterministicSerialization();
            spec.writeTo(out);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Answer answer(dev.dialplane.crds.pool.Answer answer) {
        Answer.Builder built = Answer.newBuilder().addAllWhen(answer.when()).setSay(answer.say());
        answer.slots()
                .forEach(slot -> built.addSlots(Slot.newBuilder()
                        .setName(slot.name())
                        .setType(
                                switch (slot.type()) {
                                    case Date -> SlotType.SLOT_TYPE_DATE;
                                    case Time -> SlotType.SLOT_TYPE_TIME;
                                    case Number -> SlotType.SLOT_TYPE_NUMBER;
                                    case Phone -> SlotType.SLOT_TYPE_PHONE;
                                    case Text -> SlotType.SLOT_TYPE_TEXT;
                                    case YesNo -> SlotType.SLOT_TYPE_YES_NO;
                                })
                        .setSensitive(slot.sensitive())));
        var then = answer.then();
        if (then != null) {
            built.setThen(Then.newBuilder()
                    .setAction(
                            switch (then.action()) {
                                case Transfer -> ThenAction.THEN_ACTION_TRANSFER;
                                case HangUp -> ThenAction.THEN_ACTION_HANG_UP;
                                case Tool -> ThenAction.THEN_ACTION_TOOL;
                                case SendDigits -> ThenAction.THEN_ACTION_SEND_DIGITS;
                            })
                    .setTarget(orEmpty(then.target()))
                    .setDigits(orEmpty(then.digits())));
        }
        return built.build();
    }

    private static Tool tool(dev.dialplane.crds.pool.Tool tool) {
        Tool.Builder built = Tool.newBuilder()
                .setName(tool.name())
                .setDescription(tool.description())
                .setUrl(tool.url())
                .setJsonSchema(json(tool.parameters()));
        var secret = tool.secretRef();
        if (secret != null) {
            built.setSecretName(secret.name()).setSecretKey(secret.key());
        }
        return built.build();
    }

    private static Pipeline pipeline(dev.dialplane.crds.pool.Pipeline pipeline) {
        Pipeline.Builder built = Pipeline.newBuilder();
        switch (pipeline.mode()) {
            case Cascade -> built.setMode(PipelineMode.PIPELINE_MODE_CASCADE);
            case SpeechToSpeech -> built.setMode(PipelineMode.PIPELINE_MODE_SPEECH_TO_SPEECH);
        }
        var hears = pipeline.speechToText();
        if (hears != null) {
            built.setSpeechToText(model(hears));
        }
        var thinks = pipeline.languageModel();
        if (thinks != null) {
            built.setLanguageModel(model(thinks));
        }
        var speaks = pipeline.textToSpeech();
        if (speaks != null) {
            built.setTextToSpeech(model(speaks));
        }
        var all = pipeline.speechToSpeech();
        if (all != null) {
            built.setSpeechToSpeech(model(all));
        }
        var ends = pipeline.endOfTurn();
        if (ends != null) {
            built.setEndOfTurn(
                    ModelRef.newBuilder().setProvider(ends.provider()).setModel(ends.model()));
        }
        return built.build();
    }

    private static ModelRef model(dev.dialplane.crds.pool.Pipeline.Model model) {
        ModelRef.Builder built =
                ModelRef.newBuilder().setProvider(model.provider()).setModel(model.model());
        var fallback = model.fallback();
        if (fallback != null) {
            built.setFallback(
                    ModelRef.newBuilder().setProvider(fallback.provider()).setModel(fallback.model()));
        }
        return built.build();
    }

    private static TurnTaking turnTaking(dev.dialplane.crds.pool.TurnTaking turns) {
        return TurnTaking.newBuilder()
                .setSilenceMinMs(milliseconds(turns.silence().min()))
                .setSilenceMaxMs(milliseconds(turns.silence().max()))
                .setInterruption(Interruption.newBuilder()
                        .setMode(
                                switch (turns.interruption().mode()) {
                                    case PauseThenDecide -> InterruptionMode.INTERRUPTION_MODE_PAUSE_THEN_DECIDE;
                                    case Immediate -> InterruptionMode.INTERRUPTION_MODE_IMMEDIATE;
                                    case Never -> InterruptionMode.INTERRUPTION_MODE_NEVER;
                                })
                        .setMinSpeechMs(milliseconds(turns.interruption().minSpeech()))
                        .setMinWords(turns.interruption().minWords())
                        .setDecideWithinMs(milliseconds(turns.interruption().decideWithin()))
                        .setResumeAfterMs(milliseconds(turns.interruption().resumeAfter())))
                .setIdlePromptMs(milliseconds(turns.callerIdle().prompt()))
                .setIdleHangUpMs(milliseconds(turns.callerIdle().hangUp()))
                .build();
    }

    private static SlowModel slowModel(dev.dialplane.crds.pool.SlowModel slow) {
        return SlowModel.newBuilder()
                .setHedgeMs(slow.hedge() == null ? 0 : milliseconds(slow.hedge()))
                .setComfortNoiseMs(milliseconds(slow.comfortNoise()))
                .setHoldPhraseMs(milliseconds(slow.holdPhrase()))
                .setFallbackMs(milliseconds(slow.fallback()))
                .setGiveUpMs(milliseconds(slow.giveUp()))
                .build();
    }

    private static int milliseconds(String duration) {
        return (int) Math.min(Integer.MAX_VALUE, DurationText.parse(duration).toMillis());
    }

    private static String json(@Nullable Map<String, Object> schema) {
        try {
            return schema == null ? "" : JSON.writeValueAsString(schema);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("spec.agent.tools: parameters are not JSON", e);
        }
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
