/** Finds or builds the programs a local cluster is made of. Needs nothing but the JDK, so that it runs before the build. */
@NullMarked
package dev.dialplane.local.components;

import org.jspecify.annotations.NullMarked;
