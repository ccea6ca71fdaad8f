package dev.dialplane.crds;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Completes a generated schema with what the generator has no annotation for: lists that are maps by a key, formats,
 * bounds of list items and map values, whole defaults, each rule once, and printer columns in the order in which they are declared.
 */
final class WhatAnnotationsCannotSay implements CRDPostProcessor {

    /** Lists whose items are known by one of their fields, so that two managers can own an item each. */
    private static final Map<String, String> LIST_MAPS = Map.of(
            "conditions", "type",
            "facts", "name",
            "slots", "name",
            "transferTargets", "name",
            "tools", "name",
            "variables", "name",
            "imagePullSecrets", "name");

    /** The longest items of lists of strings; each has at least one character. */
    private static final Map<String, Long> STRING_ITEMS = Map.of("when", 256L, "residency", 63L);

    /** Objects whose default is more than that of their parts. */
    private static final Set<String> DEFAULTS_OF_THEIR_OWN = Set.of("pipeline");

    @Override
    public HasMetadata process(HasMetadata crd, String crdSpecVersion) {
        CustomResourceDefinition definition = (CustomResourceDefinition) crd;
        for (CustomResourceDefinitionVersion version : definition.getSpec().getVersions()) {
            complete("", version.getSchema().getOpenAPIV3Schema());
            List<String> declared =
                    declaredColumns(definition.getSpec().getNames().getKind());
            version.getAdditionalPrinterColumns()
                    .sort(Comparator.comparingInt(column -> declared.indexOf(column.getName())));
        }
        return definition;
    }

    private static List<String> declaredColumns(String kind) {
        return CrdYaml.RESOURCES.stream()
                .filter(resource -> resource.getSimpleName().equals(kind))
                .flatMap(resource -> Arrays.stream(resource.getAnnotationsByType(AdditionalPrinterColumn.class)))
                .map(AdditionalPrinterColumn::name)
                .toList();
    }

    private static void complete(String name, JSONSchemaProps schema) {
        if ("array".equals(schema.getType())) {
            JSONSchemaProps item = schema.getItems().getSchema();
            String key = LIST_MAPS.get(name);
            if (key != null && item.getProperties().containsKey(key)) {
                schema.setXKubernetesListType("map");
                schema.setXKubernetesListMapKeys(List.of(key));
            } else {
                schema.setXKubernetesListType("atomic");
            }
            Long longest = STRING_ITEMS.get(name);
            if (longest != null) {
                item.setMinLength(1L);
                item.setMaxLength(longest);
            }
            complete("", item);
        }
        if ("string".equals(schema.getType()) && (name.endsWith("Time") || name.equals("notAfter"))) {
            schema.setFormat("date-time");
        }
        if (Boolean.TRUE.equals(schema.getXKubernetesIntOrString()) && schema.getMaxLength() == null) {
            schema.setMaxLength(32L);
        }
        if (Boolean.TRUE.equals(schema.getXKubernetesPreserveUnknownFields())) {
            schema.setAdditionalProperties(null);
        }
        if (name.equals("nodeSelector")) {
            schema.getAdditionalProperties().getSchema().setMaxLength(63L);
        }
        if (schema.getXKubernetesValidations() != null) {
            // A record's component is a field and an accessor, and both carry the rule.
            schema.setXKubernetesValidations(
                    schema.getXKubernetesValidations().stream().distinct().toList());
        }
        if (schema.getProperties() != null) {
            schema.getProperties().forEach(WhatAnnotationsCannotSay::complete);
            if ("object".equals(schema.getType())
                    && schema.getDefault() != null
                    && !DEFAULTS_OF_THEIR_OWN.contains(name)) {
                schema.setDefault(defaultsOfParts(schema));
            }
        }
    }

    /** The API server checks a default as it is written, without the defaults within it. */
    private static ObjectNode defaultsOfParts(JSONSchemaProps schema) {
        ObjectNode whole = JsonNodeFactory.instance.objectNode();
        schema.getProperties().forEach((name, part) -> {
            if (part.getDefault() != null) {
                whole.set(name, part.getDefault());
            }
        });
        return whole;
    }
}
