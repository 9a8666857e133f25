package org.fluidosgi.rsa.internal.kryo;

import com.esotericsoftware.kryo.util.MapReferenceResolver;
import java.util.IdentityHashMap;
import org.fluidosgi.rsa.spi.CodecException;

/** Tracks shared and cyclic references of everything that has an identity worth keeping. Threads: one, like its Kryo. */
final class SharedReferences extends MapReferenceResolver {
  private final AllowListResolver classes;
  private final IdentityHashMap<Class<?>, Boolean> known = new IdentityHashMap<>();

  SharedReferences(AllowListResolver classes) {
    this.classes = classes;
  }

  int readCount() {
    return readObjects.size();
  }

  /** Treats what was read from there on as skipped. */
  void skipFrom(int first) {
    for (int i = first; i < readObjects.size(); i++) {
      readObjects.set(i, new Skipped());
    }
  }

  @Override
  public Object getReadObject(Class type, int id) {
    Object object = super.getReadObject(type, id);
    if (object instanceof Skipped && !classes.isSkipping()) {
      throw new CodecException(
          "an object of a class that is not allowed here was met in an unknown field before");
    }
    return object;
  }

  @Override
  public boolean useReferences(Class type) {
    Boolean answer = known.get(type);
    if (answer == null) {
      answer = type != String.class
          && type != Skipped.Constant.class
          && !Enum.class.isAssignableFrom(type)
          && JdkTypes.value(type) == null
          && super.useReferences(type);
      known.put(type, answer);
    }
    return answer;
  }
}
