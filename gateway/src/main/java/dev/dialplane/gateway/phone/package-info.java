/** A phone in the browser, for trying pools: a page on the development listener, where nothing is signed. */
@NullMarked
package dev.dialplane.gateway.phone;

import org.jspecify.annotations.NullMarked;
