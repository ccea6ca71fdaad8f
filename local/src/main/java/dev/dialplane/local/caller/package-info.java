/** The test caller: places a call to a gateway as a carrier would, talks, listens, and tells how it went. */
@NullMarked
package dev.dialplane.local.caller;

import org.jspecify.annotations.NullMarked;
