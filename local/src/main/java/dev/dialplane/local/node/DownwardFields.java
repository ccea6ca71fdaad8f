package dev.dialplane.local.node;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The fields of a pod that it may read about itself. */
record DownwardFields(Pod pod, String podAddress) {
    private static final Pattern SUBSCRIPT = Pattern.compile("metadata\\.(labels|annotations)\\['([^']+)'\\]");

    /**
     * The value of a field path.
     *
     * @throws ContainerConfigException if the path is not one of the downward API's
     */
    String value(String path) throws ContainerConfigException {
        ObjectMeta meta = pod.getMetadata();
        Matcher subscript = SUBSCRIPT.matcher(path);
        if (subscript.matches()) {
            Map<String, String> map = subscript.group(1).equals("labels") ? meta.getLabels() : meta.getAnnotations();
            return map == null ? "" : map.getOrDefault(subscript.group(2), "");
        }
        return switch (path) {
            case "metadata.name" -> meta.getName();
            case "metadata.namespace" -> meta.getNamespace();
            case "metadata.uid" -> meta.getUid();
            case "metadata.labels" -> lines(meta.getLabels());
            case "metadata.annotations" -> lines(meta.getAnnotations());
            case "spec.nodeName" -> pod.getSpec().getNodeName();
            case "spec.serviceAccountName" -> pod.getSpec().getServiceAccountName();
            case "status.podIP", "status.podIPs" -> podAddress;
            case "status.hostIP", "status.hostIPs" -> LocalNode.HOST_ADDRESS;
            default ->
                throw new ContainerConfigException("fieldPath " + path + " is not supported: allowed are"
                        + " metadata.name, .namespace, .uid, .labels and .annotations, spec.nodeName and"
                        + " .serviceAccountName, status.podIP and .hostIP");
        };
    }

    private static String lines(@Nullable Map<String, String> map) {
        return map == null
                ? ""
                : map.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(entry -> entry.getKey() + "=\"" + entry.getValue() + "\"")
                        .collect(Collectors.joining("\n"));
    }
}
