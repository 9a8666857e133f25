package org.fluidosgi.channel.internal.core;

import org.fluidosgi.channel.ConnectFailedException.Reason;

/** Why a handshake was refused. Shape: the number on the wire; an unknown one reads as {@link #OTHER}. */
public enum RejectCode {
  OTHER(0, "look into the log of that node"),
  VERSION(1, "run the same release of Fluid OSGi on both nodes"),
  TOKEN(2, "copy the group's token file to both nodes (fluid.token.file)"),
  DUPLICATE(3, "use the open channel"),
  SELF(4, "remove this node's own address from fluid.join"),
  IDENTITY(5, "give each node a data directory of its own (fluid.data.dir)"),
  LIMIT(6, "try again later"),
  MALFORMED(7, "check that Fluid OSGi listens at that address"),
  STOPPING(8, "try again once the node has restarted"),
  TIMEOUT(9, "check the network between the nodes");

  private final int number;
  private final String remedy;

  RejectCode(int number, String remedy) {
    this.number = number;
    this.remedy = remedy;
  }

  public int number() {
    return number;
  }

  /** What a human can do about it. */
  public String remedy() {
    return remedy;
  }

  /** What it tells a dialer about the other side. */
  Reason reason() {
    return switch (this) {
      case SELF -> Reason.SELF;
      case VERSION, TOKEN, IDENTITY -> Reason.REJECTED;
      case OTHER, DUPLICATE, LIMIT, MALFORMED, STOPPING, TIMEOUT -> Reason.SILENT;
    };
  }

  static RejectCode of(int number) {
    for (RejectCode code : values()) {
      if (code.number == number) {
        return code;
      }
    }
    return OTHER;
  }
}
