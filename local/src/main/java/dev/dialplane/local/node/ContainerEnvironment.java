package dev.dialplane.local.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The environment and the command line of a container's process. */
record ContainerEnvironment(Container container, DownwardFields fields, Sources sources, MountPaths mounts) {

    /**
     * The variables of the container added to those given, which it may override.
     *
     * @throws ContainerConfigException if a variable's source does not exist or is not supported
     */
    Map<String, String> variables(Map<String, String> given) throws ContainerConfigException {
        Map<String, String> variables = new LinkedHashMap<>(given);
        for (EnvFromSource from : container.getEnvFrom()) {
            addAll(from, variables);
        }
        for (EnvVar variable : container.getEnv()) {
            Optional<String> value = variable.getValueFrom() == null
                    ? Optional.of(
                            VariableExpansion.expand(variable.getValue() == null ? "" : variable.getValue(), variables))
                    : valueOf(variable.getName(), variable.getValueFrom());
            value.ifPresent(present -> variables.put(variable.getName(), mounts.rewriteValue(present)));
        }
        return variables;
    }

    /** The command line: the container's command or else the image's, then the container's arguments. */
    List<String> commandLine(List<String> entryPoint, Map<String, String> variables) {
        List<String> line = new ArrayList<>();
        if (container.getCommand().isEmpty()) {
            line.addAll(entryPoint);
        } else {
            container.getCommand().forEach(part -> line.add(argument(part, variables)));
        }
        container.getArgs().forEach(part -> line.add(argument(part, variables)));
        return line;
    }

    private String argument(String text, Map<String, String> variables) {
        return mounts.rewriteArgument(VariableExpansion.expand(text, variables));
    }

    private void addAll(EnvFromSource from, Map<String, String> variables) throws ContainerConfigException {
        String prefix = from.getPrefix() == null ? "" : from.getPrefix();
        Map<String, byte[]> entries;
        if (from.getConfigMapRef() != null) {
            entries = require(
                    sources.configMap(from.getConfigMapRef().getName()),
                    "configmap",
                    from.getConfigMapRef().getName(),
                    Boolean.TRUE.equals(from.getConfigMapRef().getOptional()));
        } else if (from.getSecretRef() != null) {
            entries = require(
                    sources.secret(from.getSecretRef().getName()),
                    "secret",
                    from.getSecretRef().getName(),
                    Boolean.TRUE.equals(from.getSecretRef().getOptional()));
        } else {
            throw new ContainerConfigException("envFrom of container " + container.getName()
                    + " has neither configMapRef nor secretRef, which are what is supported");
        }
        entries.forEach((key, value) -> variables.put(prefix + key, new String(value, StandardCharsets.UTF_8)));
    }

    private Optional<String> valueOf(String variable, EnvVarSource source) throws ContainerConfigException {
        if (source.getFieldRef() != null) {
            return Optional.of(fields.value(source.getFieldRef().getFieldPath()));
        }
        if (source.getConfigMapKeyRef() != null) {
            var ref = source.getConfigMapKeyRef();
            boolean optional = Boolean.TRUE.equals(ref.getOptional());
            return entry(
                    require(sources.configMap(ref.getName()), "configmap", ref.getName(), optional),
                    "configmap " + ref.getName(),
                    ref.getKey(),
                    optional);
        }
        if (source.getSecretKeyRef() != null) {
            var ref = source.getSecretKeyRef();
            boolean optional = Boolean.TRUE.equals(ref.getOptional());
            return entry(
                    require(sources.secret(ref.getName()), "secret", ref.getName(), optional),
                    "secret " + ref.getName(),
                    ref.getKey(),
                    optional);
        }
        throw new ContainerConfigException("env " + variable + " of container " + container.getName()
                + " has a source that is not supported: allowed are fieldRef, configMapKeyRef and secretKeyRef");
    }

    private static Map<String, byte[]> require(
            Optional<Map<String, byte[]>> found, String kind, String name, boolean optional)
            throws ContainerConfigException {
        if (found.isEmpty() && !optional) {
            throw new ContainerConfigException(kind + " \"" + name + "\" not found");
        }
        return found.orElse(Map.of());
    }

    private static Optional<String> entry(Map<String, byte[]> entries, String where, String key, boolean optional)
            throws ContainerConfigException {
        byte[] value = entries.get(key);
        if (value == null && !optional) {
            throw new ContainerConfigException("couldn't find key " + key + " in " + where);
        }
        return value == null ? Optional.empty() : Optional.of(new String(value, StandardCharsets.UTF_8));
    }
}
