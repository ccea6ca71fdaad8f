/** What the caller says: recordings split into utterances, and the sound that goes out in between. */
@NullMarked
package dev.dialplane.local.caller.speech;

import org.jspecify.annotations.NullMarked;
