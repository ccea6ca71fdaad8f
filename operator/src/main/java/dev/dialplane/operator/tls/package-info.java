/**
 * Who is who under TLS: the operator issues the certificates of agents, gateways and inference, and one to itself.
 *
 * <p>{@link dev.dialplane.operator.tls.Authority} signs, {@link dev.dialplane.operator.tls.Certificates} says which are due
 * and writes them into Secrets, from which a kubelet brings them to pods that have no right in the Kubernetes API.
 */
@NullMarked
package dev.dialplane.operator.tls;

import org.jspecify.annotations.NullMarked;
