package org.fluidosgi.itests.probe.internal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.itests.probe.api.Greeting;

/** The service itself. */
record Greeter(String id) implements Greeting {
  @Override
  public String greet(String name) {
    return "hello " + name + " from " + id;
  }

  @Override
  public String hold(long millis) throws InterruptedException {
    boolean released = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    return released ? "released" : "held by " + id;
  }

  @Override
  public String take(Object value) {
    return id + " took a " + value.getClass().getName();
  }

  @Override
  public Object make(String type) {
    return create(type);
  }

  static Object create(String type) {
    try {
      return Class.forName(type).getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(type + " cannot be created: " + e, e);
    }
  }
}
