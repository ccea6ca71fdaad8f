package dev.dialplane.inference.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dialplane.audio.G711;
import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.inference.v1.ActivityEnd;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.PlaybackState;
import dev.dialplane.contracts.inference.v1.SessionTranscript;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechResponse;
import dev.dialplane.inference.service.Sessions;
import dev.dialplane.inference.service.Sessions.Client;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The real models behind one stream: the sample caller's voice in, the sample receptionist's out. */
class LocalSpeechToSpeechSystemIT {
    private static @Nullable Sessions sessions;
    private static @Nullable LocalProvider provider;

    @BeforeAll
    static void load() throws Exception {
        Samples.models("moonshine-tiny", "encoder_model.onnx", "decoder_model_merged.onnx");
        Sessions served = new Sessions(
                ModelRef.newBuilder().setProvider("local").setModel("cascade").build(), Map.of(), (config, _) -> {
                    LocalProvider local = new LocalProvider(config, new SimpleMeterRegistry());
                    provider = local;
                    return local;
                });
        sessions = served;
        served.prepare(Samples.agent("receptionist").toBuilder());
    }

    @AfterAll
    static void stop() {
        if (sessions != null) {
            sessions.close();
        }
        if (provider != null) {
            provider.stop();
        }
    }

    @Test
    void whatIsAskedAloudIsAnsweredAloudAndAnInterruptionIsRemembered() throws Exception {
        List<byte[]> caller = Samples.callerOverTheLine().stream()
                .map(LocalSpeechToSpeechSystemIT::muLaw)
                .toList();
        List<String> said = Samples.callerTexts();
        int hours = said.indexOf(
                said.stream().filter(text -> text.contains("open")).findFirst().orElseThrow());
        int address = said.indexOf(said.stream()
                .filter(text -> text.contains("address"))
                .findFirst()
                .orElseThrow());
        Sessions served = Objects.requireNonNull(sessions);
        Client client = served.open(served.start());

        String opening = ask(client, caller.get(hours), "hours");
        client.playback("hours", PlaybackState.PLAYBACK_STATE_DONE, 0);
        String way = ask(client, caller.get(address), "address");
        client.playback("address", PlaybackState.PLAYBACK_STATE_STARTED, 0);
        client.interrupt("address", 2000);
        ask(client, caller.get(hours), "again");

        List<SessionTranscript> heard = client.said(Speaker.SPEAKER_CALLER, "");
        assertThat(Samples.wordErrorRate(
                        List.of(said.get(hours)), List.of(heard.getFirst().getText())))
                .as(heard.getFirst().getText())
                .isLessThan(0.3);
        assertThat(opening).containsIgnoringCase("nine in the morning");
        assertThat(way).contains("M G Road");
        long audioMs = client.items.stream()
                        .filter(it -> it.getAudio().getResponseId().equals("hours"))
                        .mapToLong(it -> it.getAudio().getPayload().size())
                        .sum()
                / 8;
        assertThat(audioMs).as("ms of speech").isBetween(opening.length() * 30L, opening.length() * 130L);
        DialogueTurn cut = client.memoryAfter("again").get(3);
        assertThat(way).startsWith(cut.getText()).doesNotEndWith(cut.getText());
        assertThat(cut.getText().split(" ").length)
                .as("words in two seconds: " + cut.getText())
                .isBetween(3, 9);
    }

    /** Returns what the model says. */
    private static String ask(Client client, byte[] audio, String responseId) {
        int before = client.said(Speaker.SPEAKER_CALLER, "").size();
        client.say(audio);
        client.ends(ActivityEnd.ACTIVITY_END_PAUSE, "");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> client.said(Speaker.SPEAKER_CALLER, "").size() > before);
        client.ends(ActivityEnd.ACTIVITY_END_UNSPECIFIED, responseId);
        client.awaitDone(responseId);
        assertThat(client.items).noneMatch(SpeechToSpeechResponse::hasError);
        return client.said(Speaker.SPEAKER_AGENT, responseId).stream()
                .map(SessionTranscript::getText)
                .collect(Collectors.joining(" "));
    }

    private static byte[] muLaw(short[] samples) {
        byte[] coded = new byte[samples.length];
        G711.MU_LAW.encode(samples, 0, coded, 0, samples.length);
        return coded;
    }
}
