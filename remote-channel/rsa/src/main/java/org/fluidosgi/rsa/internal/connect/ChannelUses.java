package org.fluidosgi.rsa.internal.connect;

import java.util.HashMap;
import java.util.Map;
import org.fluidosgi.channel.Channel;

/** Counts the explicit connections on each channel, so that one which was dialled for them is closed with the last.
 * Threads: any; guarded by itself, not held while a channel is called. */
final class ChannelUses {
  private static final class Use {
    int count;
    boolean dialled;
  }

  private final Map<Channel, Use> uses = new HashMap<>();

  synchronized void enter(Channel channel, boolean dialled) {
    Use use = uses.computeIfAbsent(channel, key -> new Use());
    use.count++;
    use.dialled |= dialled;
  }

  void leave(Channel channel) {
    boolean close;
    synchronized (this) {
      Use use = uses.get(channel);
      close = use != null && --use.count == 0 && use.dialled;
      if (use != null && use.count == 0) {
        uses.remove(channel);
      }
    }
    if (close) {
      channel.closeIfUnused();
    }
  }
}
