/** The benchmarks of {@code ./bench}: each prints a table and writes JSON. */
@NullMarked
package dev.dialplane.e2e.bench;

import org.jspecify.annotations.NullMarked;
