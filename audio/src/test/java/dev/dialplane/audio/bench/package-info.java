/** What coding and resampling cost, per frame. */
@NullMarked
package dev.dialplane.audio.bench;

import org.jspecify.annotations.NullMarked;
