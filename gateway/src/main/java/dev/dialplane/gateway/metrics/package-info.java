/** What is counted, under the names that operations reads. */
@NullMarked
package dev.dialplane.gateway.metrics;

import org.jspecify.annotations.NullMarked;
