/** The inference process: models of several providers behind one contract. */
@NullMarked
package dev.dialplane.inference;

import org.jspecify.annotations.NullMarked;
