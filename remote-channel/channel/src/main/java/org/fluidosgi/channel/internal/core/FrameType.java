package org.fluidosgi.channel.internal.core;

/** Numbers of the frame types; a number never changes its meaning. Source: protocol-channel section 2. */
public final class FrameType {
  public static final int HELLO = 0x01;
  public static final int PROOF = 0x02;
  public static final int REJECT = 0x03;
  public static final int OPEN = 0x10;
  public static final int MESSAGE = 0x11;
  public static final int REQUEST = 0x12;
  public static final int RESPONSE = 0x13;
  public static final int FAILURE = 0x14;
  public static final int CANCEL = 0x15;
  public static final int CLOSE = 0x16;
  public static final int PING = 0x20;
  public static final int PONG = 0x21;
  public static final int GOAWAY = 0x22;

  private FrameType() {}
}
