package org.fluidosgi.topology.internal;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.ServiceReference;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.ImportReference;
import org.osgi.service.remoteserviceadmin.ImportRegistration;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdmin;

/** Keeps exactly the announced endpoints imported, each once, by the first Remote Service Admin that can.
 * Shape: what another user of a Remote Service Admin imported is left to that user. An import that failed is tried again when the
 * endpoint or the set of Remote Service Admins changes. Threads: the queue owns all state, but {@code foreign} and {@code working}, which
 * events read. */
final class Importer {
  private static final System.Logger LOG = System.getLogger(WorkQueue.LOGGER);

  private final RemoteAdmins admins;
  private final AnnouncedEndpoints announced;
  private final Predicate<EndpointDescription> policy;
  private final Map<String, Imported> imported = new HashMap<>();
  private final Map<String, Failed> failed = new HashMap<>();

  /** Ids that others imported, null when not known; asked once for many imports, since the answer is as long as the list of imports. */
  private volatile @Nullable Set<String> foreign;

  /** Id of the endpoint in work: what is reported about it meanwhile is our own doing. */
  private volatile @Nullable String working;

  /** Shape: {@code policy} tells of an endpoint in scope whether it is wanted now. */
  Importer(
      RemoteAdmins admins, AnnouncedEndpoints announced, Predicate<EndpointDescription> policy) {
    this.admins = admins;
    this.announced = announced;
    this.policy = policy;
  }

  /** Looks at every endpoint again. */
  void reconcileAll() {
    Set<String> ids = new HashSet<>(announced.ids());
    ids.addAll(imported.keySet());
    foreign = null;
    for (String id : ids) {
      try {
        reconcile(id);
      } catch (RuntimeException | LinkageError e) {
        LOG.log(WARNING, "topology: endpoint " + id + " could not be looked at, others go on", e);
      }
    }
  }

  /** Brings that endpoint's import in line with what is announced. */
  void reconcile(String id) {
    working = id;
    try {
      EndpointDescription wanted = announced.get(id).filter(policy).orElse(null);
      Imported now = dropLost(id);
      if (wanted == null) {
        failed.remove(id);
        if (now != null) {
          imported.remove(id);
          close(id, now.registration);
        }
      } else if (now == null) {
        importNow(id, wanted);
      } else if (!PropertyMaps.same(now.endpoint.getProperties(), wanted.getProperties())) {
        update(id, now, wanted);
      }
    } finally {
      working = null;
    }
  }

  /** Whether an event about the import of that endpoint, null when it does not tell, is news to us. */
  boolean isNews(@Nullable String id) {
    String own = working;
    return own == null || (id != null && !id.equals(own));
  }

  /** Ends every import. */
  void close() {
    imported.forEach((id, now) -> close(id, now.registration));
    imported.clear();
    failed.clear();
  }

  /** The import of that endpoint; forgets it when its Remote Service Admin left or gave it up. */
  private @Nullable Imported dropLost(String id) {
    Imported now = imported.get(id);
    if (now == null) {
      return null;
    }
    boolean adminLeft = !admins.references().contains(now.admin);
    if (!adminLeft && isOpen(now.registration)) {
      return now;
    }
    imported.remove(id);
    Throwable cause = adminLeft ? null : now.registration.getException();
    close(id, now.registration);
    if (!adminLeft) {
      fail(
          id,
          now.endpoint,
          cause == null ? new IllegalStateException("its Remote Service Admin gave it up") : cause);
    }
    return null;
  }

  private void importNow(String id, EndpointDescription wanted) {
    Failed before = failed.get(id);
    Set<ServiceReference<RemoteServiceAdmin>> present = admins.references();
    if (before != null && before.isLike(wanted, present)) {
      return;
    }
    if (present.isEmpty() || othersImported().contains(id)) {
      return;
    }
    boolean tried = false;
    Throwable cause = null;
    for (RemoteAdmins.Admin admin : admins.all()) {
      ImportRegistration registration;
      try {
        registration = admin.service().importService(wanted);
        if (registration == null) {
          continue;
        }
        tried = true;
        if (registration.getException() == null && isOpen(registration)) {
          imported.put(id, new Imported(admin.reference(), registration, wanted));
          failed.remove(id);
          return;
        }
        cause = registration.getException();
        registration.close();
      } catch (RuntimeException | LinkageError e) {
        tried = true;
        cause = e;
      }
    }
    if (tried) {
      fail(id, wanted, cause);
    } else {
      LOG.log(
          DEBUG,
          "topology: no Remote Service Admin imports {0}, configuration types {1}",
          id,
          wanted.getConfigurationTypes());
    }
  }

  private void update(String id, Imported now, EndpointDescription wanted) {
    boolean updated;
    Throwable cause = null;
    try {
      updated = now.registration.update(wanted);
    } catch (RuntimeException | LinkageError e) {
      updated = false;
      cause = e;
    }
    if (!updated && !isOpen(now.registration)) {
      imported.remove(id);
      close(id, now.registration);
      importNow(id, wanted);
      return;
    }
    // Refused but alive: the proxy goes on with its old properties, a change must not take it away
    // from its users.
    now.endpoint = wanted;
    if (!updated && !now.complained) {
      now.complained = true;
      LOG.log(
          WARNING,
          "topology: changed properties of endpoint " + id + " were not taken over, its proxy keeps"
              + " the former ones: "
              + (cause == null ? now.registration.getException() : cause));
    }
  }

  private void fail(String id, EndpointDescription endpoint, @Nullable Throwable cause) {
    boolean first = failed.put(id, new Failed(endpoint, admins.references())) == null;
    LOG.log(
        first ? WARNING : DEBUG,
        "topology: import of endpoint " + id + " " + endpoint.getInterfaces()
            + " failed, tried again" + " when it or the Remote Service Admins change: " + cause);
  }

  private static void close(String id, ImportRegistration registration) {
    try {
      registration.close();
    } catch (RuntimeException | LinkageError e) {
      LOG.log(WARNING, "topology: closing the import of endpoint " + id + " failed", e);
    }
  }

  private static boolean isOpen(ImportRegistration registration) {
    try {
      ImportReference reference = registration.getImportReference();
      return reference != null && reference.getImportedEndpoint() != null;
    } catch (IllegalStateException invalid) {
      return false;
    }
  }

  private Set<String> othersImported() {
    Set<String> known = foreign;
    if (known == null) {
      known = new HashSet<>();
      for (RemoteAdmins.Admin admin : admins.all()) {
        for (ImportReference reference : importedBy(admin)) {
          EndpointDescription endpoint = reference.getImportedEndpoint();
          if (endpoint != null && !imported.containsKey(endpoint.getId())) {
            known.add(endpoint.getId());
          }
        }
      }
      foreign = known;
    }
    return known;
  }

  private static Collection<ImportReference> importedBy(RemoteAdmins.Admin admin) {
    try {
      Collection<ImportReference> references = admin.service().getImportedEndpoints();
      return references == null ? List.of() : references;
    } catch (RuntimeException | LinkageError e) {
      LOG.log(DEBUG, "topology: " + admin.reference() + " does not tell what it imported", e);
      return List.of();
    }
  }

  /** Called for news about imports: what others hold must be asked again. */
  void forgetOthers() {
    foreign = null;
  }

  /** A live import and the description it was last given. */
  private static final class Imported {
    final ServiceReference<RemoteServiceAdmin> admin;
    final ImportRegistration registration;
    EndpointDescription endpoint;
    boolean complained;

    Imported(
        ServiceReference<RemoteServiceAdmin> admin,
        ImportRegistration registration,
        EndpointDescription endpoint) {
      this.admin = admin;
      this.registration = registration;
      this.endpoint = endpoint;
    }
  }

  /** What was tried in vain. */
  private record Failed(
      EndpointDescription endpoint, Set<ServiceReference<RemoteServiceAdmin>> admins) {
    boolean isLike(EndpointDescription other, Set<ServiceReference<RemoteServiceAdmin>> present) {
      return admins.equals(present)
          && PropertyMaps.same(endpoint.getProperties(), other.getProperties());
    }
  }
}
