/** Smart Turn: an audio model that tells whether a caller has finished. */
@NullMarked
package dev.dialplane.inference.local.smartturn;

import org.jspecify.annotations.NullMarked;
