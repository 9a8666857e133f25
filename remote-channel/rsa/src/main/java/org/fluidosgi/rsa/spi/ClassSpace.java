package org.fluidosgi.rsa.spi;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The classes that one codec instance may meet: a set of service interfaces and what lies beside them.
 * Threads: any. Source: architecture section 4, codec. */
@ProviderType
public interface ClassSpace {
  /** The interfaces whose methods are called. Shape: at least one, each an interface. */
  List<Class<?>> interfaces();

  /** Loads a class that is not declared but may stand for a declared type: one that the bundle defining {@code declared}
   * itself contains. The name is compared with the list of that bundle's classes before anything is loaded, so that a
   * name from the wire never loads a class from elsewhere. */
  Optional<Class<?>> beside(Class<?> declared, String name);

  /** The classes that the administrator allows besides the declared ones, as far as they are visible here. */
  List<Class<?>> configured();
}
