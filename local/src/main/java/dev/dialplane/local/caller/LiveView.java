package dev.dialplane.local.caller;

import dev.dialplane.contracts.agent.v1.AgentTurn;
import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.contracts.common.v1.ResponseTime;
import dev.dialplane.local.caller.report.CallReport;
import dev.dialplane.local.caller.report.Spoken;
import dev.dialplane.local.caller.report.WordErrors;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Shows a call in plain lines of text as it goes: who says what, how long the caller waited and for what, and where
 * somebody was interrupted. Looks the same in a terminal, a pipe and a file.
 *
 * <pre>
 *    0.3  agent   | Good morning, City Dental. How can I help?
 *    6.1  caller  | Hi, what time are you open on Saturday?
 *    6.6          |   answered after 462 ms: silence 300, hearing 95, thinking 12, voice 31, ours 24
 * </pre>
 */
public final class LiveView implements CallListener {
    private final Consumer<String> out;
    private final boolean partials;
    private final String prefix;
    private long startNanos = System.nanoTime();
    private String lastPartial = "";

    /**
     * A view.
     *
     * @param out takes each finished line; must be safe for use by many threads
     * @param partials whether to show what the agent understands while the caller still speaks
     */
    public LiveView(Consumer<String> out, boolean partials) {
        this(out, partials, "");
    }

    /** A view whose lines begin with {@code prefix}, for several calls at once. */
    public LiveView(Consumer<String> out, boolean partials, String prefix) {
        this.out = out;
        this.partials = partials;
        this.prefix = prefix;
    }

    @Override
    public synchronized void ringing(CallRequest request) {
        startNanos = System.nanoTime();
        out.accept(
                prefix + "calling " + request.pool() + " at " + request.dialed().uri());
    }

    @Override
    public synchronized void connected() {
        double rangMs = (System.nanoTime() - startNanos) / 1e6;
        startNanos = System.nanoTime();
        say(0, "", String.format(Locale.ROOT, "connected after %.0f ms", rangMs));
    }

    @Override
    public synchronized void callerSpeaks(Spoken spoken, boolean agentSounding) {
        if (agentSounding) {
            say(spoken.onsetMs(), "caller", "(speaks while the agent does)");
        }
    }

    @Override
    public synchronized void cleared(double ms) {
        say(ms, "", "  the gateway cleared what was still to be played");
    }

    @Override
    public synchronized void recorded(TurnEvent event) {
        double now = nowMs();
        switch (event.getEventCase()) {
            case PARTIAL_TRANSCRIPT -> {
                String text = event.getPartialTranscript().getText();
                if (partials && !text.isBlank() && !text.equals(lastPartial)) {
                    lastPartial = text;
                    say(now, "caller", "  ... " + text);
                }
            }
            case CALLER_TURN -> {
                lastPartial = "";
                say(
                        event.getCallerTurn().getStartMs(),
                        "caller",
                        understood(event.getCallerTurn().getText()));
            }
            case AGENT_SPEECH_STARTED -> {
                if (event.getAgentSpeechStarted().hasResponse()
                        && event.getAgentSpeechStarted().getAnswersTurn() > 0) {
                    say(now, "", "  " + answered(event.getAgentSpeechStarted().getResponse()));
                }
            }
            case AGENT_TURN -> agentTurn(event.getAgentTurn());
            case INTERRUPTED -> say(now, "", "  interrupted the agent");
            case CALLER_SPEECH, EVENT_NOT_SET -> {}
        }
    }

    private void agentTurn(AgentTurn turn) {
        if (!turn.getInterrupted()) {
            say(turn.getStartMs(), "agent", inOneLine(turn.getText()));
            return;
        }
        String heard = turn.getHeardText();
        String unheard = turn.getText().startsWith(heard)
                ? turn.getText().substring(heard.length()).strip()
                : "";
        String cut = unheard.isEmpty() ? " --" : " -- (not heard: " + unheard + ")";
        say(turn.getStartMs(), "agent", (inOneLine(heard) + cut).strip());
    }

    private static String answered(ResponseTime time) {
        String parts = Stream.of(
                        part("silence", time.getSilenceMs()),
                        part("hearing", time.getSttMs()),
                        part("thinking", time.getLlmMs()),
                        part("voice", time.getTtsMs()),
                        part("ours", time.getOursMs()))
                .collect(Collectors.joining(", "));
        return String.format(Locale.ROOT, "answered after %.0f ms: %s", time.getTotalMs(), parts);
    }

    private static String part(String name, double ms) {
        return String.format(Locale.ROOT, "%s %.0f", name, ms);
    }

    private static String understood(String text) {
        return text.isBlank() ? "(nothing understood)" : inOneLine(text);
    }

    private static String inOneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    @Override
    public synchronized void hungUp(String by, double ms) {
        say(ms, "", by);
    }

    @Override
    public synchronized void ended(CallReport report) {
        WordErrors words = report.words();
        out.accept(prefix + "the call ended: " + report.cause()
                + report.medianResponseMs()
                        .map(ms -> String.format(Locale.ROOT, "; median response %.0f ms at the caller's socket", ms))
                        .orElse("")
                + (words.words() == 0
                        ? ""
                        : String.format(Locale.ROOT, "; %.0f %% of the caller's words right", 100 * words.accuracy())));
    }

    private double nowMs() {
        return (System.nanoTime() - startNanos) / 1e6;
    }

    private void say(double ms, @Nullable String who, String what) {
        out.accept(String.format(Locale.ROOT, "%s%6.1f  %-6s | %s", prefix, Math.max(0, ms) / 1000, who, what));
    }
}
