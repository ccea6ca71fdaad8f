package dev.dialplane.crds.pool;

import dev.dialplane.crds.Dialplane;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** Agents that answer alike: what they say, with which models, in which pods, and how many of them. */
@Group(Dialplane.GROUP)
@Version(Dialplane.VERSION)
@Kind("VoiceAgentPool")
@Singular("voiceagentpool")
@Plural("voiceagentpools")
@ShortNames("vap")
@Categories(Dialplane.CATEGORY)
@ValidationRule(
        value = "size(self.metadata.name) <= 50",
        message = "metadata.name must be at most 50 characters, because the names of the pool's pods are made from it")
@ValidationRule(
        value = "!has(self.spec.overflow) || !has(self.spec.overflow.poolRef)"
                + " || self.spec.overflow.poolRef.name != self.metadata.name",
        message = "spec.overflow.poolRef.name must name another pool: a pool cannot overflow into itself")
@AdditionalPrinterColumn(
        name = "Ready",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
        type = Type.STRING)
@AdditionalPrinterColumn(name = "Idle", jsonPath = ".status.agents.idle", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Busy", jsonPath = ".status.agents.busy", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Target", jsonPath = ".status.sizing.target", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Rule", jsonPath = ".status.sizing.rule", type = Type.STRING)
@AdditionalPrinterColumn(name = "Starting", jsonPath = ".status.agents.starting", type = Type.INTEGER, priority = 1)
@AdditionalPrinterColumn(name = "Retiring", jsonPath = ".status.agents.retiring", type = Type.INTEGER, priority = 1)
@AdditionalPrinterColumn(name = "Outdated", jsonPath = ".status.agents.outdated", type = Type.INTEGER, priority = 1)
@AdditionalPrinterColumn(
        name = "Reason",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
        type = Type.STRING,
        priority = 1)
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class VoiceAgentPool extends CustomResource<VoiceAgentPoolSpec, VoiceAgentPoolStatus> implements Namespaced {

    private static final long serialVersionUID = 1L;

    @Override
    @Required
    public VoiceAgentPoolSpec getSpec() {
        return super.getSpec();
    }
}
