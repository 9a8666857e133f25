package org.fluidosgi.shell.internal.completion;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.felix.service.command.Parameter;

/** The options of commands, as their methods declare them. */
final class CommandOptions {
  private CommandOptions() {}

  /** By name of the method. */
  static Map<String, List<String>> of(Class<?> commands) {
    Map<String, List<String>> found = new TreeMap<>();
    for (Method method : commands.getMethods()) {
      if (method.getDeclaringClass() == commands) {
        List<String> options = found.computeIfAbsent(method.getName(), name -> new ArrayList<>());
        for (Annotation[] annotations : method.getParameterAnnotations()) {
          for (Annotation each : annotations) {
            if (each instanceof Parameter parameter
                && !options.contains(parameter.names()[0])) {
              options.add(parameter.names()[0]);
            }
          }
        }
      }
    }
    return found;
  }
}
