package dev.dialplane.crds;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

class ConditionTest {

    @Test
    void whatIsRequiredIsWrittenEvenIfItIsEmpty() {
        KubernetesSerialization json = new KubernetesSerialization();
        assertThat(json.asJson(new Condition("Ready", Condition.Status.True, 1, "2026-11-22T12:00:00Z", "Fine", "")))
                .contains("\"message\":\"\"");
        assertThat(json.asJson(new NamedValue("name", ""))).contains("\"value\":\"\"");
    }
}
