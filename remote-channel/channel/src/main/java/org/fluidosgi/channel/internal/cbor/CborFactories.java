package org.fluidosgi.channel.internal.cbor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;

/** Jackson factories with our limits. Threads: the factories are immutable after this. */
final class CborFactories {
  private CborFactories() {}

  static CBORFactory writing() {
    return CBORFactory.builder()
        .streamWriteConstraints(StreamWriteConstraints.builder()
            .maxNestingDepth(AttributeLimits.DEPTH_MAX)
            .build())
        .build();
  }

  static CBORFactory reading() {
    return CBORFactory.builder()
        .streamReadConstraints(StreamReadConstraints.builder()
            .maxDocumentLength(AttributeLimits.BYTES_MAX)
            .maxNestingDepth(AttributeLimits.DEPTH_MAX)
            .maxStringLength(AttributeLimits.BYTES_MAX)
            .maxNameLength(AttributeLimits.KEY_CHARS_MAX * 3)
            .maxNumberLength(32)
            .build())
        // Names come from the network: neither interned nor kept in a table that outlives the
        // parse.
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .build();
  }
}
