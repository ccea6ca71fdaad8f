/** {@code CallSession}: one phone call, as it is and as it was. */
@NullMarked
package dev.dialplane.crds.session;

import org.jspecify.annotations.NullMarked;
