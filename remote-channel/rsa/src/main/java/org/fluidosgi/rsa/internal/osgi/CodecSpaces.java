package org.fluidosgi.rsa.internal.osgi;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The class spaces in use: one for each list of interfaces, shared and counted, gone with its last user so that no bundle's
 * loader is held. Threads: any; guarded by itself. */
public final class CodecSpaces {
  private static final class Counted {
    final CodecSpace space;
    int users;

    Counted(CodecSpace space) {
      this.space = space;
    }
  }

  private final List<String> allowed;
  private final Map<List<Class<?>>, Counted> spaces = new HashMap<>();

  public CodecSpaces(List<String> allowed) {
    this.allowed = List.copyOf(allowed);
  }

  /** The space of those interfaces, for one more user. */
  public synchronized CodecSpace acquire(List<Class<?>> interfaces) {
    Counted counted = spaces.computeIfAbsent(
        List.copyOf(interfaces), key -> new Counted(new CodecSpace(key, allowed)));
    counted.users++;
    return counted.space;
  }

  /** One user less. */
  public synchronized void release(CodecSpace space) {
    Counted counted = spaces.get(space.interfaces());
    if (counted != null && --counted.users == 0) {
      spaces.remove(space.interfaces());
    }
  }

  /** How many are in use. */
  public synchronized int size() {
    return spaces.size();
  }
}
