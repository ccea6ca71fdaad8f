/** Speech recognition by Moonshine on ONNX Runtime. */
@NullMarked
package dev.dialplane.inference.local.moonshine;

import org.jspecify.annotations.NullMarked;
