package dev.dialplane.agent.call;

import dev.dialplane.agent.testing.TestGateway;
import dev.dialplane.contracts.agent.v1.AgentTurn;
import dev.dialplane.contracts.agent.v1.AudioKind;
import dev.dialplane.contracts.agent.v1.CallerTurn;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Who is heard when in a call, as a picture: one lane for the caller, one for what the caller hears. */
final class Timeline {
    /** A stretch of one kind that the caller hears; ms since the call's start. */
    record Span(AudioKind kind, long startMs, long endMs) {}

    private static final int WIDTH = 960;
    private static final int HEIGHT = 150;
    private static final int LEFT = 70;
    private static final int CALLER_TOP = 40;
    private static final int AGENT_TOP = 78;
    private static final int LANE = 28;
    private static final long FRAME_MS = 20;
    /** Shorter silences are pauses within what is said. */
    private static final long JOINED_MS = 200;

    private final String title;
    private final TestGateway gateway;
    private final long fromMs;
    private final long toMs;

    /** What happened between two moments of a call. */
    Timeline(String title, TestGateway gateway, long fromMs, long toMs) {
        this.title = title;
        this.gateway = gateway;
        this.fromMs = fromMs;
        this.toMs = toMs;
    }

    /** What the caller heard. */
    List<Span> heard() {
        List<Span> spans = new ArrayList<>();
        for (int frame = 0; frame < gateway.kinds.size(); frame++) {
            AudioKind kind = gateway.kinds.get(frame);
            long start = frame * FRAME_MS;
            if (kind == AudioKind.AUDIO_KIND_UNSPECIFIED || start < fromMs || start >= toMs) {
                continue;
            }
            Span last = spans.isEmpty() ? null : spans.getLast();
            if (last != null && last.kind == kind && start - last.endMs < JOINED_MS) {
                spans.set(spans.size() - 1, new Span(kind, last.startMs, start + FRAME_MS));
            } else {
                spans.add(new Span(kind, start, start + FRAME_MS));
            }
        }
        return spans;
    }

    /** The picture, as SVG. */
    String svg() {
        StringBuilder svg = new StringBuilder();
        line(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\">",
                WIDTH,
                HEIGHT);
        line(svg, "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", WIDTH, HEIGHT);
        line(svg, "<text x=\"10\" y=\"22\" font-size=\"15\" fill=\"#222222\">%s</text>", escaped(title));
        line(svg, "<text x=\"10\" y=\"%d\" font-size=\"12\" fill=\"#444444\">caller</text>", CALLER_TOP + 19);
        line(svg, "<text x=\"10\" y=\"%d\" font-size=\"12\" fill=\"#444444\">hears</text>", AGENT_TOP + 19);
        seconds(svg);
        for (CallerTurn turn : gateway.callerTurns()) {
            if (turn.getEndMs() > fromMs) {
                box(svg, CALLER_TOP, turn.getStartMs(), turn.getEndMs(), "#9ec5fe", turn.getText());
            }
        }
        heard().forEach(span -> box(svg, AGENT_TOP, span.startMs, span.endMs, colour(span.kind), words(span)));
        line(svg, "</svg>");
        return svg.toString();
    }

    private void seconds(StringBuilder svg) {
        long step = toMs - fromMs > 30_000 ? 5000 : 1000;
        for (long ms = fromMs; ms <= toMs; ms += step) {
            line(svg, "<line x1=\"%d\" y1=\"34\" x2=\"%d\" y2=\"114\" stroke=\"#dddddd\"/>", x(ms), x(ms));
            line(
                    svg,
                    "<text x=\"%d\" y=\"130\" font-size=\"11\" fill=\"#666666\" text-anchor=\"middle\">%d s</text>",
                    x(ms),
                    (ms - fromMs) / 1000);
        }
    }

    private void box(StringBuilder svg, int top, long startMs, long endMs, String colour, String words) {
        int left = x(Math.max(fromMs, startMs));
        int width = Math.max(2, x(Math.min(toMs, endMs)) - left);
        line(
                svg,
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\" fill=\"%s\"/>",
                left,
                top,
                width,
                LANE,
                colour);
        int characters = (width - 6) / 6;
        if (characters > 3) {
            String shown = words.length() <= characters ? words : words.substring(0, characters - 1) + "…";
            line(
                    svg,
                    "<text x=\"%d\" y=\"%d\" font-size=\"10\" fill=\"#222222\">%s</text>",
                    left + 4,
                    top + 18,
                    escaped(shown));
        }
    }

    private String words(Span span) {
        if (span.kind == AudioKind.AUDIO_KIND_FILLER) {
            return "(hold phrase)";
        }
        StringBuilder words = new StringBuilder();
        for (AgentTurn turn : gateway.agentTurns()) {
            if (turn.getStartMs() < span.endMs && turn.getEndMs() > span.startMs + JOINED_MS) {
                words.append(words.isEmpty() ? "" : " ").append(turn.getHeardText());
            }
        }
        return words.toString();
    }

    private static String colour(AudioKind kind) {
        return kind == AudioKind.AUDIO_KIND_FILLER ? "#ffda6a" : "#a3cfbb";
    }

    private int x(long ms) {
        return (int) (LEFT + (ms - fromMs) * (WIDTH - LEFT - 20) / (toMs - fromMs));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }

    private static void line(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
