/** Dates, times, numbers and other values as people say them. */
@NullMarked
package dev.dialplane.inference.answers.value;

import org.jspecify.annotations.NullMarked;
