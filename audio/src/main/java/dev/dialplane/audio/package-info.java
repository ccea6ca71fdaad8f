/** G.711, resampling, WAV, mixing and levels: no framework, no I/O beyond files. */
@NullMarked
package dev.dialplane.audio;

import org.jspecify.annotations.NullMarked;
