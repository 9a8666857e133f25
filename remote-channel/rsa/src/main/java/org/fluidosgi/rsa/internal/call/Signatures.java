package org.fluidosgi.rsa.internal.call;

import java.lang.reflect.Method;
import java.util.StringJoiner;

/** Names methods on the wire: name and erased parameter types, such as {@code add(int,java.lang.String[])}. */
final class Signatures {
  private Signatures() {}

  static String of(Method method) {
    StringJoiner text = new StringJoiner(",", method.getName() + "(", ")");
    for (Class<?> parameter : method.getParameterTypes()) {
      text.add(parameter.getTypeName());
    }
    return text.toString();
  }
}
