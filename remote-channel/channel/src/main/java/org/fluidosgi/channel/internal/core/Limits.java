package org.fluidosgi.channel.internal.core;

import org.fluidosgi.channel.Settings;

/** Every limit and time of a channel, read once from the settings. Source: docs/limits.md. */
public record Limits(
    int frameBytesMax,
    int streamsMax,
    int callsMax,
    int queueBytesMax,
    int unauthenticatedMax,
    int heartbeatMillis,
    int silenceMillis,
    int handshakeMillis,
    int connectMillis) {
  /** Longest frame before the peer has proved the token. */
  public static final int HANDSHAKE_FRAME_BYTES_MAX = 4096;

  /** Most characters of an endpoint's name. */
  public static final int ENDPOINT_CHARS_MAX = 64;

  /** Most bytes of a text in REJECT, FAILURE, CLOSE or GOAWAY; longer texts are cut by the sender. */
  public static final int TEXT_BYTES_MAX = 2048;

  /** Most nodes whose address and last incarnation are remembered; the one heard of longest ago is forgotten. */
  public static final int PEERS_MAX = 4096;

  /** Most pings of one channel that wait for their answer. */
  public static final int PINGS_MAX = 64;

  /** Wait for an answer of an old channel before a new one of the same peer replaces it. */
  public static final int PROBE_MILLIS = 1000;

  /** Wait for the last frames of a closed connection to be written. */
  public static final int LINGER_MILLIS = 500;

  public Limits {
    if (silenceMillis < 2 * heartbeatMillis) {
      throw new IllegalArgumentException("fluid.channel.silence.millis=" + silenceMillis
          + ": expected at least twice fluid.channel.heartbeat.millis=" + heartbeatMillis);
    }
  }

  /** Reads them. Errors: IllegalArgumentException naming key, value and bounds. */
  public static Limits read(Settings settings) {
    return new Limits(
        settings.number("fluid.channel.frame.bytes.max", 16 << 20, 64 << 10, 256 << 20),
        settings.number("fluid.channel.streams.max", 4096, 16, 1_000_000),
        settings.number("fluid.channel.calls.max", 65_536, 16, 1_000_000),
        settings.number("fluid.channel.queue.bytes.max", 64 << 20, 64 << 10, 1 << 30),
        settings.number("fluid.channel.unauthenticated.max", 64, 1, 10_000),
        settings.number("fluid.channel.heartbeat.millis", 1000, 50, 60_000),
        settings.number("fluid.channel.silence.millis", 10_000, 200, 600_000),
        settings.number("fluid.channel.handshake.millis", 5000, 100, 60_000),
        settings.number("fluid.channel.connect.millis", 5000, 100, 60_000));
  }
}
