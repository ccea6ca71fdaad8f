/** What must hold at every second of a run, checked by what the API and the wire show and nothing else. */
@NullMarked
package dev.dialplane.e2e.invariants;

import org.jspecify.annotations.NullMarked;
