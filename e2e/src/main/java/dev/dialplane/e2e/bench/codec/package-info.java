/** What one frame costs, measured by JMH. */
@NullMarked
package dev.dialplane.e2e.bench.codec;

import org.jspecify.annotations.NullMarked;
