/**
 * The operator: how many agents there are, which of them leave, and what is written down about each call. It keeps
 * nothing that is not in the Kubernetes API or with the gateways.
 *
 * <p>It reaches the Kubernetes API by {@code KUBECONFIG}, or by the service account of its pod. Everything else is
 * configuration, each property also an environment variable ({@code dialplane.operator.inference} is
 * {@code DIALPLANE_OPERATOR_INFERENCE}):
 *
 * <table>
 * <caption>Configuration</caption>
 * <tr><th>property</th><th>default</th><th>what</th></tr>
 * <tr><td>{@code dialplane.operator.inference}</td><td>{@code dialplane-inference:7080}</td>
 *     <td>where agents and the operator find inference, host:port</td></tr>
 * <tr><td>{@code dialplane.operator.gateway-service-accounts}</td><td>{@code dialplane-system/dialplane-gateway}</td>
 *     <td>who may attach, {@code namespace/name}, comma-separated</td></tr>
 * <tr><td>{@code dialplane.operator.audience}</td><td>{@code dialplane-operator}</td>
 *     <td>the audience that a gateway's token must have</td></tr>
 * <tr><td>{@code dialplane.operator.identity}</td>
 *     <td>{@code DIALPLANE_POD_NAME}_{@code DIALPLANE_POD_UID}</td>
 *     <td>who this operator is among several; the leader serves {@code Attach}, the others stand by</td></tr>
 * <tr><td>{@code dialplane.operator.namespace}</td><td>{@code DIALPLANE_POD_NAMESPACE}</td>
 *     <td>where the Lease {@code dialplane-operator} is</td></tr>
 * <tr><td>{@code dialplane.operator.evictable-after}</td><td>{@code 5m}</td>
 *     <td>after how long an idle agent may be evicted</td></tr>
 * <tr><td>{@code dialplane.operator.start-within}</td><td>{@code 5m}</td>
 *     <td>how long a pod with a node may take to be ready before it is given up</td></tr>
 * <tr><td>{@code dialplane.operator.lost-after}</td><td>{@code 30s}</td>
 *     <td>how long signs of an agent's loss must last before it is given up</td></tr>
 * <tr><td>{@code dialplane.operator.creations-per-second}</td><td>{@code 30}</td>
 *     <td>how many pods are created a second, of all pools together: less than a kube-scheduler's default client takes</td></tr>
 * <tr><td>{@code dialplane.operator.creation-burst}</td><td>{@code 100}</td>
 *     <td>how many pods are created at once after a rest</td></tr>
 * <tr><td>{@code dialplane.operator.retained-sessions}</td><td>{@code 20000}</td>
 *     <td>how many ended sessions are kept at most</td></tr>
 * <tr><td>{@code quarkus.http.host}, {@code quarkus.http.port}</td><td>{@code DIALPLANE_POD_IP}, 8082</td>
 *     <td>/q/health and /q/metrics</td></tr>
 * <tr><td>{@code quarkus.grpc.server.host}, {@code quarkus.grpc.server.port}</td>
 *     <td>{@code DIALPLANE_POD_IP}, 7090</td><td>{@code Control.Attach}</td></tr>
 * </table>
 */
@NullMarked
package dev.dialplane.operator;

import org.jspecify.annotations.NullMarked;
