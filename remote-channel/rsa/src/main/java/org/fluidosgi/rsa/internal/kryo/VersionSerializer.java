package org.fluidosgi.rsa.internal.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import org.osgi.framework.Version;

/** A version as its text. */
final class VersionSerializer extends Serializer<Version> {
  @Override
  public void write(Kryo kryo, Output output, Version version) {
    output.writeString(version.toString());
  }

  @Override
  public Version read(Kryo kryo, Input input, Class<? extends Version> type) {
    return Version.parseVersion(input.readString());
  }
}
