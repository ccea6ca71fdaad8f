/** What probes ask. */
@NullMarked
package dev.dialplane.gateway.health;

import org.jspecify.annotations.NullMarked;
