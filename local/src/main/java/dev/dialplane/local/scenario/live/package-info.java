/** Scenarios played for real: with the whole system, in real time. */
@NullMarked
package dev.dialplane.local.scenario.live;

import org.jspecify.annotations.NullMarked;
