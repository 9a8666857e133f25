package org.fluidosgi.rsa.spi;

import org.osgi.annotation.versioning.ConsumerType;

/** Makes the codecs of one encoding, one for each class space.
 * Shape: the name is part of every request: 1..64 ASCII characters, with the version, such as {@code fluid.java/1}.
 * Threads: any. */
@ConsumerType
public interface CodecFactory {
  /** Name of the encoding. */
  String name();

  /** A codec for that class space. Errors: {@link CodecException} when its interfaces cannot be served. */
  Codec create(ClassSpace space);
}
