/** Whole-system tests, load, chaos, benchmarks. */
@NullMarked
package dev.dialplane.e2e;

import org.jspecify.annotations.NullMarked;
