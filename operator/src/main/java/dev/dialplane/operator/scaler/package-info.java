/** What KEDA is told of pools: {@code externalscaler.ExternalScaler}. */
@NullMarked
package dev.dialplane.operator.scaler;

import org.jspecify.annotations.NullMarked;
