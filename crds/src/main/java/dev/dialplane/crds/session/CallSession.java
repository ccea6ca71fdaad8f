package dev.dialplane.crds.session;

import dev.dialplane.crds.Dialplane;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.crd.generator.annotation.AdditionalSelectableField;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** One phone call, as it is and as it was. */
@Group(Dialplane.GROUP)
@Version(Dialplane.VERSION)
@Kind("CallSession")
@Singular("callsession")
@Plural("callsessions")
@ShortNames("call")
@Categories(Dialplane.CATEGORY)
@AdditionalSelectableField(jsonPath = ".spec.poolRef.name")
@AdditionalSelectableField(jsonPath = ".spec.direction")
@AdditionalSelectableField(jsonPath = ".status.phase")
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase", type = Type.STRING)
@AdditionalPrinterColumn(name = "Pool", jsonPath = ".spec.poolRef.name", type = Type.STRING)
@AdditionalPrinterColumn(name = "Party", jsonPath = ".status.party", type = Type.STRING)
@AdditionalPrinterColumn(name = "Turns", jsonPath = ".status.turns", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Response", jsonPath = ".status.response.p50Milliseconds", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Cause", jsonPath = ".status.cause", type = Type.STRING)
@AdditionalPrinterColumn(name = "Direction", jsonPath = ".spec.direction", type = Type.STRING, priority = 1)
@AdditionalPrinterColumn(name = "Carrier", jsonPath = ".spec.carrier", type = Type.STRING, priority = 1)
@AdditionalPrinterColumn(name = "Agent", jsonPath = ".status.agent.podName", type = Type.STRING, priority = 1)
@AdditionalPrinterColumn(name = "Interruptions", jsonPath = ".status.interruptions", type = Type.INTEGER, priority = 1)
@AdditionalPrinterColumn(name = "Ended", jsonPath = ".status.endTime", type = Type.DATE, priority = 1)
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class CallSession extends CustomResource<CallSessionSpec, CallSessionStatus> implements Namespaced {

    private static final long serialVersionUID = 1L;

    @Override
    @Required
    public CallSessionSpec getSpec() {
        return super.getSpec();
    }
}
