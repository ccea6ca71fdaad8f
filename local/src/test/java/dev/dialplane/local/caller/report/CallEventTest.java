package dev.dialplane.local.caller.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.agent.v1.CallerTurn;
import dev.dialplane.local.caller.report.CallEvent.MalformedException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallEventTest {
    @Test
    void readsATurnAndWhichCallItIsOf() throws MalformedException {
        CallEvent event = read("""
                {"specversion": "1.0", "id": "1", "source": "gw", "type": "dev.dialplane.call.turn", "subject": "call26",
                 "data": {"pool": "receptionist", "carrierCallId": "CA1", "callId": "call26", "attempt": 1,
                  "event": {"mediaTimeMs": "5120", "callerTurn": {"index": 2, "text": "hi", "startMs": "4000", "endMs": "5000"},
                   "unknown": 1}}}
                """);
        assertThat(event).isInstanceOfSatisfying(CallEvent.Happened.class, happened -> {
            assertThat(happened.names()).containsExactlyInAnyOrder("call26", "CA1");
            assertThat(happened.event().getMediaTimeMs()).isEqualTo(5120);
            assertThat(happened.event().getCallerTurn())
                    .isEqualTo(CallerTurn.newBuilder()
                            .setIndex(2)
                            .setText("hi")
                            .setStartMs(4000)
                            .setEndMs(5000)
                            .build());
        });
    }

    @Test
    void readsThatAnotherAgentHasTheCall() throws MalformedException {
        assertThat(read("{'specversion':'1.0','type':'dev.dialplane.call.moved','data':{'callId':'c','moved':"
                        + "{'podName':'receptionist-b','failovers':1}}}"))
                .isEqualTo(new CallEvent.Moved(java.util.Set.of("c"), "receptionist-b"));
    }

    @Test
    void readsAnEndWithAndWithoutASummary() throws MalformedException {
        assertThat(read("{'specversion':'1.0','type':'dev.dialplane.call.ended','data':{'cause':'AgentHungUp',"
                        + "'summary':{'turns':9,'cause':'CAUSE_AGENT_HUNG_UP'}}}"))
                .isInstanceOfSatisfying(CallEvent.Ended.class, ended -> {
                    assertThat(ended.cause()).isEqualTo("AgentHungUp");
                    assertThat(ended.summary())
                            .extracting(CallSummary::getTurns)
                            .isEqualTo(9);
                });
        assertThat(read("{'specversion':'1.0','type':'dev.dialplane.call.ended','data':{'cause':'AgentLost'}}"))
                .isInstanceOfSatisfying(CallEvent.Ended.class, ended -> {
                    assertThat(ended.cause()).isEqualTo("AgentLost");
                    assertThat(ended.summary()).isNull();
                });
        assertThat(read("{'specversion':'1.0','type':'dev.dialplane.call.ended','data':{'summary':{'cause':1}}}"))
                .isInstanceOfSatisfying(
                        CallEvent.Ended.class,
                        ended -> assertThat(ended.cause()).isEqualTo("CallerHungUp"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{                                                                              | no JSON",
                "[]                                                                             | specversion is",
                "{'specversion':'1.0','type':'com.example'}                                     | type is \"\"com.example\"\"",
                "{'specversion':'1.0','type':'dev.dialplane.call.turn','data':{}}               | data.event is MISSING",
                "{'specversion':'1.0','type':'dev.dialplane.call.turn','data':{'event':{'mediaTimeMs':'x'}}} | data.event is no TurnEvent",
            })
    void saysWhatIsWrong(String json, String complaint) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining(complaint.replace("\"\"", "\""));
    }

    @FuzzTest(maxDuration = "2m")
    void nothingEscapes(byte[] data) {
        try {
            CallEvent.read(data);
        } catch (MalformedException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    private static CallEvent read(String json) throws MalformedException {
        return CallEvent.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
