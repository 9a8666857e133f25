package org.fluidosgi.channel;

/** Stands for the channel's service of that name, which the launcher knows by name only. */
public interface LocalNode {
  Info info();

  /** Part of the real one's answer. */
  record Info(String address) {}
}
