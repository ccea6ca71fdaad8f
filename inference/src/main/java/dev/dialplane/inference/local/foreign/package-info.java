/** Native libraries found at run time, called through java.lang.foreign. */
@NullMarked
package dev.dialplane.inference.local.foreign;

import org.jspecify.annotations.NullMarked;
