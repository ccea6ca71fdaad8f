package dev.dialplane.inference.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.Answer;
import dev.dialplane.contracts.common.v1.Fact;
import dev.dialplane.contracts.common.v1.Tool;
import dev.dialplane.contracts.common.v1.TransferTarget;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.Speaker;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChatRequestTest {
    private static final AgentSpec SPEC = AgentSpec.newBuilder()
            .setInstructions("You are the receptionist.")
            .addFacts(Fact.newBuilder().setName("address").setValue("12 M G Road"))
            .addAnswers(Answer.newBuilder().addWhen("Where are you?").setSay("We are at {address}."))
            .addTransferTargets(TransferTarget.newBuilder().setName("desk").setTo("+918000000009"))
            .build();

    @Test
    void theGroundTruthIsInTheOneSystemMessage() throws Exception {
        JsonNode body = body(GenerateRequest.newBuilder()
                .setLocalTime("2026-11-29T10:00:00+05:30")
                .setTimeZone("Asia/Kolkata")
                .putVariables("customer", "Asha")
                .addDialogue(agent("Good morning."))
                .addDialogue(caller("Where are you?"))
                .build());

        assertThat(messages(body)).hasSize(2).last().isEqualTo("user: Where are you?");
        assertThat(messages(body).getFirst())
                .startsWith("system: You are the receptionist.")
                .contains("address: 12 M G Road", "Where are you? We are at 12 M G Road.")
                .contains("2026-11-29T10:00:00+05:30 (Asia/Kolkata)", "customer is Asha")
                .endsWith("You have just said: Good morning.");
    }

    /** Templates of some models refuse anything else. */
    @Test
    void callerAndAgentTakeTurnsWhateverTheDialogueIs() throws Exception {
        JsonNode body = body(GenerateRequest.newBuilder()
                .addDialogue(agent("Hello."))
                .addDialogue(agent("Are you there?"))
                .addDialogue(caller("Yes."))
                .addDialogue(caller("I am."))
                .addDialogue(agent(""))
                .addDialogue(DialogueTurn.newBuilder()
                        .setSpeaker(Speaker.SPEAKER_AGENT)
                        .setText("We are at 12")
                        .setInterrupted(true)
                        .setNotHeard("M G Road."))
                .addDialogue(caller("What?"))
                .build());

        assertThat(messages(body).subList(1, 4))
                .containsExactly(
                        "user: Yes.\nI am.",
                        "assistant: We are at 12",
                        "user: [I interrupted you, and did not hear: M G Road.] What?");
    }

    @Test
    void ofALongCallTheNewestIsSent() throws Exception {
        GenerateRequest.Builder request = GenerateRequest.newBuilder();
        for (int turn = 0; turn < 500; turn++) {
            request.addDialogue(caller("turn " + turn + " " + "x".repeat(90)));
            request.addDialogue(agent("yes"));
        }
        request.addDialogue(caller("the last"));

        List<String> messages = messages(body(request.build()));

        assertThat(messages).last().isEqualTo("user: the last");
        assertThat(messages.toString()).hasSizeBetween(20_000, 30_000).doesNotContain("turn 0 ");
    }

    @Test
    void aModelCanHangUpAndPutThroughToWhomThePoolNames() throws Exception {
        JsonNode tools = body(GenerateRequest.getDefaultInstance()).path("tools");

        assertThat(tools)
                .extracting(tool -> tool.path("function").path("name").asText())
                .containsExactly("hang_up", "transfer");
        assertThat(tools.path(1)
                        .at("/function/parameters/properties/target/enum")
                        .toString())
                .isEqualTo("[\"desk\"]");
        assertThat(tools.toString()).as("numbers are the gateway's").doesNotContain("+918000000009");
    }

    @Test
    void thePoolsToolsAreFunctionsAndWhatTheyGaveIsTold() throws Exception {
        AgentSpec withTools = SPEC.toBuilder()
                .addTools(Tool.newBuilder()
                        .setName("orders")
                        .setDescription("Where an order is.")
                        .setUrl("https://tools.example/orders")
                        .setSecretName("crm")
                        .setJsonSchema("""
                                {"type": "object", "properties": {"number": {"type": "integer"}}, "required": ["number"]}"""))
                .addTools(Tool.newBuilder().setName("odd").setJsonSchema("no JSON"))
                .build();
        GenerateRequest request = GenerateRequest.newBuilder()
                .addDialogue(caller("Where is it?"))
                .addDialogue(agent("Let me see."))
                .addDialogue(DialogueTurn.newBuilder()
                        .setSpeaker(Speaker.SPEAKER_TOOL)
                        .setToolName("orders")
                        .setToolArguments("{\"number\": 4711}")
                        .setText("{\"ships\": \"today\"}"))
                .build();

        JsonNode body = new JsonMapper().readTree(ChatRequest.of("m", request, withTools, false));

        JsonNode orders = body.at("/tools/2/function");
        assertThat(orders.path("description").asText()).isEqualTo("Where an order is.");
        assertThat(orders.at("/parameters/properties/number/type").asText()).isEqualTo("integer");
        assertThat(orders.at("/parameters/required/0").asText()).isEqualTo("number");
        assertThat(body.at("/tools/3/function/parameters/type").asText()).isEqualTo("object");
        assertThat(body.toString()).as("only the model's business").doesNotContain("tools.example", "crm");
        assertThat(messages(body)).last().isEqualTo("user: [orders {\"number\": 4711} gave: {\"ships\": \"today\"}]");
    }

    @Test
    void tokensAreLimited() throws Exception {
        assertThat(body(GenerateRequest.getDefaultInstance()).path("max_tokens").asInt())
                .isEqualTo(200);
        assertThat(body(GenerateRequest.newBuilder().setMaxTokens(50).build())
                        .path("max_tokens")
                        .asInt())
                .isEqualTo(50);
    }

    private static JsonNode body(GenerateRequest request) throws Exception {
        return new JsonMapper().readTree(ChatRequest.of("m", request, SPEC, false));
    }

    private static List<String> messages(JsonNode body) {
        List<String> messages = new ArrayList<>();
        body.path("messages")
                .forEach(message -> messages.add(message.path("role").asText() + ": "
                        + message.path("content").asText()));
        return messages;
    }

    private static DialogueTurn caller(String text) {
        return DialogueTurn.newBuilder()
                .setSpeaker(Speaker.SPEAKER_CALLER)
                .setText(text)
                .build();
    }

    private static DialogueTurn agent(String text) {
        return DialogueTurn.newBuilder()
                .setSpeaker(Speaker.SPEAKER_AGENT)
                .setText(text)
                .build();
    }
}
