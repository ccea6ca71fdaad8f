/** The two resources of Dialplane as Java records, from which the CustomResourceDefinitions are generated. */
@NullMarked
package dev.dialplane.crds;

import org.jspecify.annotations.NullMarked;
