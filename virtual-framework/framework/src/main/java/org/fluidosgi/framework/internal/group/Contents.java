package org.fluidosgi.framework.internal.group;

import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import org.fluidosgi.framework.internal.core.ContentStore;
import org.fluidosgi.framework.internal.core.ContentStore.Content;

/** Brings bundle content into the store: from a URL, from a stream, or by its hash from the store or another node.
 * Threads: any; blocks. */
final class Contents {
  /** Beginning of a location that names content by its SHA-256. */
  static final String BY_HASH = "sha256:";

  private final ContentStore store;
  private final Elsewhere elsewhere;
  private final int timeoutMillis;

  /** Gets content from another node of the group into the store. */
  interface Elsewhere {
    /** Errors: IOException when no node has it. */
    Content fetch(String sha256) throws IOException;
  }

  Contents(ContentStore store, Elsewhere elsewhere, int timeoutMillis) {
    this.store = store;
    this.elsewhere = elsewhere;
    this.timeoutMillis = timeoutMillis;
  }

  ContentStore store() {
    return store;
  }

  /** The content behind a location. Errors: IOException saying what failed and what to try. */
  Content read(String location) throws IOException {
    if (location.startsWith(BY_HASH)) {
      String sha256 = location.substring(BY_HASH.length());
      if (!ContentStore.isHash(sha256)) {
        throw new IOException("'" + sha256 + "' is no SHA-256: write 64 small hexadecimal digits");
      }
      var known = store.find(sha256);
      return known.isPresent() ? known.get() : elsewhere.fetch(sha256);
    }
    return take(open(location));
  }

  /** Takes the stream in and closes it. */
  Content take(InputStream stream) throws IOException {
    try (stream) {
      return store.add(stream);
    }
  }

  private InputStream open(String location) throws IOException {
    URL url;
    try {
      url = new URL(location);
    } catch (MalformedURLException e) {
      throw new IOException(
          "'" + location + "' is no URL (" + e.getMessage()
              + "): write file:/path/to/bundle.jar, http(s)://... or sha256:<hash>",
          e);
    }
    InputStream stream;
    long announced;
    try {
      URLConnection connection = url.openConnection();
      connection.setConnectTimeout(timeoutMillis);
      connection.setReadTimeout(timeoutMillis);
      connection.setUseCaches(false);
      stream = connection.getInputStream();
      announced = connection.getContentLengthLong(); // -1 when it is not known
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          "the URL does not load on the issuing node (" + e + "): check that it can be read there",
          e);
    }
    try {
      store.checkSize(announced);
      return stream;
    } catch (IOException e) {
      stream.close();
      throw e;
    }
  }
}
