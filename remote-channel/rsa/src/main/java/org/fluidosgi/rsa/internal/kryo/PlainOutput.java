package org.fluidosgi.rsa.internal.kryo;

import com.esotericsoftware.kryo.io.Output;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Output whose strings {@link LimitedInput} reads. Threads: one. */
final class PlainOutput extends Output {
  PlainOutput(int bytes, int bytesMax) {
    super(bytes, bytesMax);
  }

  @Override
  public void writeString(@Nullable String text) {
    if (text == null) {
      writeVarInt(0, true);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    writeVarInt(bytes.length + 1, true);
    writeBytes(bytes, 0, bytes.length);
  }

  @Override
  public void writeAscii(@Nullable String text) {
    writeString(text);
  }
}
