/** Health checks for whoever runs the pod. */
@NullMarked
package dev.dialplane.agent.health;

import org.jspecify.annotations.NullMarked;
