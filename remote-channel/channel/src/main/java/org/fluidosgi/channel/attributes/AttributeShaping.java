package org.fluidosgi.channel.attributes;

import java.util.Collections;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/** How what was read is kept: a reader of many maps may share texts and give maps a smaller form.
 * Threads: those of the reader. Errors: must throw none. */
@ConsumerType
public interface AttributeShaping {
  /** Keeps everything as it was read. */
  AttributeShaping PLAIN = new AttributeShaping() {};

  /** That key or value, or an equal one that is there already. */
  default String text(String text) {
    return text;
  }

  /** A map of the same entries in the same order, which cannot be changed; the given one is not used any more. */
  default Map<String, Object> map(Map<String, Object> read) {
    return Collections.unmodifiableMap(read);
  }
}
