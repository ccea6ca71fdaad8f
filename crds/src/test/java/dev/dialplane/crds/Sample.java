package dev.dialplane.crds;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;

/** Resources as a person writes them, and with one part changed. */
final class Sample {

    /** Every field that a pool in a cascade can have. */
    static final String POOL = """
            apiVersion: dialplane.dev/v1alpha1
            kind: VoiceAgentPool
            metadata: {name: receptionist, namespace: default}
            spec:
              paused: false
              agent:
                language: en-IN
                greeting: "Good morning, City Dental. How can I help?"
                instructions: You are the receptionist of City Dental at {address}.
                facts: [{name: address, value: "12 MG Road"}]
                answers:
                  - when: ["When are you open?", "Are you open on Saturday?"]
                    say: "We are open nine to six, Monday to Saturday."
                  - when: ["I want to book an appointment"]
                    slots: [{name: day, type: Date, sensitive: false}, {name: time, type: Time, sensitive: true}]
                    say: "I have you down for {day} at {time}."
                  - when: ["Can I speak to a person?"]
                    say: "One moment, I am putting you through."
                    then: {action: Transfer, target: desk}
                  - when: ["Goodbye"]
                    say: "Goodbye."
                    then: {action: HangUp}
                  - when: ["Is my order there?"]
                    say: "Let me look."
                    then: {action: Tool, target: findOrder}
                pipeline:
                  mode: Cascade
                  speechToText: {provider: local, model: moonshine-tiny}
                  languageModel: {provider: local, model: answers, fallback: {provider: scripted, model: apology}}
                  textToSpeech: {provider: local, model: piper-joe}
                turnTaking:
                  silence: {min: 200ms, max: 3s}
                  interruption: {mode: PauseThenDecide, minSpeech: 500ms, minWords: 1, decideWithin: 700ms, resumeAfter: 2s}
                  callerIdle: {prompt: 8s, hangUp: 20s}
                slowModel: {comfortNoise: 800ms, holdPhrase: 1500ms, fallback: 4s, giveUp: 12s}
                transferTargets: [{name: desk, to: "+918000000009"}]
                tools:
                  - name: findOrder
                    description: Finds an order by its number.
                    parameters: {type: object, properties: {number: {type: string}}}
                    url: https://orders.example/find
                    secretRef: {name: orders, key: token}
              call: {maxDuration: 1h, maxRinging: 45s}
              runtime:
                image: dialplane/agent-runtime
                imagePullSecrets: [{name: registry}]
                resources: {cpu: 20m, memory: 160Mi}
                nodeSelector: {calls: "yes"}
                tolerations: [{key: calls, operator: Exists}]
                topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}]
                priorityClassName: calls
              scaling:
                mode: Auto
                replicas: 3
                min: 2
                max: 200
                blocking: "0.001"
                scaleDownAfter: 5m
                floors: [{cron: "0 9 * * MON-SAT", timeZone: Asia/Kolkata, duration: 9h, min: 40}]
              recycle: {mode: Reuse, maxCalls: 200, maxAge: 24h}
              rollout:
                maxSurge: 25%
                maxUnavailable: 0
                pauseAfterFailures: 3
                canary: {share: 10%, duration: 10m, minCalls: 20, tolerance: 2%, shortCall: 10s}
              overflow: {queue: {maxWait: 5s, maxLength: 20}, poolRef: {name: receptionist-backup}}
              compliance:
                profile: india
                residency: [in-west, in-south]
                callingWindow: {from: "09:00", to: "21:00", timeZone: Asia/Kolkata}
                doNotDisturb: {hookRef: {name: dnd}, onError: Refuse}
                trunkClass: PSTN
                recording: {mode: WithConsent, consent: "May we record this call?"}
            """;

    static final String OUTBOUND = """
            apiVersion: dialplane.dev/v1alpha1
            kind: CallSession
            metadata: {name: reminder, namespace: default}
            spec:
              poolRef: {name: receptionist}
              direction: Outbound
              carrier: twilio
              from: "+918000000001"
              to: "+919812345678"
              purpose: Service
              variables: [{name: customer, value: Asha}]
              notAfter: 2026-11-22T12:00:00Z
              ttlAfterEnd: 10m
              hangUp: false
            """;

    static final String INBOUND = """
            apiVersion: dialplane.dev/v1alpha1
            kind: CallSession
            metadata: {name: in-4kq7h2m9xw3td5vb, namespace: default}
            spec:
              poolRef: {name: receptionist}
              direction: Inbound
              carrier: twilio
              callId: CA0123456789
            """;

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private Sample() {}

    /** Returns the resource with the part at a JSON pointer replaced by a value, written in YAML. */
    static GenericKubernetesResource with(String resource, String pointer, String value) {
        try {
            return with(resource, pointer, YAML.readTree(value));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Returns the resource with the part at a JSON pointer replaced, or removed where the value is null. */
    static GenericKubernetesResource with(String resource, String pointer, JsonNode value) {
        try {
            JsonNode tree = YAML.readTree(resource);
            JsonPointer at = JsonPointer.compile(pointer);
            ObjectNode parent = (ObjectNode) tree.at(at.head());
            String field = at.last().getMatchingProperty();
            if (value.isNull()) {
                parent.remove(field);
            } else {
                parent.set(field, value);
            }
            return YAML.treeToValue(tree, GenericKubernetesResource.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static GenericKubernetesResource of(String resource) {
        try {
            return YAML.readValue(resource, GenericKubernetesResource.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
