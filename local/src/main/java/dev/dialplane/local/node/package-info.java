/** A Kubernetes node that runs each pod as a process of its own on a loopback address of its own. */
@NullMarked
package dev.dialplane.local.node;

import org.jspecify.annotations.NullMarked;
