package org.fluidosgi.rsa.internal.osgi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.fluidosgi.rsa.internal.call.ServedEndpoint;
import org.fluidosgi.rsa.spi.Codec;
import org.fluidosgi.rsa.spi.CodecFactory;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.ServiceReference;
import org.osgi.service.remoteserviceadmin.EndpointDescription;

/** One endpoint with all its registrations.
 * State: the description is replaced by updates; service and class space are taken at the first call and given back by
 * {@link #release}. Threads: any; the number of registrations is guarded by the provider. */
final class SharedExport implements ServedEndpoint.Source {
  private record Binding(Object service, CodecSpace space) {}

  final Object key;
  final UUID id;
  final ServiceReference<?> reference;
  final List<OpenExport> registrations = new ArrayList<>();
  private final Provider provider;
  private final List<String> interfaceNames;
  private volatile EndpointDescription description;
  private @Nullable Binding binding;
  private boolean released;

  SharedExport(
      Provider provider,
      Object key,
      UUID id,
      ServiceReference<?> reference,
      List<String> interfaceNames,
      EndpointDescription description) {
    this.provider = provider;
    this.key = key;
    this.id = id;
    this.reference = reference;
    this.interfaceNames = interfaceNames;
    this.description = description;
  }

  EndpointDescription description() {
    return description;
  }

  List<String> interfaceNames() {
    return interfaceNames;
  }

  void describe(EndpointDescription changed) {
    description = changed;
  }

  @Override
  public Object service() {
    return binding().service();
  }

  @Override
  public List<Class<?>> interfaces() {
    return binding().space().interfaces();
  }

  @Override
  public @Nullable Codec codec(String name) {
    CodecFactory factory = provider.codecs().get(name);
    return factory == null ? null : binding().space().codec(factory);
  }

  private Binding binding() {
    synchronized (this) {
      if (binding != null) {
        return binding;
      }
    }
    Binding fresh =
        bind(); // calls the framework: not under our lock, and the loser of a race gives back
    Binding kept;
    synchronized (this) {
      if (binding == null && !released) {
        binding = fresh;
      }
      kept = binding;
    }
    if (kept != fresh) {
      unbind(fresh);
    }
    if (kept == null) {
      throw gone();
    }
    return kept;
  }

  private IllegalStateException gone() {
    return new IllegalStateException("the service behind endpoint urn:uuid:" + id + " is gone");
  }

  private Binding bind() {
    Object service = provider.context().getService(reference);
    if (service == null) {
      throw gone();
    }
    List<Class<?>> classes = new ArrayList<>();
    for (String name : interfaceNames) {
      Class<?> type = Interfaces.ofService(service.getClass(), name);
      if (type == null) {
        provider.context().ungetService(reference);
        throw new IllegalStateException("the service is no " + name);
      }
      classes.add(type);
    }
    return new Binding(service, provider.spaces().acquire(classes));
  }

  private void unbind(Binding old) {
    provider.spaces().release(old.space());
    try {
      provider.context().ungetService(reference);
    } catch (IllegalStateException e) {
      return; // our bundle or that service is stopping: the framework gives it back
    }
  }

  /** Gives service and class space back; calls fail from now on. */
  void release() {
    Binding old;
    synchronized (this) {
      released = true;
      old = binding;
      binding = null;
    }
    if (old != null) {
      unbind(old);
    }
  }

  /** Takes the service now, for calls that run on a network loop must not wait for it. */
  void bindNow() {
    binding();
  }

  /** The description with the service's present properties and these overrides. */
  EndpointDescription redescribe(@Nullable Map<String, ?> overrides) {
    return provider
        .exports()
        .describe(id, new ExportProperties(reference, overrides), reference, interfaceNames);
  }
}
