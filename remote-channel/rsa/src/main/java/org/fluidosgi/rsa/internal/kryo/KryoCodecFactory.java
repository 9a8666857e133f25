package org.fluidosgi.rsa.internal.kryo;

import org.fluidosgi.rsa.spi.ClassSpace;
import org.fluidosgi.rsa.spi.Codec;
import org.fluidosgi.rsa.spi.CodecFactory;

/** Makes codecs of the encoding {@code fluid.java/1}. Threads: stateless. */
public final class KryoCodecFactory implements CodecFactory {
  /** Name of the encoding. */
  public static final String NAME = "fluid.java/1";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Codec create(ClassSpace space) {
    return new KryoCodec(space);
  }
}
