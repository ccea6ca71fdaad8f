/** How many agents a pool needs: plain functions over plain values. */
@NullMarked
package dev.dialplane.operator.sizing;

import org.jspecify.annotations.NullMarked;
