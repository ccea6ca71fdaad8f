/** Provider scripted: exact texts at exact times from a YAML file, for tests, benchmarks and fallbacks. */
@NullMarked
package dev.dialplane.inference.scripted;

import org.jspecify.annotations.NullMarked;
