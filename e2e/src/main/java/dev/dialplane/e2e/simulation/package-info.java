/**
 * Tens of thousands of agents and all gateways in one process on virtual time, for what one machine cannot hold. Binding,
 * sizing and planning are the product's own code; what surrounds them is simulated.
 */
@NullMarked
package dev.dialplane.e2e.simulation;

import org.jspecify.annotations.NullMarked;
