/** The neural voice Piper on ONNX Runtime, with phonemes by espeak-ng where that is installed. */
@NullMarked
package dev.dialplane.inference.local.piper;

import org.jspecify.annotations.NullMarked;
