package dev.dialplane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dialplane.audio.WavWriter;
import dev.dialplane.local.caller.speech.CallerScript;
import dev.dialplane.local.caller.speech.Mouth;
import dev.dialplane.local.caller.speech.Utterance;
import dev.dialplane.local.install.LocalInstallation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** The phone in the browser, in a real one whose microphone is a recording. */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class PhonePageSystemIT {
    private static final Path OUT = Path.of("target/PhonePageSystemIT").toAbsolutePath();
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static Dialplane<LocalInstallation> dialplane;
    private static ChromeDriver browser;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(
                Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER),
                "the page is tested in Debian's chromium with chromium-driver, which are not here");
        dialplane = Dialplane.start("PhonePageSystemIT");
        dialplane.awaitIdle(2);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toString());
        options.addArguments(List.of(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                // Nobody sees its window, so that it would paint as seldom as it likes.
                "--disable-backgrounding-occluded-windows",
                "--disable-renderer-backgrounding",
                "--autoplay-policy=no-user-gesture-required",
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                "--use-file-for-fake-audio-capture=" + recording() + "%noloop"));
        browser = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .build(),
                options);
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.quit();
        }
        if (dialplane != null) {
            dialplane.close();
        }
    }

    @Test
    void somebodyTalksReadsAlongPressesAKeyAndHangsUp() throws Exception {
        browser.manage().window().setSize(new Dimension(1000, 1000));
        call("/");
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(said("caller")).hasSizeGreaterThanOrEqualTo(2);
            assertThat(said("speaker")).hasSizeGreaterThanOrEqualTo(3);
        });
        screenshot("talking");

        assertThat(started()).isEqualTo("audio/l16 16000, 640 bytes a frame");
        assertThat(said("speaker").getFirst()).contains("City Dental");
        assertThat(said("speaker").get(1)).containsPattern("answered after \\d+ ms: silence \\d+");
        assertThat(find("figures").getText()).contains("median response");
        await("both lanes are painted").atMost(PATIENCE).until(() -> painted("--you") && painted("--agent"));

        find("keypad").findElements(By.tagName("button")).get(4).click();
        browser.findElement(By.tagName("body")).sendKeys(Keys.ESCAPE);
        await().atMost(PATIENCE)
                .until(() -> find("state").getText().startsWith("The call has ended")
                        || find("state").getText().equals("You hung up."));
        assertThat(find("call").isEnabled()).isTrue();
        assertThat(find("hangup").isEnabled()).isFalse();
        await().atMost(PATIENCE)
                .until(() -> dialplane.sessions().stream().anyMatch(PhonePageSystemIT::hungUpByTheCaller));

        browser.manage().window().setSize(new Dimension(390, 844));
        assertThat((Boolean) browser.executeScript(
                        "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
                .as("nothing sticks out on a phone's screen")
                .isTrue();
        screenshot("on-a-phone");
    }

    @ParameterizedTest
    @CsvSource({"pcmu, 'audio/x-mulaw 8000, 160 bytes a frame'", "opus, 'audio/opus 16000, [0-9]{1,3} bytes a frame'"})
    void theAddressMayAskForAnotherCodec(String codec, String started) {
        call("/phone/?codec=" + codec);
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(said("caller")).isNotEmpty();
            assertThat(said("speaker")).hasSizeGreaterThanOrEqualTo(2);
        });
        await("the agent is heard").atMost(PATIENCE).until(() -> painted("--agent"));
        assertThat(started()).matches(started);
        browser.findElement(By.tagName("body")).sendKeys(Keys.ESCAPE);
        await().atMost(PATIENCE).until(() -> find("call").isEnabled());
    }

    private static void call(String page) {
        browser.get(dialplane.installation().gatewayUrl().resolve(page).toString());
        await().atMost(PATIENCE)
                .until(() -> find("pool").findElements(By.tagName("option")).stream()
                        .anyMatch(option -> option.getText().equals("default/receptionist")));
        browser.executeScript("""
                const send = WebSocket.prototype.send;
                WebSocket.prototype.send = function (text) {
                  const { event, start, media } = JSON.parse(text);
                  if (event === "start") window.startOfCall = start.mediaFormat;
                  if (event === "media") window.frameBytes = atob(media.payload).length;
                  return send.call(this, text);
                };
                """);
        find("call").click();
        await().atMost(PATIENCE).until(() -> find("state").getText().equals("Connected."));
    }

    /** What the page said of its audio, and how long its last frame was. */
    private static String started() {
        return String.valueOf(browser.executeScript(
                "return `${startOfCall.encoding} ${startOfCall.sampleRate}, ${frameBytes} bytes a frame`"));
    }

    private static boolean hungUpByTheCaller(GenericKubernetesResource session) {
        return "CallerHungUp".equals(session.<String>get("status", "cause"))
                && session.<Number>get("status", "turns").intValue() >= 2;
    }

    private static WebElement find(String id) {
        return browser.findElement(By.id(id));
    }

    private static List<String> said(String who) {
        return browser.findElements(By.cssSelector("#transcript li." + who)).stream()
                .map(WebElement::getText)
                .toList();
    }

    /** Whether the timeline has that color anywhere. */
    private static boolean painted(String color) {
        return Boolean.TRUE.equals(browser.executeScript("""
                const canvas = document.getElementById("timeline");
                const probe = document.createElement("canvas").getContext("2d");
                probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(arguments[0]);
                probe.fillRect(0, 0, 1, 1);
                const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
                const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
                for (let i = 0; i < pixels.length; i += 4) {
                  if (pixels[i] === r && pixels[i + 1] === g && pixels[i + 2] === b && pixels[i + 3] === 255) return true;
                }
                return false;
                """, color));
    }

    private static void screenshot(String name) throws IOException {
        Files.write(OUT.resolve(name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
    }

    /** Clips of speech with time for replies between them, as a browser's microphone takes them: 48 kHz. */
    private static Path recording() throws IOException {
        int times = 48_000 / Mouth.RATE;
        List<short[]> parts = new ArrayList<>(List.of(new short[6 * 48_000]));
        for (Utterance clip : CallerScript.clips().utterances().subList(0, 4)) {
            short[] samples = new short[times * clip.samples().length];
            for (int i = 0; i < samples.length; i++) {
                samples[i] = clip.samples()[i / times];
            }
            parts.add(samples);
            parts.add(new short[5 * 48_000]);
        }
        short[] all = new short[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (short[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        Path wav = Files.createDirectories(OUT).resolve("microphone.wav");
        WavWriter.write(wav, 48_000, all);
        return wav;
    }
}
