package org.fluidosgi.channel.internal.core;

/** Why a channel is closed on purpose. Shape: the number on the wire. */
enum GoAway {
  CLOSED(0),
  STOPPING(1),
  REPLACED(2),
  SILENT(3),
  PROTOCOL(4);

  private final int number;

  GoAway(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
