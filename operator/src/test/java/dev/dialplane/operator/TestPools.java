package dev.dialplane.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.dialplane.crds.pool.VoiceAgentPool;

/** Pools as the API server gives them, with every default filled in. */
public final class TestPools {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private static final String DEFAULTS = """
            apiVersion: dialplane.dev/v1alpha1
            kind: VoiceAgentPool
            metadata: {name: receptionist, namespace: default, uid: u-1, generation: 1}
            spec:
              paused: false
              agent:
                language: en-IN
                pipeline:
                  mode: Cascade
                  speechToText: {provider: local, model: moonshine-tiny}
                  languageModel: {provider: local, model: answers}
                  textToSpeech: {provider: local, model: piper-joe}
                turnTaking:
                  silence: {min: 200ms, max: 3s}
                  interruption: {mode: PauseThenDecide, minSpeech: 500ms, minWords: 1, decideWithin: 700ms, resumeAfter: 2s}
                  callerIdle: {prompt: 8s, hangUp: 20s}
                slowModel: {comfortNoise: 800ms, holdPhrase: 1500ms, fallback: 4s, giveUp: 12s}
              call: {maxDuration: 1h, maxRinging: 45s}
              runtime:
                image: dialplane/agent-runtime
                resources: {cpu: 20m, memory: 160Mi}
              scaling: {mode: Auto, replicas: 3, min: 2, max: 200, blocking: "0.001", scaleDownAfter: 5m}
              recycle: {mode: Reuse, maxAge: 24h}
              rollout: {maxSurge: 25%, maxUnavailable: 0, pauseAfterFailures: 3}
              overflow: {queue: {maxWait: 5s, maxLength: 20}}
            """;

    private TestPools() {}

    /** Returns a pool with an agent, in YAML, put over the defaults. */
    public static VoiceAgentPool pool(String agent) {
        return of("/spec/agent", agent);
    }

    /** Returns a pool with fields of one part, in YAML, put over the defaults. */
    public static VoiceAgentPool of(String pointer, String fields) {
        try {
            JsonNode tree = YAML.readTree(DEFAULTS);
            ((ObjectNode) tree.at(pointer)).setAll((ObjectNode) YAML.readTree(fields));
            return YAML.treeToValue(tree, VoiceAgentPool.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
