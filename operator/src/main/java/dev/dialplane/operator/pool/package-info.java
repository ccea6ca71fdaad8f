/** How a pool becomes agents: observe, decide, act, record. */
@NullMarked
package dev.dialplane.operator.pool;

import org.jspecify.annotations.NullMarked;
