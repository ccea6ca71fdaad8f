package dev.dialplane.inference.scripted;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.dialplane.audio.Dtmf;
import dev.dialplane.contracts.inference.v1.ActionKind;
import dev.dialplane.contracts.inference.v1.Expecting;
import dev.dialplane.inference.failure.ModelException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A script: for each part of the pipeline, models by name.
 *
 * @param speechToText what callers are heard to say
 * @param languageModel what the agent replies
 * @param textToSpeech how it sounds
 */
public record Script(
        Map<String, HearingScript> speechToText,
        Map<String, ReplyScript> languageModel,
        Map<String, VoiceScript> textToSpeech) {
    public Script {
        speechToText = speechToText == null ? Map.of() : Map.copyOf(speechToText);
        languageModel = languageModel == null ? Map.of() : Map.copyOf(languageModel);
        textToSpeech = textToSpeech == null ? Map.of() : Map.copyOf(textToSpeech);
    }

    /** What happens when a script has been walked to its end. */
    public enum AtEnd {
        /** From the start again. */
        @JsonProperty("repeat")
        REPEAT,
        /** The last entry over and over. */
        @JsonProperty("stay")
        STAY,
        /** Nothing: empty transcripts, empty replies. */
        @JsonProperty("nothing")
        NOTHING
    }

    /**
     * Transcripts, one an utterance.
     *
     * @param finalDelay from the request for the final transcript to it
     * @param partials for utterances that list none of their own
     * @param spoken what is spoken when, in place of utterances: then no partials are told
     */
    public record HearingScript(
            Duration finalDelay,
            @Nullable PartialPace partials,
            AtEnd atEnd,
            List<Utterance> utterances,
            @Nullable List<SpokenWords> spoken) {
        public HearingScript {
            finalDelay = orZero(finalDelay);
            atEnd = atEnd == null ? AtEnd.REPEAT : atEnd;
            utterances = utterances == null ? List.of() : List.copyOf(utterances);
            spoken = spoken == null ? null : List.copyOf(spoken);
            require(spoken == null || utterances.isEmpty(), "utterances", utterances.size(), "none beside spoken");
        }
    }

    /**
     * Words at a moment of the call.
     *
     * @param at when they begin, on the caller's time base: time of the caller's audio since the call began
     */
    public record SpokenWords(Duration at, String text) {
        public SpokenWords {
            at = orZero(at);
            text = text == null ? "" : text;
        }
    }

    /**
     * Partial transcripts as a growing prefix of the text.
     *
     * @param every so much audio of the utterance
     * @param wordsPerSecond how many words so much audio holds; 2.5 is ordinary speech
     * @param delay from the audio's arrival
     */
    public record PartialPace(Duration every, double wordsPerSecond, Duration delay) {
        public PartialPace {
            every = every == null ? Duration.ofMillis(500) : every;
            wordsPerSecond = wordsPerSecond == 0 ? 2.5 : wordsPerSecond;
            delay = orZero(delay);
            require(every.toMillis() >= 20, "partials.every", every, "20ms and more");
            require(wordsPerSecond > 0, "partials.wordsPerSecond", wordsPerSecond, "more than 0");
        }
    }

    /**
     * What is heard of one utterance.
     *
     * @param minAudio utterances with less audio are heard as nothing, and do not use this entry up
     * @param error in place of the final transcript
     */
    public record Utterance(
            String text,
            @Nullable Duration finalDelay,
            Duration minAudio,
            @Nullable List<Partial> partials,
            @Nullable Failure error) {
        public Utterance {
            text = text == null ? "" : text;
            minAudio = orZero(minAudio);
            partials = partials == null ? null : List.copyOf(partials);
        }
    }

    /**
     * One partial transcript.
     *
     * @param after so much audio of the utterance
     * @param delay from that audio's arrival
     */
    public record Partial(Duration after, Duration delay, String text, float stability) {
        public Partial {
            after = orZero(after);
            delay = orZero(delay);
            text = text == null ? "" : text;
        }
    }

    /**
     * Replies, one a caller's turn: the n-th turn of the caller in the dialogue gets the n-th.
     *
     * @param firstPiece delay of a reply's first piece
     * @param betweenPieces delay of each further one
     */
    public record ReplyScript(Duration firstPiece, Duration betweenPieces, AtEnd atEnd, List<Reply> replies) {
        public ReplyScript {
            firstPiece = orZero(firstPiece);
            betweenPieces = orZero(betweenPieces);
            atEnd = atEnd == null ? AtEnd.REPEAT : atEnd;
            replies = replies == null ? List.of() : List.copyOf(replies);
        }
    }

    /**
     * One reply.
     *
     * @param say cut into pieces at spaces; or
     * @param pieces as they are
     * @param firstPiece in place of the script's
     * @param betweenPieces in place of the script's
     * @param stallAfter so many pieces, and then nothing: neither a piece nor the end
     * @param stallFor how long there is nothing then; for ever if not set
     * @param error after the pieces, in place of the end
     */
    public record Reply(
            @Nullable String say,
            List<String> pieces,
            @Nullable Duration firstPiece,
            @Nullable Duration betweenPieces,
            @Nullable Integer stallAfter,
            @Nullable Duration stallFor,
            @Nullable ScriptedAction action,
            @Nullable ScriptedToolCall toolCall,
            ScriptedExpecting expecting,
            @Nullable Failure error) {
        public Reply {
            require(say == null || pieces == null, "pieces", pieces, "nothing beside say");
            pieces = pieces != null ? List.copyOf(pieces) : say == null ? List.of() : words(say);
            expecting = expecting == null ? ScriptedExpecting.OPEN : expecting;
        }

        private static List<String> words(String say) {
            return List.of(say.strip().split("(?<=\\s)(?=\\S)"));
        }
    }

    /** What the agent is asked to do after it has spoken. */
    public record ScriptedAction(Kind kind, String target, String digits) {
        /** As the contract has them. */
        public enum Kind {
            @JsonProperty("Transfer")
            TRANSFER(ActionKind.ACTION_KIND_TRANSFER),
            @JsonProperty("HangUp")
            HANG_UP(ActionKind.ACTION_KIND_HANG_UP),
            @JsonProperty("SendDigits")
            SEND_DIGITS(ActionKind.ACTION_KIND_SEND_DIGITS);

            final ActionKind contract;

            Kind(ActionKind contract) {
                this.contract = contract;
            }
        }

        public ScriptedAction {
            target = target == null ? "" : target;
            digits = digits == null ? "" : digits;
            require(kind != null, "action.kind", kind, "Transfer, HangUp or SendDigits");
            require(
                    kind == Kind.SEND_DIGITS ? Dtmf.isRow(digits) : digits.isEmpty(),
                    "action.digits",
                    digits,
                    "1 to 32 of 0-9, *, #, A-D and w for SendDigits, nothing for others");
        }
    }

    /** A tool that the model wants called. */
    public record ScriptedToolCall(String id, String name, String arguments) {
        public ScriptedToolCall {
            id = id == null ? "call-1" : id;
            arguments = arguments == null ? "{}" : arguments;
            require(name != null, "toolCall.name", name, "a tool's name");
        }
    }

    /** What a reply asks for. */
    public enum ScriptedExpecting {
        @JsonProperty("Open")
        OPEN(Expecting.EXPECTING_OPEN),
        @JsonProperty("YesNo")
        YES_NO(Expecting.EXPECTING_YES_NO),
        @JsonProperty("Value")
        VALUE(Expecting.EXPECTING_VALUE),
        @JsonProperty("Nothing")
        NOTHING(Expecting.EXPECTING_NOTHING);

        final Expecting contract;

        ScriptedExpecting(Expecting contract) {
            this.contract = contract;
        }
    }

    /**
     * How speech sounds: a tone, or recordings where there are any.
     *
     * @param firstAudio from the text to its first sample
     * @param realTimeFactor how long the rest takes, in parts of its own length; 0 gives all at once
     * @param sampleRate in Hz
     * @param charactersPerSecond how long a tone is for its text
     * @param toneHz of the tone
     * @param recordings WAV files by the text that they speak, paths relative to the script
     */
    public record VoiceScript(
            Duration firstAudio,
            double realTimeFactor,
            int sampleRate,
            double charactersPerSecond,
            double toneHz,
            Map<String, String> recordings,
            @Nullable Failure error) {
        public VoiceScript {
            firstAudio = orZero(firstAudio);
            sampleRate = sampleRate == 0 ? 16_000 : sampleRate;
            charactersPerSecond = charactersPerSecond == 0 ? 15 : charactersPerSecond;
            toneHz = toneHz == 0 ? 300 : toneHz;
            recordings = recordings == null ? Map.of() : Map.copyOf(recordings);
            require(realTimeFactor >= 0 && realTimeFactor <= 10, "realTimeFactor", realTimeFactor, "0 to 10");
            require(
                    sampleRate == 8000 || sampleRate == 16_000 || sampleRate == 22_050 || sampleRate == 24_000,
                    "sampleRate",
                    sampleRate,
                    "8000, 16000, 22050 or 24000");
            require(
                    charactersPerSecond >= 1 && charactersPerSecond <= 1000,
                    "charactersPerSecond",
                    charactersPerSecond,
                    "1 to 1000");
            require(toneHz >= 50 && toneHz <= 3400, "toneHz", toneHz, "50 to 3400");
        }
    }

    /** A typed error. */
    public record Failure(Kind kind, int milliseconds) {
        /** As the contract has them. */
        public enum Kind {
            ProviderDown,
            TooSlow,
            Overloaded,
            BadRequest,
            Internal
        }

        public Failure {
            require(kind != null, "error.kind", kind, List.of(Kind.values()).toString());
        }

        ModelException exception(String model) {
            return switch (kind) {
                case ProviderDown -> ModelException.providerDown(ScriptedProvider.NAME, model, "the script says so");
                case TooSlow -> ModelException.tooSlow(ScriptedProvider.NAME, model, Duration.ofMillis(milliseconds));
                case Overloaded -> ModelException.overloaded("scripted/" + model, 1, 0);
                case BadRequest -> ModelException.badRequest("request", "the script's", "another");
                case Internal -> ModelException.internal("the script says so");
            };
        }
    }

    private static Duration orZero(@Nullable Duration duration) {
        return duration == null ? Duration.ZERO : duration;
    }

    private static void require(boolean holds, String field, @Nullable Object value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(field + " is " + value + ", allowed is " + allowed);
        }
    }
}
