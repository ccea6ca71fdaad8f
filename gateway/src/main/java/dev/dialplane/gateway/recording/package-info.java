/** What was said in a call, as it was on the wire, in a file: off the calls' threads, and never in a call's way. */
@NullMarked
package dev.dialplane.gateway.recording;

import org.jspecify.annotations.NullMarked;
