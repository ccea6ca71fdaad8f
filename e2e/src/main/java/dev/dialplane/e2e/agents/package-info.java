/** Agents without audio or models: thousands in one process, for load on gateways and operators. */
@NullMarked
package dev.dialplane.e2e.agents;

import org.jspecify.annotations.NullMarked;
