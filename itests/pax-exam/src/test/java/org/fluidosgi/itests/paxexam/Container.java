package org.fluidosgi.itests.paxexam;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ops4j.pax.exam.ExamSystem;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.TestContainer;
import org.ops4j.pax.exam.spi.PaxExamRuntime;

/** One forked framework that starts the given bundles; Pax Exam fails the start when one of them does not resolve. */
final class Container implements AutoCloseable {
  private final ExamSystem system;
  private final TestContainer container;

  private Container(ExamSystem system, TestContainer container) {
    this.system = system;
    this.container = container;
  }

  /** Starts it. Errors: what Pax Exam throws when a bundle does not resolve or start. */
  static Container start(List<Path> bundles, Map<String, String> properties) throws IOException {
    List<Option> options = new ArrayList<>();
    bundles.forEach(jar -> options.add(bundle(jar.toUri().toString())));
    properties.forEach((key, value) -> options.add(frameworkProperty(key).value(value)));
    ExamSystem system = PaxExamRuntime.createServerSystem(options.toArray(Option[]::new));
    TestContainer container = PaxExamRuntime.createContainer(system);
    try {
      container.start();
    } catch (RuntimeException e) {
      system.clear();
      throw e;
    }
    return new Container(system, container);
  }

  @Override
  public void close() {
    container.stop();
    system.clear();
  }
}
