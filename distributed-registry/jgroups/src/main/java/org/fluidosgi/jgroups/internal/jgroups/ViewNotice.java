package org.fluidosgi.jgroups.internal.jgroups;

import java.io.DataInput;
import java.io.DataOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Event;
import org.jgroups.Header;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.ViewId;
import org.jgroups.stack.Protocol;
import org.jgroups.util.MessageBatch;
import org.jgroups.util.Util;
import org.jspecify.annotations.Nullable;

/** Tells a node that is no member our view. One that takes itself for a member learns at once that the group went on without it,
 * rather than after a silence of its own or a failed merge: JGroups sends a view to its members only.
 * Shape: a header without content; the payload is the view as JGroups writes it. Lost notices cost time only.
 * Threads: JGroups'. Source: protocol-cluster, section 5. */
public final class ViewNotice extends Protocol {
  private final BiConsumer<ViewId, List<Address>> expelled;
  private volatile @Nullable View view;

  /** {@code expelled} is told our own view's id and those of its members that went on without us. */
  ViewNotice(BiConsumer<ViewId, List<Address>> expelled) {
    this.expelled = expelled;
  }

  /** Marks a notice. */
  public static final class Mark extends Header {
    static final short MAGIC = 4003;

    @Override
    public short getMagicId() {
      return MAGIC;
    }

    @Override
    public Supplier<? extends Header> create() {
      return Mark::new;
    }

    @Override
    public int serializedSize() {
      return 0;
    }

    @Override
    public void writeTo(DataOutput out) {}

    @Override
    public void readFrom(DataInput in) {}
  }

  /** Sends our view there. */
  void tell(ChannelAddress to) {
    View now = view;
    if (now == null) {
      return;
    }
    try {
      down_prot.down(new BytesMessage(to)
          .setFlag(Message.Flag.OOB, Message.Flag.DONT_BUNDLE)
          .setFlag(Message.TransientFlag.DONT_BLOCK)
          .putHeader(id, new Mark())
          .setArray(Util.streamableToBuffer(now)));
    } catch (Exception e) {
      log.warn("a view could not be told", e);
    }
  }

  @Override
  public Object down(Event event) {
    if (event.getType() == Event.VIEW_CHANGE) {
      view = event.getArg();
    }
    return down_prot.down(event);
  }

  @Override
  public @Nullable Object up(Message message) {
    if (message.getHeader(id) == null) {
      return up_prot.up(message);
    }
    received(message);
    return null;
  }

  @Override
  public void up(MessageBatch batch) {
    batch.removeIf(
        message -> {
          boolean notice = message.getHeader(id) != null;
          if (notice) {
            received(message);
          }
          return notice;
        },
        true);
    if (!batch.isEmpty()) {
      up_prot.up(batch);
    }
  }

  private void received(Message message) {
    View own = view;
    if (own == null || !own.containsMember(message.getSrc())) {
      return;
    }
    View told;
    try {
      told = Util.streamableFromBuffer(
          View::new, message.getArray(), message.getOffset(), message.getLength());
    } catch (Exception e) {
      log.warn("a notice without a view is dropped", e);
      return;
    }
    if (told.getMembers() != null
        && !told.containsMember(local_addr)
        && told.containsMember(message.getSrc())
        && told.getViewId().compareToIDs(own.getViewId()) > 0) {
      List<Address> gone = new ArrayList<>(own.getMembers());
      gone.retainAll(told.getMembers());
      expelled.accept(own.getViewId(), gone);
    }
  }
}
