/** How the operator writes to the Kubernetes API. */
@NullMarked
package dev.dialplane.operator.kube;

import org.jspecify.annotations.NullMarked;
