package dev.dialplane.images;

import java.nio.file.Path;

/**
 * A directory of this machine and the place it has in an image.
 *
 * @param name what it holds, in a word
 * @param source the directory; every regular file below it is in the layer
 * @param target the absolute path in the image
 */
record Layer(String name, Path source, String target) {}
