/** Transcripts and ends of calls, sent out as CloudEvents. */
@NullMarked
package dev.dialplane.gateway.records;

import org.jspecify.annotations.NullMarked;
