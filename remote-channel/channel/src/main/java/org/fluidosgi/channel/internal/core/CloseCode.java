package org.fluidosgi.channel.internal.core;

/** Why a stream was closed. Shape: the number on the wire; an unknown one reads as {@link #CLOSED}. */
enum CloseCode {
  CLOSED(0, false),
  UNKNOWN_ENDPOINT(1, true),
  LIMIT(2, true),
  HANDLER_FAILED(3, false),
  WITHDRAWN(4, false);

  private final int number;
  private final boolean untouched;

  CloseCode(int number, boolean untouched) {
    this.number = number;
    this.untouched = untouched;
  }

  int number() {
    return number;
  }

  /** Whether nothing that was sent on the stream can have had an effect. */
  boolean untouched() {
    return untouched;
  }

  static CloseCode of(int number) {
    for (CloseCode code : values()) {
      if (code.number == number) {
        return code;
      }
    }
    return CLOSED;
  }
}
